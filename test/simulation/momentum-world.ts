import type {
  Fill,
  ForgeEvent,
  IntentEvent,
  NoticeEvent,
  OrderRecord,
  Pair,
  PluginContext,
  PriceEvent,
  Report,
  SignalEvent,
} from '../../core/index.ts'
import { priceFromNumber } from '../../core/index.ts'
import { seededRandom } from '../../core/time/random.ts'
import { createVirtualClock } from '../../core/time/virtual-clock.ts'
import type { MomentumConfig } from '../../plugins/strategy/momentum/config.ts'
import momentum from '../../plugins/strategy/momentum/index.ts'
import { TOKENS } from './dca-world.ts'

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
const [SOL, USDC] = [TOKENS.find('SOL'), TOKENS.find('USDC')]
const PAIR: Pair = { base: SOL, quote: USDC }

/** A market that follows ticks, a journal, and a wallet; processes of the strategy come and go in it. */
export class MomentumWorld {
  readonly orders = new Map<string, OrderRecord>()
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
  readonly #state = new Map<string, unknown>()
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
    const instance = await momentum.setup(
      this.#context(clock, staged, () => {
        isOver = true
        done.resolve(true)
      }),
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
      const before = this.orders.get(intent.key)
      if (before && before.state !== 'created') this.repeated.push(intent.key)
      // The journal's transaction takes the intent and the staged state together.
      if (!before) this.orders.set(intent.key, record(intent, clock.now()))
      for (const [key, value] of staged) this.#state.set(key, structuredClone(value))
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
    const order = this.orders.get(intent.key)!
    const reason = { code: 'TEST', message: 'the test says so' }
    if (fate === 'fail' || fate === 'expire' || fate === 'unresolved') {
      const state = fate === 'fail' ? 'failed' : fate === 'expire' ? 'expired' : 'unresolved'
      this.orders.set(intent.key, { ...order, state, reason, updatedAt: at })
      return report(intent, at, { state, reason })
    }
    const fill = fillOf(intent, fate === 'half', BigInt(Math.round(this.#priceAt(at) * 1e6)), at)
    const isBuy = intent.input === USDC
    this.invested += isBuy ? fill.input.units : -fill.output.units
    this.held += isBuy ? fill.output.units : -fill.input.units
    if (this.invested > this.mostInvested) this.mostInvested = this.invested
    this.orders.set(intent.key, { ...order, state: 'confirmed', fill, updatedAt: at })
    return report(intent, at, { state: 'filled', fill, recovered: false })
  }

  #context(
    clock: PluginContext['clock'],
    staged: Map<string, unknown>,
    finish: () => void,
  ): PluginContext<MomentumConfig> {
    const quiet = (): void => undefined
    return {
      id: 'plan.momentum',
      config: this.#config,
      mode: 'test',
      clock,
      random: seededRandom('momentum'),
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: { count: quiet, timing: quiet },
      state: {
        get: <T>(key: string) => (staged.get(key) ?? this.#state.get(key)) as T | undefined,
        set: (key, value) => staged.set(key, value),
        flush: () => {
          for (const [key, value] of staged) this.#state.set(key, structuredClone(value))
        },
      },
      signal: new AbortController().signal,
      services: { tokens: TOKENS, orders: { list: () => [...this.orders.values()] } } as never,
      report: quiet,
      finish,
      hold: quiet,
    }
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

function record(intent: IntentEvent, now: number): OrderRecord {
  const id = `order-${intent.key}`
  return { id, fullKey: id, intent, state: 'created', attempts: [], createdAt: now, updatedAt: now }
}

type Outcome =
  | { readonly state: 'accepted' }
  | { readonly state: 'failed' | 'expired' | 'unresolved'; readonly reason: { code: string; message: string } }
  | { readonly state: 'filled'; readonly fill: Fill; readonly recovered: boolean }

function report(intent: IntentEvent, at: number, outcome: Outcome): Report {
  const { key, node, input, output } = intent
  return { kind: 'report', at, orderId: `order-${key}`, key, node, input, output, ...outcome }
}

/** At the price, in millionths of a USDC for a SOL, without costs; or only half of it. */
function fillOf(intent: IntentEvent, isHalf: boolean, micro: bigint, at: number): Fill {
  const units = isHalf && intent.amount.units > 1n ? intent.amount.units / 2n : intent.amount.units
  const received = intent.input === USDC ? (units * 1_000_000_000n) / micro : (units * micro) / 1_000_000_000n
  const output = { token: intent.output, units: received }
  return {
    orderId: `order-${intent.key}`,
    key: intent.key,
    venue: 'test',
    signature: `signature-${intent.key}`,
    slot: 1,
    at,
    input: { token: intent.input, units },
    output,
    quotedOutput: output,
    minimumOutput: output,
    fees: { base_lamports: 5_000n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n },
    computeUnits: 1,
    slippageBps: 0,
  }
}
