import {
  type Amount,
  type Fill,
  isFinal,
  type OrderRecord,
  type Pair,
  type Report,
  sameToken,
  valueAt,
} from '../../../../core/index.ts'
import { baseFor } from '../lines/spacing.ts'
import type { Generation } from './generation.ts'
import { type Cycle, Level } from './level.ts'
import { type Purpose, purposeOf } from './order-key.ts'

/** How an order ended; `nothing`: it did not trade; `unknown`: nobody can say. */
type Outcome = { readonly fill: Fill } | 'nothing' | 'unknown'

/** What the end of an order means to the grid. */
export type Settled =
  | { readonly kind: 'cycle'; readonly level: Level; readonly cycle: Cycle }
  | { readonly kind: 'traded'; readonly purpose: Purpose }
  | { readonly kind: 'nothing' | 'unknown'; readonly purpose: Purpose; readonly level?: Level }

/** What the sales at the end came to. */
export interface Closing {
  base: bigint
  proceeds: bigint
  cost: bigint
}

/** A difference to the base that a start wants is traded from this part of a level's size on. */
const START_PARTS = 4n

/**
 * The books of a grid: which level holds what, what is on the way, and what came of it all. They are the same whether
 * they hear of orders as they end or read them in the journal after a restart.
 */
export class Book {
  readonly #pair: Pair
  readonly #open = new Map<string, Purpose>()
  generation: Generation | undefined
  levels: readonly Level[] = []
  /** Quote units that left and came back, base units in hand, lamports for the network: since the first generation. */
  spent = 0n
  received = 0n
  base = 0n
  fees_lamports = 0n
  cycles = 0
  profit = 0n
  readonly closing: Closing = { base: 0n, proceeds: 0n, cost: 0n }
  /** Whether the levels above the start have their base. */
  isStocked = false
  /** Nobody knows what became of the start's or the end's order. */
  isUnknown = false
  startAttempts = 0
  closeAttempts = 0

  constructor(pair: Pair) {
    this.#pair = pair
  }

  get openOrders(): number {
    return this.#open.size
  }

  /** Base that is in no level whose order nobody knows of: what an end may sell. */
  get closable(): bigint {
    return this.levels.reduce((left, level) => (level.isUnknown ? left - level.base : left), this.base)
  }

  /** Draws the lines. */
  begin(generation: Generation): void {
    this.generation = generation
    this.levels = generation.lines.slice(1).map((_, index) => new Level(this.#pair, generation, index))
    this.cycles = generation.earlier.cycles
    this.profit = generation.earlier.profit
    this.isStocked = false
    this.startAttempts = 0
    for (const level of this.#upper(generation)) level.isWaiting = true
    if (!startTrade(generation, this.#pair, this.#upper(generation).length)) this.#stock(generation.earlier.base, 0n)
  }

  /** What must be traded before the levels above the start can sell; undefined when they can. */
  startTrade(): Amount | undefined {
    if (!this.generation || this.isStocked) return undefined
    return startTrade(this.generation, this.#pair, this.#upper(this.generation).length)
  }

  /** The purpose's next attempt, from 1. */
  nextAttempt(purpose: Purpose): number {
    if (purpose.kind === 'start') return this.startAttempts + 1
    if (purpose.kind === 'close') return this.closeAttempts + 1
    return (this.#levelOf(purpose)?.attempts ?? 0) + 1
  }

  opened(key: string): void {
    const purpose = purposeOf(key)
    if (!purpose) return
    this.#open.set(key, purpose)
    const level = this.#levelOf(purpose)
    if (level) {
      level.open = key
      level.attempts++
    } else if (purpose.kind === 'close') this.closeAttempts++
    else if (purpose.kind === 'start' && this.#isOfNow(purpose)) this.startAttempts++
  }

  /** Takes an order of an earlier run into the books; whether it goes on. */
  restore({ intent, state, fill, updatedAt }: OrderRecord): boolean {
    this.opened(intent.key)
    // Of one that goes on, what others that were made of it have traded so far is in its report, too.
    if (fill && state === 'confirmed') this.#settle(intent.key, { fill }, updatedAt)
    else if (state === 'unresolved') this.#settle(intent.key, 'unknown', updatedAt)
    else if (state === 'cancelled' || state === 'failed' || state === 'expired')
      this.#settle(intent.key, 'nothing', updatedAt)
    return this.#open.has(intent.key)
  }

  /** What the report changes; undefined when it changes nothing. */
  report(report: Report): Settled | undefined {
    if (!isFinal(report.state) || !this.#open.has(report.key)) return undefined
    // A stop of the program is no end of the order: the next run takes it up.
    if ('reason' in report && report.reason.code === 'ORDER_INTERRUPTED') return undefined
    if ('fill' in report) return this.#settle(report.key, { fill: report.fill }, report.at)
    return this.#settle(report.key, report.state === 'unresolved' ? 'unknown' : 'nothing', report.at)
  }

  #settle(key: string, outcome: Outcome, at_ms: number): Settled | undefined {
    const purpose = this.#open.get(key)
    if (!purpose) return undefined
    this.#open.delete(key)
    const level = this.#levelOf(purpose)
    if (typeof outcome === 'object') return this.#traded(purpose, level, outcome.fill, at_ms)
    if (outcome === 'nothing') level?.failed(at_ms)
    else if (level) level.unknown()
    else this.isUnknown = true
    return { kind: outcome, purpose, ...(level && { level }) }
  }

  #traded(purpose: Purpose, level: Level | undefined, { input, output, fees }: Fill, at_ms: number): Settled {
    const paid = fees.base_lamports + fees.priority_lamports + fees.tip_lamports
    this.fees_lamports += paid
    const isPurchase = sameToken(input.token, this.#pair.quote)
    if (isPurchase) {
      this.spent += input.units
      this.base += output.units
    } else {
      this.received += output.units
      this.base -= input.units
    }
    if (purpose.kind === 'start' && this.#isOfNow(purpose)) {
      const earlier = this.generation?.earlier.base ?? 0n
      if (isPurchase) this.#stock(earlier + output.units, input.units, at_ms)
      else this.#stock(earlier - input.units, 0n, at_ms)
    }
    if (purpose.kind === 'close') this.#closed(input.units, output.units)
    if (isPurchase) level?.bought(input.units, output.units, paid, at_ms)
    const cycle = isPurchase ? undefined : level?.sold(input.units, output.units, paid, at_ms)
    if (!level || !cycle) return { kind: 'traded', purpose }
    this.cycles++
    this.profit += cycle.proceeds - cycle.cost
    return { kind: 'cycle', level, cycle }
  }

  /** Shares base out to the levels above the start; what was there before costs what it was worth at the start. */
  #stock(base: bigint, paid: bigint, at_ms = 0): void {
    const { generation } = this
    if (!generation || this.isStocked) return
    this.isStocked = true
    const upper = this.#upper(generation)
    if (upper.length === 0 || base === 0n) return
    const before = paid > 0n ? generation.earlier.base : base
    const start = { pair: this.#pair, scaled: generation.start }
    const cost = paid + valueAt(start, { token: this.#pair.base, units: before }, 'up').units
    const count = BigInt(upper.length)
    for (const [index, level] of upper.entries()) {
      const isLast = index === upper.length - 1
      const share = (whole: bigint): bigint => whole / count + (isLast ? whole % count : 0n)
      level.stock(share(base), share(cost), at_ms)
    }
  }

  #closed(base: bigint, proceeds: bigint): void {
    this.closing.base += base
    this.closing.proceeds += proceeds
    let left = base
    for (const level of this.levels) {
      if (level.isUnknown) continue
      const taken = level.take(left)
      left -= taken.base
      this.closing.cost += taken.cost
    }
  }

  #levelOf(purpose: Purpose): Level | undefined {
    return 'level' in purpose && this.#isOfNow(purpose) ? this.levels[purpose.level - 1] : undefined
  }

  #isOfNow(purpose: Purpose): boolean {
    return purpose.grid === this.generation?.number
  }

  #upper(generation: Generation): readonly Level[] {
    return this.levels.filter(level => level.buyAt.scaled >= generation.start)
  }
}

/** Quote to buy with, or base to sell, before `upper` levels have what they will sell; undefined when it is near enough. */
function startTrade(generation: Generation, pair: Pair, upper: number): Amount | undefined {
  const { earlier, size, startsWith } = generation
  const start = { pair, scaled: generation.start }
  const wanted = startsWith === 'buys' ? 0n : size * BigInt(upper)
  const worth = valueAt(start, { token: pair.base, units: earlier.base }, 'down').units
  const [more, less] = [wanted - worth, worth - wanted]
  if (more * START_PARTS >= size) return { token: pair.quote, units: more }
  return less * START_PARTS >= size ? { token: pair.base, units: earlier.base - baseFor(start, wanted) } : undefined
}
