import type { SignalEvent } from '../../../../core/index.ts'
import type { Plan } from '../plan.ts'
import { SignalGroup } from './signal-group.ts'

/** What a signal said last, and who listens to it. */
interface Slot {
  at: number
  value: number
  readonly groups: readonly SignalGroup[]
}

/** The signals of the bar at hand: each counts once a bar, whatever its way here. */
export class BarSignals {
  readonly entry: SignalGroup
  readonly exit: SignalGroup
  /** When the bar closed. */
  at = Number.NEGATIVE_INFINITY
  readonly #slots = new Map<string, Slot>()
  /** The signal that came last: mostly there is one, or they come in turn. */
  #lastName: string | undefined
  #last: Slot | undefined
  #arrived = 0

  constructor({ entry, exit, sizing, range }: Pick<Plan, 'entry' | 'exit' | 'sizing' | 'range'>) {
    this.entry = new SignalGroup(entry, 'buy')
    this.exit = new SignalGroup(exit, 'sell')
    const sized = 'signal' in sizing ? [sizing.signal] : []
    for (const name of [...entry.signals, ...exit.signals, ...sized, ...(range === undefined ? [] : [range])]) {
      const groups = [
        ...(entry.signals.includes(name) ? [this.entry] : []),
        ...(exit.signals.includes(name) ? [this.exit] : []),
      ]
      this.#slots.set(name, { at: Number.NEGATIVE_INFINITY, value: Number.NaN, groups })
    }
  }

  /** @returns whether it was news about this bar, or about a new one */
  take({ at, name, direction, value }: SignalEvent): boolean {
    if (name !== this.#lastName) {
      this.#lastName = name
      this.#last = this.#slots.get(name)
    }
    const slot = this.#last
    if (slot === undefined || at < this.at || at === slot.at) return false
    if (at > this.at) this.#begin(at)
    slot.at = at
    slot.value = value
    this.#arrived++
    for (const group of slot.groups) group.take(direction)
    return true
  }

  /** Whether every signal has told of this bar. */
  get isComplete(): boolean {
    return this.#arrived === this.#slots.size
  }

  /** What a signal's value was last; NaN before it had one. */
  valueOf(name: string): number {
    return this.#slots.get(name)?.value ?? Number.NaN
  }

  #begin(at: number): void {
    this.at = at
    this.#arrived = 0
    this.entry.begin()
    this.exit.begin()
  }
}
