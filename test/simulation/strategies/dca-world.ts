import {
  type AnyPlugin,
  amountOf,
  type Fill,
  type ForgeEvent,
  type IntentEvent,
  type OrderRecord,
  type PriceEvent,
  parsePrice,
  type Report,
  valueAt,
} from '../../../core/index.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import type { DcaConfig } from '../../../plugins/strategy/dca/config.ts'
import dca from '../../../plugins/strategy/dca/index.ts'
import { StrategyBooks } from './books.ts'
import { PAIR, SOL } from './tokens.ts'
import { fillOf, REASON, report } from './told.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')

/** How the execution of these tests treats an intent. */
export type Fate =
  | 'fill'
  | 'fail'
  /** Taken and never heard of: the process dies before the end. */
  | 'hang'
  /** Never reaches the journal. */
  | 'lose'

/** The price from a time after the start on. */
export interface Step {
  readonly after_ms: number
  readonly price: number
}

/** What outlives a process: the journal and committed state; and the chain's own list of purchases. */
export class World {
  readonly bought: { readonly key: string; readonly units: bigint; readonly at: number }[] = []
  readonly notices: string[] = []
  /** Keys given again although their order was over: the journal would refuse them, the strategy should know. */
  readonly repeated: string[] = []
  readonly #books = new StrategyBooks()
  readonly #config: object
  readonly #plugin: AnyPlugin
  readonly #prices: readonly Step[] | undefined
  now = START_MS

  constructor(
    config: Partial<DcaConfig> = {},
    priced?: { plugin: AnyPlugin; config: object; prices: readonly Step[] },
  ) {
    const fixed = { token: 'SOL', amount: '10 USDC', catchUp: 'skip', grace: '2m', ...config }
    this.#config = priced?.config ?? fixed
    this.#plugin = priced?.plugin ?? dca
    this.#prices = priced?.prices
  }

  /** Runs the strategy until it ends or the time is up, when the process is gone. Whether it ended by itself. */
  async run(duration_ms: number, fateOf: (intent: IntentEvent) => Fate = () => 'fill'): Promise<boolean> {
    const clock = createVirtualClock({ start_ms: this.now })
    const staged = new Map<string, unknown>()
    const abort = new AbortController()
    const { signal } = abort
    const instance = await this.#plugin.setup(
      this.#books.context({ id: 'plan.dca', config: this.#config, clock, staged, signal }),
    )
    const execute = async (intent: IntentEvent): Promise<void> => {
      const fate = fateOf(intent)
      if (fate === 'lose') return
      const before = this.#books.take(intent, staged, clock.now())
      instance.onReport?.(report(intent, clock.now(), { state: 'accepted' }))
      if (fate === 'hang') return
      if (before && before.state !== 'created') {
        this.repeated.push(intent.key)
        return
      }
      await clock.sleep(2_000)
      instance.onReport?.(this.#settle(intent, fate, clock.now()))
    }
    const underWay: Promise<void>[] = []
    const consume = async (): Promise<boolean> => {
      for (;;) {
        const event = await instance.pull?.()
        if (abort.signal.aborted) return false
        if (event === undefined) {
          await Promise.all(underWay)
          return true
        }
        if (event.kind === 'notice')
          this.notices.push((event as Extract<ForgeEvent, { kind: 'notice' }>).text as string)
        else underWay.push(execute(event as IntentEvent))
      }
    }
    for (const event of this.#pricesFrom(this.now)) clock.at(event.at, () => void instance.process?.(event))
    const end = clock.sleep(duration_ms).then(() => false)
    const ended = await clock.run(Promise.race([consume(), end]))
    this.now = clock.now()
    abort.abort()
    await instance.dispose?.()
    return ended
  }

  get orders(): ReadonlyMap<string, OrderRecord> {
    return this.#books.orders
  }

  /** Time passes and nothing runs. */
  pause(duration_ms: number): void {
    this.now += duration_ms
  }

  keys(): string[] {
    return this.bought.map(({ key }) => key.slice(11, 16))
  }

  total(): bigint {
    return this.bought.reduce((sum, { units }) => sum + units, 0n)
  }

  #settle(intent: IntentEvent, fate: 'fill' | 'fail', at: number): Report {
    if (fate === 'fail') {
      this.#books.move(intent.key, { state: 'failed' })
      return report(intent, at, { state: 'failed', reason: REASON })
    }
    const fill = bought(intent, at, this.#priceAt(at))
    this.#books.move(intent.key, { state: 'confirmed', fill })
    this.bought.push({ key: intent.key, units: intent.amount.units, at })
    return report(intent, at, { state: 'filled', fill, recovered: false })
  }

  /** The price as it is at a time, and each that comes after it. */
  #pricesFrom(from_ms: number): PriceEvent[] {
    const steps = this.#prices ?? []
    const now = this.#priceAt(from_ms)
    const later = steps.filter(({ after_ms }) => START_MS + after_ms > from_ms)
    return [
      ...(now === undefined ? [] : [{ at: from_ms, price: now }]),
      ...later.map(step => ({ at: START_MS + step.after_ms, price: step.price })),
    ].map(({ at, price }) => ({ kind: 'price', at, price: parsePrice(String(price), PAIR), origin: 'test' }))
  }

  #priceAt(time_ms: number): number | undefined {
    return this.#prices?.findLast(({ after_ms }) => START_MS + after_ms <= time_ms)?.price
  }
}

/** At ten base units for one spent, or at the price. */
function bought(intent: IntentEvent, at: number, price?: number): Fill {
  const { units } = intent.amount
  const isSale = intent.input === SOL
  const scaled = price === undefined ? undefined : parsePrice(String(price), PAIR)
  const output =
    isSale && scaled
      ? valueAt(scaled, intent.amount, 'down')
      : amountOf(SOL, scaled ? (units * 10n ** 15n) / scaled.scaled : units * 10n)
  return fillOf(intent, output, at)
}
