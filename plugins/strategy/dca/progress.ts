import type { PluginContext } from '../../../core/index.ts'
import { keyOf, type Slot } from './calendar.ts'

/** A place in the calendar up to which every slot is decided for good, and how many were missed until there. */
export interface Checkpoint extends Slot {
  readonly missed: number
}

/**
 * Remembers, across runs, when the calendar began and how far it is settled, so that a slot which was left out or made
 * up for once is not again. What is remembered is committed with the journal's next transaction, that is with the order
 * it led to, and is never ahead of it.
 */
export class Progress {
  readonly #state: PluginContext['state']
  /** Decided slots after the checkpoint, in calendar order: they wait for a word from their order, or until they are told. */
  readonly #decided: { readonly checkpoint: Checkpoint; acknowledged: boolean }[] = []

  constructor(state: PluginContext['state']) {
    this.#state = state
  }

  get anchor_ms(): number | undefined {
    return this.#state.get<number>('anchor')
  }

  begin(anchor_ms: number): void {
    this.#state.set('anchor', anchor_ms)
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#state.get<Checkpoint>('checkpoint')
  }

  decided(slot: Slot, missed: number): void {
    this.#decided.push({ checkpoint: { index: slot.index, at: slot.at, missed }, acknowledged: false })
  }

  /** The journal knows the order of this slot, or it was told that there is none. */
  acknowledge(key: string): void {
    const entry = this.#decided.find(({ checkpoint }) => keyOf(checkpoint) === key)
    if (!entry || entry.acknowledged) return
    entry.acknowledged = true
    this.#advance()
  }

  #advance(): void {
    let last: Checkpoint | undefined
    while (this.#decided[0]?.acknowledged) last = this.#decided.shift()?.checkpoint
    if (last) this.#state.set('checkpoint', last)
  }
}
