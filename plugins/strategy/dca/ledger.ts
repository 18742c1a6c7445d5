import { isFinal, type OrderRecord, type Report } from '../../../core/index.ts'

/** How long after its intent's expiry an order may still be confirmed: a blockhash lives about a minute. */
const SETTLE_MS = 180_000

interface OpenOrder {
  readonly units: bigint
  readonly settledBy_ms: number
}

/** What one purchase may spend: so much, nothing ever again, or to be asked again after a report. */
export type Size = { readonly units: bigint } | 'wait' | 'spent'

/**
 * What was spent of a budget, and what open orders may still spend. An order counts with its whole amount until its
 * report says what it took; one that is never heard of again keeps counting, so that the budget holds.
 */
export class Ledger {
  readonly #budget: bigint | undefined
  readonly #open = new Map<string, OpenOrder>()
  #spent = 0n

  constructor(budget_units: bigint | undefined) {
    this.#budget = budget_units
  }

  get spent(): bigint {
    return this.#spent
  }

  /** Takes up an order of an earlier run. */
  restore(order: OrderRecord): void {
    if (order.state === 'confirmed') this.#spent += order.fill?.input.units ?? order.intent.amount.units
    else if (order.state === 'unresolved') this.#spent += order.intent.amount.units
  }

  open(key: string, units: bigint, expiresAt: number): void {
    this.#open.set(key, { units, settledBy_ms: expiresAt + SETTLE_MS })
  }

  /** Whether it changed anything. */
  report(report: Report): boolean {
    const order = this.#open.get(report.key)
    if (!order || !isFinal(report.state)) return false
    this.#open.delete(report.key)
    if (report.state === 'filled' || report.state === 'simulated') this.#spent += report.fill.input.units
    else if (report.state === 'unresolved') this.#spent += order.units
    return true
  }

  /** Counts orders as spent that should have been heard of by now. */
  settle(now: number): void {
    for (const [key, order] of this.#open) {
      if (order.settledBy_ms > now) continue
      this.#open.delete(key)
      this.#spent += order.units
    }
  }

  /** When `settle` would next change what the budget allows. */
  nextSettle_ms(): number | undefined {
    if (this.#budget === undefined) return undefined
    let first: number | undefined
    for (const { settledBy_ms } of this.#open.values()) first = Math.min(first ?? settledBy_ms, settledBy_ms)
    return first
  }

  /** How much of `wanted` the budget allows now; the last purchase takes what is left. */
  size(wanted: bigint): Size {
    if (this.#budget === undefined) return { units: wanted }
    let pending = 0n
    for (const { units } of this.#open.values()) pending += units
    const left = this.#budget - this.#spent - pending
    if (left >= wanted) return { units: wanted }
    if (pending > 0n) return 'wait'
    return left > 0n ? { units: left } : 'spent'
  }
}
