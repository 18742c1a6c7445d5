import type { PriceEvent, SignalEvent } from '../../events/event.ts'
import type { Pair, Token } from '../../money/token.ts'
import type { Condition } from '../../orders/conditions/condition.ts'
import { ConditionData } from '../../orders/conditions/condition-data.ts'
import { ConditionIndex } from '../../orders/conditions/condition-index.ts'
import { conditionSentence } from '../../orders/conditions/explain.ts'
import { pairId } from '../../orders/conditions/term.ts'
import type { Clock, Timer } from '../../time/clock.ts'
import type { KeptWindows } from './kept-windows.ts'

/** How often conditions that change with the clock are looked at, and what the wallet holds is read. */
const CLOCK_EVERY_MS = 5_000
const BALANCES_EVERY_MS = 30_000

export interface ConditionWatchOptions {
  readonly clock: Clock
  /** Prices and balances older than that are not known any more. */
  readonly maxAge_ms: number
  /** What the wallet holds, in base units; rejects when it can not be told. */
  readonly balanceOf: (token: Token) => Promise<bigint>
  readonly windows: KeptWindows
  /** Told of orders whose condition has come to hold by the clock, or by what the wallet holds. */
  readonly holds: (ids: readonly string[]) => void
}

/** The orders of one node that wait for conditions. */
export class ConditionWatch {
  readonly #options: ConditionWatchOptions
  readonly #data: ConditionData
  /** In the order they were armed. */
  readonly #conditions = new ConditionIndex()
  /** How many of them ask for a window: one that nobody asks for any more is written no more. */
  readonly #asking = new Map<string, number>()
  #clockTimer: Timer | undefined
  #balanceTimer: Timer | undefined
  #isOver = false

  constructor(options: ConditionWatchOptions) {
    this.#options = options
    this.#data = new ConditionData({ maxAge_ms: options.maxAge_ms })
  }

  /** @param newest the newest price of a pair that nobody watched before, if there was one: a quiet pool's is long in coming */
  add(id: string, condition: Condition, newest: (pair: Pair) => PriceEvent | undefined = () => undefined): void {
    this.remove(id)
    this.#conditions.add(id, condition)
    this.#count(condition, 1)
    const earlier = condition.needs.pairs.flatMap(pair => (this.#data.watches(pair) ? [] : (newest(pair) ?? [])))
    this.#data.watch(condition.needs, (pair, window_ms) => this.#options.windows.earlier(pair, window_ms))
    for (const price of earlier) this.#data.onPrice(price)
    if (condition.needs.usesTime) this.#windClock()
    if (condition.needs.tokens.length > 0 && !this.#balanceTimer) this.#readBalances()
  }

  remove(id: string): void {
    const condition = this.#conditions.get(id)
    if (!condition) return
    this.#conditions.remove(id)
    this.#count(condition, -1)
  }

  has(id: string): boolean {
    return this.#conditions.get(id) !== undefined
  }

  /** Ids of the orders whose condition holds then; they stay until they are removed. */
  onPrice(event: PriceEvent): readonly string[] {
    this.#data.onPrice(event)
    const holding = this.#holding()
    // What fires comes first.
    if (holding.length === 0) this.#options.windows.keep(this.#askedFor())
    return holding
  }

  onSignal(event: SignalEvent): readonly string[] {
    this.#data.onSignal(event)
    return this.#holding()
  }

  /** Whether an order's condition holds by what is known: asked when it is armed. */
  holdsNow(id: string): boolean {
    const condition = this.#conditions.get(id)
    return condition !== undefined && this.#holds(condition)
  }

  /** Of an order that was taken up: how long nobody watched what it asks of past prices; `anew`: too long to go on with. */
  holeOf(id: string): number | 'anew' {
    const { windows = [] } = this.#conditions.get(id)?.needs ?? {}
    const holes = windows.map(({ pair, window_ms }) => this.#options.windows.holeOf(pairId(pair), window_ms))
    return holes.reduce<number | 'anew'>(
      (most, hole) => (most === 'anew' || hole === undefined ? 'anew' : Math.max(most, hole)),
      0,
    )
  }

  /** Why an order has not fired, in sentences. */
  why(id: string): string {
    const condition = this.#conditions.get(id)
    return condition ? conditionSentence(condition.explain(this.#data.at(this.#options.clock.now()))) : ''
  }

  stop(): void {
    this.#isOver = true
    this.#clockTimer?.cancel()
    this.#balanceTimer?.cancel()
  }

  #count({ needs }: Condition, by: 1 | -1): void {
    for (const { pair, window_ms } of needs.windows) {
      const key = windowKey(pairId(pair), window_ms)
      this.#asking.set(key, (this.#asking.get(key) ?? 0) + by)
    }
  }

  *#askedFor(): ReturnType<ConditionData['windows']> {
    for (const each of this.#data.windows()) {
      if (this.#asking.get(windowKey(each.pair, each.window.window_ms))) yield each
    }
  }

  #holding(): readonly string[] {
    return this.#conditions.holding(this.#data.at(this.#options.clock.now()))
  }

  #holds(condition: Condition): boolean {
    return condition.evaluate(this.#data.at(this.#options.clock.now())) === 'holds'
  }

  #tell(): void {
    const ids = this.#holding()
    if (ids.length > 0) this.#options.holds(ids)
  }

  #windClock(): void {
    if (this.#clockTimer || this.#isOver) return
    const { clock } = this.#options
    this.#clockTimer = clock.at(clock.now() + CLOCK_EVERY_MS, () => {
      this.#clockTimer = undefined
      this.#tell()
      if (this.#conditions.conditions().some(({ needs }) => needs.usesTime)) this.#windClock()
    })
  }

  #readBalances(): void {
    const { clock, balanceOf } = this.#options
    const tokens = new Map(
      this.#conditions.conditions().flatMap(({ needs }) => needs.tokens.map(token => [token.mint, token] as const)),
    )
    if (tokens.size === 0 || this.#isOver) return
    this.#balanceTimer = clock.at(clock.now() + BALANCES_EVERY_MS, () => {
      this.#balanceTimer = undefined
      this.#readBalances()
    })
    for (const token of tokens.values()) {
      balanceOf(token).then(
        units => {
          if (this.#isOver) return
          this.#data.onBalance({ token, units }, clock.now())
          this.#tell()
        },
        // The next reading comes soon; when none succeeds for long, the condition says that it is not known.
        () => undefined,
      )
    }
  }
}

function windowKey(pair: string, window_ms: number): string {
  return `${pair} ${window_ms}`
}
