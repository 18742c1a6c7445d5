import {
  amountOf,
  type Fill,
  type IntentEvent,
  type NoticeEvent,
  type OrderRecord,
  type Pair,
  type PluginInstance,
  type Price,
  type PriceEvent,
  parsePrice,
  type Report,
  sameToken,
  valueAt,
} from '../../../core/index.ts'
import { createVirtualClock, type VirtualClock } from '../../../core/time/virtual-clock.ts'
import { GRID_CONFIG, type GridConfig } from '../../../plugins/strategy/grid/config.ts'
import grid from '../../../plugins/strategy/grid/index.ts'
import { baseFor } from '../../../plugins/strategy/grid/lines/spacing.ts'
import { type Staged, StrategyBooks } from './books.ts'
import { PAIR } from './tokens.ts'
import { fillOf, REASON, report } from './told.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const MILLION = 1_000_000n

/** How the execution of these tests treats an intent that is within its bounds. */
export type GridFate =
  | 'fill'
  | 'fail'
  /** Taken and never heard of: the process dies before the end, and the next run trades it. */
  | 'hang'
  /** The same, but it had landed: the next run reads it in the journal. */
  | 'land'
  /** Never reaches the journal. */
  | 'lose'
  /** It trades, and this run is told that nobody knows; the next one knows. */
  | 'unknown'

/** The price moves by so many hundredths of a basis point, after so long; on the way it may have been further. */
export interface Move {
  readonly parts: number
  readonly after_ms: number
  readonly reachParts?: number
}

/** What outlives a process: chain, journal and committed state. */
export class GridWorld {
  readonly pair: Pair = PAIR
  readonly fills: Fill[] = []
  readonly notices: NoticeEvent[] = []
  /** What went wrong by the rules that no path may break. */
  readonly broken: string[] = []
  readonly config: GridConfig
  /** What the grid has, by the chain. */
  quote: bigint
  base = 0n
  now = START_MS
  price: bigint
  /** Pools keep so much of each trade, in parts of a million. */
  feeParts = 400n
  /** The process is killed as soon as the grid has ended: what is only staged then is lost. */
  diesAtEnd = false
  readonly #books = new StrategyBooks()

  constructor(config: Partial<GridConfig> & { readonly price?: string } = {}) {
    const { price = '100', ...rest } = config
    const defaults = Object.entries(GRID_CONFIG.properties).flatMap(([name, schema]) =>
      'default' in schema ? [[name, schema.default]] : [],
    )
    const given = { pair: 'SOL/USDC', budget: '1000 USDC', feeBps: 5, ...rest }
    this.config = { ...Object.fromEntries(defaults), ...given } as GridConfig
    this.quote = BigInt(this.config.budget.split(' ')[0]!) * 1_000_000n
    this.price = parsePrice(price, this.pair).scaled
  }

  /** Keys of what was traded, in order. */
  keys(): string[] {
    return this.fills.map(({ key }) => key)
  }

  get orders(): ReadonlyMap<string, OrderRecord> {
    return this.#books.orders
  }

  state<T>(key: string): T | undefined {
    return this.#books.state(key)
  }

  /** Runs the strategy along moves of the price; then the process is gone. Whether the grid ended by itself. */
  async run(moves: readonly Move[], fateOf: (intent: IntentEvent) => GridFate = () => 'fill'): Promise<boolean> {
    const clock = createVirtualClock({ start_ms: this.now })
    const staged = new Map<string, unknown>()
    const abort = new AbortController()
    let isFinished = false
    const finish = (): void => {
      isFinished = true
    }
    const { config } = this
    const instance = await grid.setup(
      this.#books.context({ id: 'plan.grid', config, clock, staged, signal: abort.signal, finish }),
    )
    const consume = async (): Promise<boolean> => {
      for (;;) {
        const event = await instance.pull?.()
        if (abort.signal.aborted) return false
        if (event === undefined) return true
        if (event.kind === 'notice') this.notices.push(event as NoticeEvent)
        else void this.#execute(event as IntentEvent, instance, clock, staged, fateOf, abort.signal)
      }
    }
    const ended = consume()
    const walk = async (): Promise<boolean> => {
      await this.#give(instance, clock)
      for (const move of moves) {
        await clock.sleep(Math.max(1, move.after_ms))
        const next = this.price + (this.price * BigInt(move.parts)) / MILLION
        const reach = (this.price * BigInt(Math.abs(move.reachParts ?? 0))) / MILLION
        const [low, high] = this.price < next ? [this.price, next] : [next, this.price]
        this.price = next
        await this.#give(instance, clock, low > reach ? low - reach : low, high + reach)
        if (isFinished) return true
      }
      await clock.sleep(5_000)
      return false
    }
    const isOver = (await clock.run(Promise.race([walk(), ended]))) || isFinished
    this.now = clock.now()
    // A run that ends by itself commits what is staged.
    if (isOver && !this.diesAtEnd) this.#books.commit(staged)
    abort.abort()
    await instance.dispose?.()
    return isOver
  }

  async #give(instance: PluginInstance, clock: VirtualClock, low?: bigint, high?: bigint): Promise<void> {
    const at = clock.now()
    const price = (scaled: bigint): Price => ({ pair: this.pair, scaled })
    const event: PriceEvent = {
      kind: 'price',
      at,
      price: price(this.price),
      origin: 'test',
      ...(low !== undefined && { low: { price: price(low), at } }),
      ...(high !== undefined && { high: { price: price(high), at } }),
    }
    await instance.process?.(event)
  }

  async #execute(
    intent: IntentEvent,
    instance: PluginInstance,
    clock: VirtualClock,
    staged: Staged,
    fateOf: (intent: IntentEvent) => GridFate,
    signal: AbortSignal,
  ): Promise<void> {
    const fate = fateOf(intent)
    if (fate === 'lose') return
    this.#checkRivals(intent)
    const before = this.#books.take(intent, staged, clock.now())
    if (before && before.state !== 'created') this.broken.push(`${intent.key} was given again after its end`)
    instance.onReport?.(report(intent, clock.now(), { state: 'accepted' }))
    if (fate === 'hang') return
    if (fate === 'land') {
      this.#trade(intent, clock.now())
      return
    }
    await clock.sleep(1_500)
    if (signal.aborted) return
    const ended = fate === 'fail' ? failed(intent, clock.now(), 'failed') : this.#trade(intent, clock.now())
    if (fate === 'fail') this.#books.move(intent.key, { state: 'failed' })
    if (fate === 'unknown') instance.onReport?.(failed(intent, clock.now(), 'unresolved'))
    else instance.onReport?.(ended)
  }

  /** A level has one order at a time. */
  #checkRivals({ key }: IntentEvent): void {
    const level = levelOf(key)
    const rival = [...this.orders.values()].find(
      ({ intent: other, state }) =>
        level !== undefined && other.key !== key && levelOf(other.key) === level && state === 'created',
    )
    if (rival) this.broken.push(`${key} was given while ${rival.intent.key} was open`)
  }

  /** Trades at the price there is, pools' fee included, unless the bounds say no. */
  #trade(intent: IntentEvent, at: number): Report {
    const isPurchase = sameToken(intent.input, this.pair.quote)
    const scaled = (this.price * (MILLION + (isPurchase ? this.feeParts : -this.feeParts))) / MILLION
    const { max, min } = intent.bounds ?? {}
    if ((max && scaled > max.scaled) || (min && scaled < min.scaled)) {
      this.#books.move(intent.key, { state: 'cancelled' })
      return failed(intent, at, 'skipped')
    }
    const paid = { pair: this.pair, scaled }
    const output = isPurchase
      ? amountOf(this.pair.base, baseFor(paid, intent.amount.units))
      : valueAt(paid, intent.amount, 'down')
    const [quote, base] = isPurchase ? [-intent.amount.units, output.units] : [output.units, -intent.amount.units]
    this.quote += quote
    this.base += base
    if (this.quote < 0n) this.broken.push(`${intent.key} spends beyond the budget: ${this.quote}`)
    if (this.base < 0n) this.broken.push(`${intent.key} sells what is not there: ${this.base}`)
    const fill = fillOf(intent, output, at)
    this.fills.push(fill)
    this.#books.move(intent.key, { state: 'confirmed', fill })
    return report(intent, at, { state: 'filled', fill, recovered: false })
  }
}

function levelOf(key: string): string | undefined {
  return /^g\d+-l\d+/.exec(key)?.[0]
}

function failed(intent: IntentEvent, at: number, state: 'failed' | 'skipped' | 'unresolved'): Report {
  return report(intent, at, { state, reason: REASON })
}
