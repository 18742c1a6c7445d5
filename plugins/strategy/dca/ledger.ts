import { type Fill, isFinal, type OrderRecord, type Report, sameToken, type Token } from '../../../core/index.ts'

/** How long after its intent's expiry an order may still be confirmed: a blockhash lives about a minute. */
const SETTLE_MS = 180_000

interface OpenOrder {
  readonly units: bigint
  readonly isSale: boolean
  readonly settledBy_ms: number
}

/** What one purchase may spend: so much, nothing ever again, or to be asked again after a report. */
export type Size = { readonly units: bigint } | 'wait' | 'spent'

/**
 * What was spent of a budget, what it bought, and what open orders may still spend. An order counts with its whole amount
 * until its report says what it took; one that is not heard of in time keeps counting, so that the budget holds, until it
 * is. What a sale brings can be spent again.
 */
export class Ledger {
  readonly #budget: bigint | undefined
  readonly #spends: Token
  readonly #open = new Map<string, OpenOrder>()
  /** Not heard of in time, and counted as if they had traded. */
  readonly #overdue = new Map<string, OpenOrder>()
  #spent = 0n
  #held = 0n
  #unknown = 0n
  #unknownSales = 0n

  /** @param spends the token that purchases pay with */
  constructor(spends: Token, budget_units: bigint | undefined) {
    this.#spends = spends
    this.#budget = budget_units
  }

  get spent(): bigint {
    return this.#spent
  }

  /** Base units that purchases brought and sales have not taken. */
  get held(): bigint {
    return this.#held
  }

  /** The same without what sales of which nobody knows may have taken. */
  get sellable(): bigint {
    return this.#held > this.#unknownSales ? this.#held - this.#unknownSales : 0n
  }

  /** Spent by orders of which nobody knows. */
  get unknown(): bigint {
    return this.#unknown
  }

  get hasOpen(): boolean {
    return this.#open.size > 0
  }

  /** Takes up an order of an earlier run. */
  restore({ fill, intent, state }: OrderRecord): void {
    if (fill) this.#filled(fill)
    else if (state === 'confirmed' || state === 'unresolved')
      this.#lost(intent.amount.units, !sameToken(intent.input, this.#spends))
  }

  open(key: string, order: { readonly units: bigint; readonly isSale?: boolean; readonly expiresAt: number }): void {
    const { units, isSale = false, expiresAt } = order
    this.#open.set(key, { units, isSale, settledBy_ms: expiresAt + SETTLE_MS })
  }

  /** Whether it changed anything. */
  report(report: Report): boolean {
    const overdue = this.#overdue.get(report.key)
    const order = this.#open.get(report.key) ?? overdue
    if (!order || !isFinal(report.state)) return false
    this.#open.delete(report.key)
    this.#overdue.delete(report.key)
    if (overdue) this.#found(overdue)
    if (report.state === 'filled' || report.state === 'simulated') this.#filled(report.fill)
    else if (report.state === 'unresolved') this.#lost(order.units, order.isSale)
    return true
  }

  /** Counts orders as spent that should have been heard of by now. */
  settle(now: number): void {
    for (const [key, order] of this.#open) {
      if (order.settledBy_ms > now) continue
      this.#open.delete(key)
      this.#overdue.set(key, order)
      this.#lost(order.units, order.isSale)
    }
  }

  /** When `settle` would next change what the budget allows, or what is known of what is held. */
  nextSettle_ms(): number | undefined {
    let first: number | undefined
    for (const { settledBy_ms } of this.#open.values()) first = Math.min(first ?? settledBy_ms, settledBy_ms)
    return first
  }

  /** How much of `wanted` the budget allows now; the last purchase takes what is left. */
  size(wanted: bigint): Size {
    if (this.#budget === undefined) return { units: wanted }
    let pending = 0n
    for (const { units, isSale } of this.#open.values()) if (!isSale) pending += units
    const left = this.#budget - this.#spent - pending
    if (left >= wanted) return { units: wanted }
    if (pending > 0n) return 'wait'
    return left > 0n ? { units: left } : 'spent'
  }

  #filled({ input, output }: Fill): void {
    if (sameToken(input.token, this.#spends)) {
      this.#spent += input.units
      this.#held += output.units
      return
    }
    this.#held -= input.units
    this.#spent = this.#spent > output.units ? this.#spent - output.units : 0n
  }

  #lost(units: bigint, isSale: boolean): void {
    if (isSale) this.#unknownSales += units
    else {
      this.#spent += units
      this.#unknown += units
    }
  }

  /** What had been counted as lost is heard of. */
  #found({ units, isSale }: OpenOrder): void {
    if (isSale) this.#unknownSales -= units
    else {
      this.#unknown -= units
      // Sales may have brought more than was spent without it.
      this.#spent = this.#spent > units ? this.#spent - units : 0n
    }
  }
}
