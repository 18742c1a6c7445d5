import {
  type AnyPlugin,
  amountOf,
  type Clock,
  type ForgeEvent,
  type IntentEvent,
  type OrderRecord,
  type PluginContext,
  type PriceEvent,
  parsePrice,
  type Report,
  type Token,
  valueAt,
} from '../../core/index.ts'
import { seededRandom } from '../../core/time/random.ts'
import { createVirtualClock, type VirtualClock } from '../../core/time/virtual-clock.ts'
import type { DcaConfig } from '../../plugins/strategy/dca/config.ts'
import dca from '../../plugins/strategy/dca/index.ts'

const token = (symbol: string, decimals: number): Token => ({
  cluster: 'test',
  mint: `${symbol}-mint`,
  symbol,
  decimals,
  program: 'spl-token',
})
const SOL = token('SOL', 9)
const USDC = token('USDC', 6)
const BONK = token('BONK', 5)
const PAIR = { base: SOL, quote: USDC }
const START_MS = Date.parse('2024-01-01T00:00:00Z')

export const TOKENS: PluginContext['services']['tokens'] = {
  cluster: 'test',
  tokens: [SOL, USDC, BONK],
  find: name => {
    const found = [SOL, USDC, BONK].find(({ symbol }) => symbol === name)
    if (!found) throw new Error(`no token ${name}`)
    return found
  },
}

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
  readonly orders = new Map<string, OrderRecord>()
  readonly bought: { readonly key: string; readonly units: bigint; readonly at: number }[] = []
  readonly notices: string[] = []
  /** Keys given again although their order was over: the journal would refuse them, the strategy should know. */
  readonly repeated: string[] = []
  readonly #state = new Map<string, unknown>()
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
    const instance = await this.#plugin.setup(this.#context(clock, staged, abort.signal))
    const execute = async (intent: IntentEvent): Promise<void> => {
      const fate = fateOf(intent)
      if (fate === 'lose') return
      const before = this.orders.get(intent.key)
      // The journal's transaction takes the intent and the staged state together.
      if (!before) this.orders.set(intent.key, record(intent, clock.now()))
      for (const [key, value] of staged) this.#state.set(key, structuredClone(value))
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
    const order = this.orders.get(intent.key)!
    if (fate === 'fail') {
      this.orders.set(intent.key, { ...order, state: 'failed' })
      return report(intent, at, { state: 'failed', reason: { code: 'SLIPPAGE', message: 'slipped' } })
    }
    const fill = fillOf(intent, at, this.#priceAt(at))
    this.orders.set(intent.key, { ...order, state: 'confirmed', fill })
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

  #context(clock: VirtualClock, staged: Map<string, unknown>, signal: AbortSignal): PluginContext {
    const quiet = (): void => undefined
    return {
      id: 'plan.dca',
      config: this.#config,
      mode: 'test',
      clock: clock as Clock,
      random: seededRandom('dca'),
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: { count: quiet, timing: quiet },
      state: {
        get: <T>(key: string) => (staged.get(key) ?? this.#state.get(key)) as T | undefined,
        set: (key, value) => staged.set(key, value),
        flush: () => {
          for (const [key, value] of staged) this.#state.set(key, structuredClone(value))
        },
      },
      signal,
      services: {
        tokens: TOKENS,
        orders: { list: () => [...this.orders.values()] },
      } as Partial<PluginContext['services']> as PluginContext['services'],
      report: quiet,
      finish: quiet,
      hold: quiet,
    }
  }
}

function record(intent: IntentEvent, now: number): OrderRecord {
  const id = `order-${intent.key}`
  return { id, fullKey: id, intent, state: 'created', attempts: [], createdAt: now, updatedAt: now }
}

type Outcome =
  | Pick<Extract<Report, { state: 'accepted' }>, 'state'>
  | Pick<Extract<Report, { state: 'failed' }>, 'state' | 'reason'>
  | Pick<Extract<Report, { state: 'filled' }>, 'state' | 'fill' | 'recovered'>

function report(intent: IntentEvent, at: number, outcome: Outcome): Report {
  const { key, node, input, output } = intent
  return { kind: 'report', at, orderId: `order-${key}`, key, node, input, output, ...outcome }
}

/** At ten base units for one spent, or at the price. */
function fillOf(intent: IntentEvent, at: number, price?: number): Extract<Report, { state: 'filled' }>['fill'] {
  const { units } = intent.amount
  const isSale = intent.input === SOL
  const scaled = price === undefined ? undefined : parsePrice(String(price), PAIR)
  const bought = scaled ? (units * 10n ** 15n) / scaled.scaled : units * 10n
  const output = isSale && scaled ? valueAt(scaled, intent.amount, 'down') : amountOf(SOL, bought)
  return {
    orderId: `order-${intent.key}`,
    key: intent.key,
    venue: 'test',
    signature: `signature-${intent.key}`,
    slot: 1,
    at,
    input: intent.amount,
    output,
    quotedOutput: output,
    minimumOutput: output,
    fees: { base_lamports: 5_000n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n },
    computeUnits: 1,
    slippageBps: 0,
  }
}
