import type {
  Fill,
  ForgeEvent,
  IntentEvent,
  NoticeEvent,
  OrderRecord,
  PriceEvent,
  Report,
  SignalEvent,
} from '../../../core/index.ts'
import { priceFromNumber } from '../../../core/index.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import type { MomentumConfig } from '../../../plugins/strategy/momentum/config.ts'
import momentum from '../../../plugins/strategy/momentum/index.ts'
import { StrategyBooks } from './books.ts'
import { PAIR, USDC } from './tokens.ts'
import { fillOf, REASON, report } from './told.ts'

/** What becomes of an order. */
export type OrderFate = 'fill' | 'half' | 'fail' | 'expire' | 'unresolved' | 'hang' | 'lose'

/** What happens at a time after the beginning: a price, or what signals say of a bar. */
export type Tick =
  | {
      readonly at: number
      readonly price: number
      readonly low?: number
      readonly high?: number
      readonly open?: number
    }
  | {
      readonly at: number
      readonly say: Readonly<Record<string, SignalEvent['direction']>>
      readonly values?: Readonly<Record<string, number>>
    }

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const FILL_MS = 2_000

/** A market that follows ticks, a journal, and a wallet; processes of the strategy come and go in it. */
export class MomentumWorld {
  readonly notices: string[] = []
  /** Intents given, in order: key, time after the beginning, and units. */
  readonly intents: IntentEvent[] = []
  /** Keys given again although their order was over. */
  readonly repeated: string[] = []
  /** What the strategy's trades left: quote spent less quote received, and base held, in base units. */
  invested = 0n
  mostInvested = 0n
  held = 0n
  now = START_MS
  readonly #books = new StrategyBooks()
  readonly #config: MomentumConfig
  readonly #ticks: readonly Tick[]

  constructor(config: MomentumConfig, ticks: readonly Tick[]) {
    this.#config = config
    this.#ticks = ticks
  }

  /** Runs the strategy for so long, or until it wants nothing more. @returns whether that was the end */
  async run(duration_ms: number, fateOf: (intent: IntentEvent) => OrderFate = () => 'fill'): Promise<boolean> {
    const clock = createVirtualClock({ start_ms: this.now })
    const staged = new Map<string, unknown>()
    let isOver = false
    let isDead = false
    const done = Promise.withResolvers<boolean>()
    const finish = (): void => {
      isOver = true
      done.resolve(true)
    }
    const instance = await momentum.setup(
      this.#books.context({ id: 'plan.momentum', config: this.#config, clock, staged, finish }),
    )
    const give = (event: ForgeEvent): void => {
      if (isDead) return
      if (event.kind === 'notice') this.notices.push((event as NoticeEvent).title.replace('SOL/USDC: ', ''))
      else void this.#execute(event as IntentEvent)
    }
    this.#execute = async intent => {
      this.intents.push(intent)
      const fate = fateOf(intent)
      if (fate === 'lose') return
      const before = this.#books.take(intent, staged, clock.now())
      if (before && before.state !== 'created') this.repeated.push(intent.key)
      instance.onReport?.(report(intent, clock.now(), { state: 'accepted' }))
      if (fate === 'hang') return
      await clock.sleep(FILL_MS)
      if (!isDead) instance.onReport?.(this.#settle(intent, fate, clock.now()))
    }
    const feed = instance.events!.subscribe(give)
    const timers = this.#ticks.flatMap(tick => {
      const at = START_MS + tick.at
      if (at < this.now) return []
      return [
        clock.at(at, () => {
          for (const event of eventsOf(tick, at)) {
            const given = isOver || isDead ? undefined : instance.process?.(event)
            if (given) for (const each of [given].flat() as ForgeEvent[]) give(each)
          }
        }),
      ]
    })
    void clock.sleep(duration_ms).then(() => done.resolve(false))
    const ended = await clock.run(done.promise)
    this.now = clock.now()
    isDead = true
    for (const timer of timers) timer.cancel()
    feed.unsubscribe()
    await instance.dispose?.()
    return ended
  }

  #execute: (intent: IntentEvent) => Promise<void> = async () => undefined

  get orders(): ReadonlyMap<string, OrderRecord> {
    return this.#books.orders
  }

  /** `01:05 buy`, `01:20 sell-2`: orders as they are, by key. */
  keys(): string[] {
    return [...this.orders.values()].map(
      ({ intent, state }) => `${intent.key.slice(11, 16)} ${intent.key.slice(25)} ${state}`,
    )
  }

  #priceAt(now: number): number {
    const price = this.#ticks.findLast(tick => 'price' in tick && START_MS + tick.at <= now)
    return price && 'price' in price ? price.price : 100
  }

  #settle(intent: IntentEvent, fate: Exclude<OrderFate, 'hang' | 'lose'>, at: number): Report {
    if (fate === 'fail' || fate === 'expire' || fate === 'unresolved') {
      const state = fate === 'fail' ? 'failed' : fate === 'expire' ? 'expired' : 'unresolved'
      this.#books.move(intent.key, { state, reason: REASON, updatedAt: at })
      return report(intent, at, { state, reason: REASON })
    }
    const fill = traded(intent, fate === 'half', BigInt(Math.round(this.#priceAt(at) * 1e6)), at)
    const isBuy = intent.input === USDC
    this.invested += isBuy ? fill.input.units : -fill.output.units
    this.held += isBuy ? fill.output.units : -fill.input.units
    if (this.invested > this.mostInvested) this.mostInvested = this.invested
    this.#books.move(intent.key, { state: 'confirmed', fill, updatedAt: at })
    return report(intent, at, { state: 'filled', fill, recovered: false })
  }
}

function eventsOf(tick: Tick, at: number): readonly (PriceEvent | SignalEvent)[] {
  if ('say' in tick) {
    return Object.entries(tick.say).map(([name, direction]) => ({
      kind: 'signal',
      at,
      pair: PAIR,
      name,
      direction,
      value: tick.values?.[name] ?? 1,
    }))
  }
  const point = (price: number | undefined, back_ms: number) =>
    price === undefined ? undefined : { price: priceFromNumber(PAIR, price), at: at - back_ms }
  const [open, low, high] = [point(tick.open, 30), point(tick.low, 20), point(tick.high, 10)]
  return [
    {
      kind: 'price',
      at,
      price: priceFromNumber(PAIR, tick.price),
      origin: 'test',
      ...(open && { open }),
      ...(low && { low }),
      ...(high && { high }),
    },
  ]
}

/** At the price, in millionths of a USDC for a SOL, without costs; or only half of it. */
function traded(intent: IntentEvent, isHalf: boolean, micro: bigint, at: number): Fill {
  const units = isHalf && intent.amount.units > 1n ? intent.amount.units / 2n : intent.amount.units
  const received = intent.input === USDC ? (units * 1_000_000_000n) / micro : (units * micro) / 1_000_000_000n
  return fillOf(intent, { token: intent.output, units: received }, at, { token: intent.input, units })
}
