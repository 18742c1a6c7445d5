import type { SignalEvent } from '../../../../core/index.ts'
import type { Condition } from '../plan.ts'

/**
 * Whether signals agree on a side, bar by bar. A bar on which one of them has nothing to say yet decides nothing, unless
 * the others decide it: `any` is met with the first that agrees, `all` is not met with the first that does not.
 */
export class SignalGroup {
  readonly #count: number
  readonly #needed: number
  readonly #side: SignalEvent['direction']
  readonly #confirm: number
  #arrived = 0
  #agreeing = 0
  #isDecided = false
  #inRow = 0
  /** Whether a bar was seen on which it was not so, with none between of which nothing is known. */
  #wasOtherwise = false

  constructor({ signals, when, confirm }: Condition, side: 'buy' | 'sell') {
    this.#count = signals.length
    this.#needed = when === 'all' ? signals.length : 1
    this.#side = side
    this.#confirm = confirm
  }

  /** A new bar. One that was left undecided breaks the row: nobody knows what was between. */
  begin(): void {
    if (!this.#isDecided) {
      this.#inRow = 0
      this.#wasOtherwise = false
    }
    this.#arrived = 0
    this.#agreeing = 0
    this.#isDecided = false
  }

  /** What one of its signals says of this bar. */
  take(direction: SignalEvent['direction']): void {
    this.#arrived++
    if (direction === this.#side) this.#agreeing++
    if (this.#isDecided) return
    if (this.#agreeing >= this.#needed) {
      this.#isDecided = true
      this.#inRow++
    } else if (this.#agreeing + this.#count - this.#arrived < this.#needed) {
      this.#isDecided = true
      this.#inRow = 0
      this.#wasOtherwise = true
    }
  }

  /** Whether it is so with this bar, and was with as many before it as are asked for. */
  get holds(): boolean {
    return this.#isDecided && this.#inRow >= this.#confirm
  }

  /** Whether it has become so with this very bar. */
  get turns(): boolean {
    return this.#isDecided && this.#inRow === this.#confirm && this.#wasOtherwise
  }
}
