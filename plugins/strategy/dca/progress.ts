import type { PluginContext } from '../../../core/index.ts'
import { keyOf, type Slot } from './calendar.ts'

/** A place in the calendar up to which every slot is decided for good, and how many were missed until there. */
export interface Checkpoint extends Slot {
  readonly missed: number
}

/**
 * Remembers, across runs, when the calendar began and how far it is settled, so that a slot which was left out or made
 * up for once is not again. What led to an order is committed with the journal's next transaction, that is with the order,
 * and is never ahead of it; what leads to none by itself.
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

  /** No order goes with it: a kill before the first slot would begin the calendar anew, and forget what is missed till then. */
  begin(anchor_ms: number): void {
    this.#state.set('anchor', anchor_ms)
    this.#state.flush()
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#state.get<Checkpoint>('checkpoint')
  }

  decided(slot: Slot, missed: number): void {
    this.#decided.push({ checkpoint: { index: slot.index, at: slot.at, missed }, acknowledged: false })
  }

  /** The journal knows the order of this slot. */
  acknowledge(key: string): void {
    const entry = this.#decided.find(({ checkpoint }) => keyOf(checkpoint) === key)
    if (!entry || entry.acknowledged) return
    entry.acknowledged = true
    this.#advance()
  }

  /** There are no orders for these slots: that is as final as if there were, also for a run that follows a kill. */
  leaveOut(slots: readonly Slot[]): void {
    if (slots.length === 0) return
    for (const slot of slots) this.acknowledge(keyOf(slot))
    this.#state.flush()
  }

  #advance(): void {
    let last: Checkpoint | undefined
    while (this.#decided[0]?.acknowledged) last = this.#decided.shift()?.checkpoint
    if (last) this.#state.set('checkpoint', last)
  }
}
