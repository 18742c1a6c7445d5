import type { Timer } from '../../time/clock.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { COMMITMENT_LAG_SLOTS, type Commitment } from '../ledger/slots.ts'
import type { LandedTransaction } from '../ledger/transactions.ts'

/** What a subscription is told by the chain, and how it tells its subscriber. */
export interface SubscriptionHooks {
  /** The notification's method, as `accountNotification`. */
  readonly notification: string
  /** Called once, after the subscriber knows the subscription's number. */
  begin?(subscription: Subscription): void
  onLanded?(subscription: Subscription, landed: LandedTransaction, changed: readonly string[]): void
}

/** One subscription: it says nothing after its end, and leaves no timer behind. */
export class Subscription {
  readonly ledger: Ledger
  readonly hooks: SubscriptionHooks
  readonly #deliver: (result: unknown) => void
  readonly #onEnd: () => void
  readonly #timers = new Set<Timer>()
  #isOver = false

  constructor(ledger: Ledger, hooks: SubscriptionHooks, deliver: (result: unknown) => void, onEnd: () => void) {
    this.ledger = ledger
    this.hooks = hooks
    this.#deliver = deliver
    this.#onEnd = onEnd
  }

  notify(result: unknown): void {
    if (!this.#isOver) this.#deliver(result)
  }

  /** Does the work when `slot` has the commitment: at once (but never before the caller returns) when it has already. */
  whenReached(slot: number, commitment: Commitment, work: () => void): void {
    const { clock, slots } = this.ledger
    const due_ms = slots.timeOf_ms(slot + COMMITMENT_LAG_SLOTS[commitment])
    const guarded = (): void => {
      if (!this.#isOver) work()
    }
    if (due_ms <= clock.now()) {
      queueMicrotask(guarded)
      return
    }
    const timer = clock.at(
      due_ms,
      () => {
        this.#timers.delete(timer)
        guarded()
      },
      'world',
    )
    this.#timers.add(timer)
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#onEnd()
  }
}
