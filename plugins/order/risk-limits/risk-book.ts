import {
  type Fill,
  type IntentEvent,
  mulDiv,
  type NodeState,
  type OrderRecord,
  type Price,
  type Report,
  SOL_MINT,
  sameToken,
  type Token,
  valueAt,
} from '../../../core/index.ts'

const DAY_MS = 86_400_000
const STATE = 'book'

/** An order that has passed and has no outcome yet, with what it may spend: nothing when it is a sale. */
interface OpenOrder {
  readonly node: string
  readonly key: string
  readonly mint: string
  readonly units: bigint
}

/** Bought through this node: so much, for so much of the currency. */
interface Held {
  readonly units: bigint
  readonly cost: bigint
}

/** Why all trading has stopped. */
export interface Stop {
  readonly by: 'drawdown' | 'kill-switch'
  readonly at: number
  /** A sentence with the figures. */
  readonly why: string
  /** How often all that is held was to be sold since. */
  readonly rounds: number
}

interface Kept {
  day: number
  /** Of that day, by mint of what was bought. */
  spent: Readonly<Record<string, bigint>>
  open: readonly OpenOrder[]
  held: Readonly<Record<string, Held>>
  realised: bigint
  fees: bigint
  /** Fees that were paid before there was a price of SOL. */
  unvalued_lamports: bigint
  peak: bigint | undefined
  cooldownUntil: number | undefined
  stop: Stop | undefined
}

const EMPTY: Kept = {
  day: 0,
  spent: {},
  open: [],
  held: {},
  realised: 0n,
  fees: 0n,
  unvalued_lamports: 0n,
  peak: undefined,
  cooldownUntil: undefined,
  stop: undefined,
}

/**
 * What the limits are held against: spending of the day, open orders, what is held and was earned by average cost, the
 * highest equity, a stop. All amounts are base units of the currency. On the disk before anything follows from it.
 */
export class RiskBook {
  readonly #currency: Token
  readonly #state: NodeState
  readonly #commit: () => void
  readonly #prices = new Map<string, { price: Price }>()
  /** Where prices of the pair that came last are kept: mostly it is the same again. */
  #last: { price: Price } | undefined
  readonly #kept: Kept
  #savedPeak = 0n

  constructor(currency: Token, state: NodeState, save: () => void) {
    this.#currency = currency
    this.#state = state
    this.#commit = save
    this.#kept = { ...EMPTY, ...state.get<Kept>(STATE) }
    this.#savedPeak = this.#kept.peak ?? 0n
  }

  get stop(): Stop | undefined {
    return this.#kept.stop
  }

  get cooldownUntil(): number | undefined {
    return this.#kept.cooldownUntil
  }

  get open(): readonly OpenOrder[] {
    return this.#kept.open
  }

  /** What is held, by mint. */
  get held(): readonly (readonly [mint: string, units: bigint])[] {
    return Object.entries(this.#kept.held).map(([mint, { units }]) => [mint, units] as const)
  }

  /** Spent that day, or still to be spent by open orders: of all, or of one token. */
  spending(now: number, mint?: string): bigint {
    const { day, spent, open } = this.#kept
    const today = day === startOfDay(now) ? Object.entries(spent) : []
    const all = [...today, ...open.map(order => [order.mint, order.units] as const)]
    return all.filter(([of]) => mint === undefined || of === mint).reduce((sum, [, units]) => sum + units, 0n)
  }

  /** When the day's spending is forgotten. */
  nextDay(now: number): number {
    return startOfDay(now) + DAY_MS
  }

  onPrice(price: Price): void {
    const { pair } = price
    if (this.#last !== undefined && this.#last.price.pair === pair) this.#last.price = price
    else if (sameToken(pair.quote, this.#currency)) {
      this.#last = this.#prices.get(pair.base.mint) ?? { price }
      this.#last.price = price
      this.#prices.set(pair.base.mint, this.#last)
    }
    if (this.#kept.unvalued_lamports > 0n) this.#valueFees()
  }

  /** What an intent is worth in the currency; undefined while no price tells. */
  valueOf({ input, output, amount, exact, slippageBps }: IntentEvent): bigint | undefined {
    if (sameToken(amount.token, this.#currency)) return amount.units
    const price = this.#prices.get(amount.token.mint)?.price
    if (price === undefined) return undefined
    const value = valueAt(price, amount, 'up').units
    const isExactPurchase = exact === 'out' && sameToken(input, this.#currency) && sameToken(output, amount.token)
    // What a purchase of an exact amount may cost at most.
    return isExactPurchase ? value + mulDiv(value, BigInt(slippageBps ?? 0), 10_000n, 'up') : value
  }

  has({ node, key }: Pick<IntentEvent, 'node' | 'key'>): boolean {
    return this.#kept.open.some(order => order.node === node && order.key === key)
  }

  /** Counts an order from now on. On the disk when this returns. */
  opened({ node, key, output }: IntentEvent, spends: bigint): void {
    this.#kept.open = [...this.#kept.open, { node, key, mint: output.mint, units: spends }]
    this.#save()
  }

  /** What became of an order, and what its transactions cost that failed. Whether it was a sale at a loss. */
  ended(
    outcome: Pick<Report, 'node' | 'key' | 'failedLandings'>,
    fill: Fill | undefined,
    now: number,
  ): { readonly isLoss: boolean } {
    const open = this.#kept.open.filter(({ node, key }) => node !== outcome.node || key !== outcome.key)
    if (open.length === this.#kept.open.length) return { isLoss: false }
    this.#kept.open = open
    for (const { fees } of outcome.failedLandings ?? []) this.#paid(fees)
    const isLoss = fill !== undefined && this.#filled(fill, now)
    this.#save()
    return { isLoss }
  }

  /** Takes up orders that ended while nobody listened. */
  reconcile(taken: (order: OpenOrder) => OrderRecord | undefined, isOver: (order: OrderRecord) => boolean): void {
    for (const open of this.#kept.open) {
      const order = taken(open)
      if (order === undefined || !isOver(order)) continue
      const failedLandings = order.attempts.flatMap(({ failed }) => failed ?? [])
      this.ended({ ...open, failedLandings }, order.fill, order.updatedAt)
    }
  }

  coolDown(until: number): void {
    this.#kept.cooldownUntil = until
    this.#save()
  }

  /** Capital and all that was earned since. What has no price yet counts with its cost. */
  equity(capital: bigint): bigint {
    const { held, realised, fees } = this.#kept
    return Object.entries(held).reduce(
      (sum, [mint, { units, cost }]) => {
        const price = this.#prices.get(mint)?.price
        return price === undefined ? sum : sum + valueAt(price, { token: price.pair.base, units }, 'down').units - cost
      },
      capital + realised - fees,
    )
  }

  /** The highest equity so far, this one included. On the disk whenever it has risen by a basis point. */
  peak(equity: bigint): bigint {
    const { peak } = this.#kept
    if (peak !== undefined && peak >= equity) return peak
    this.#kept.peak = equity
    if (equity * 10_000n >= this.#savedPeak * 10_001n) {
      this.#savedPeak = equity
      this.#save()
    } else this.#stage()
    return equity
  }

  stopped(stop: Stop): void {
    this.#kept.stop = stop
    this.#save()
  }

  /** Trading goes on, and a drawdown is measured from here. */
  goOn(equity: bigint | undefined): void {
    this.#savedPeak = equity ?? this.#savedPeak
    this.#kept.stop = undefined
    if (equity !== undefined) this.#kept.peak = equity
    this.#save()
  }

  #paid({ base_lamports, priority_lamports, tip_lamports }: Fill['fees']): void {
    this.#kept.unvalued_lamports += base_lamports + priority_lamports + tip_lamports
    this.#valueFees()
  }

  /** At the price of now; without one of SOL they wait for it. */
  #valueFees(): void {
    const kept = this.#kept
    const sol = this.#prices.get(SOL_MINT)?.price
    if (this.#currency.mint === SOL_MINT) kept.fees += kept.unvalued_lamports
    else if (sol) kept.fees += valueAt(sol, { token: sol.pair.base, units: kept.unvalued_lamports }, 'up').units
    else return
    kept.unvalued_lamports = 0n
  }

  /** Whether it was a sale at a loss. */
  #filled({ input, output, fees }: Fill, now: number): boolean {
    this.#paid(fees)
    if (sameToken(input.token, this.#currency)) {
      this.#spend(output.token, input.units, now)
      this.#bought(output.token, output.units, input.units)
      return false
    }
    const { units, cost } = this.#kept.held[input.token.mint] ?? { units: 0n, cost: 0n }
    const sold = input.units < units ? input.units : units
    const soldCost = sold === 0n ? 0n : mulDiv(cost, sold, units, 'up')
    const { [input.token.mint]: _, ...others } = this.#kept.held
    const left = units - sold
    this.#kept.held = left === 0n ? others : { ...others, [input.token.mint]: { units: left, cost: cost - soldCost } }
    if (!sameToken(output.token, this.#currency)) {
      // One token for another: the cost goes along, and it is spending on the other.
      this.#spend(output.token, soldCost, now)
      this.#bought(output.token, output.units, soldCost)
      return false
    }
    // What was not bought through this node has earned nothing here.
    const proceeds = sold === 0n ? 0n : mulDiv(output.units, sold, input.units, 'down')
    this.#kept.realised += proceeds - soldCost
    return proceeds < soldCost
  }

  #bought({ mint }: Token, units: bigint, cost: bigint): void {
    const before = this.#kept.held[mint] ?? { units: 0n, cost: 0n }
    const now = { units: before.units + units, cost: before.cost + cost }
    this.#kept.held = { ...this.#kept.held, [mint]: now }
  }

  #spend({ mint }: Token, units: bigint, now: number): void {
    const day = startOfDay(now)
    const spent = day === this.#kept.day ? this.#kept.spent : {}
    // What is heard of late belongs to a day that is over.
    if (day < this.#kept.day) return
    this.#kept.day = day
    this.#kept.spent = { ...spent, [mint]: (spent[mint] ?? 0n) + units }
  }

  /** Until it is staged, what changed is known to this process alone. */
  #stage(): void {
    this.#state.set(STATE, this.#kept)
  }

  #save(): void {
    this.#stage()
    this.#commit()
  }
}

function startOfDay(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS
}
