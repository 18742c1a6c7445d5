import { Observable, type Subscriber } from 'rxjs'
import { type Static, Type } from 'typebox'
import {
  type Clock,
  definePlugin,
  Field,
  ForgeError,
  type ForgeEvent,
  type PriceEvent,
  parseDuration,
  priceToNumber,
  type SignalEvent,
} from '../../../core/index.ts'

const CONFIG = Type.Object(
  {
    name: Type.String({ minLength: 1, default: 'spread', description: 'What the signal is called.' }),
    first: Type.String({
      minLength: 1,
      description: 'The origin of the prices that are compared with, or their venue, as in `orca`.',
    }),
    second: Type.String({ minLength: 1, description: 'The origin, or the venue, of the prices that are compared.' }),
    interval: Field.duration({
      default: '1m',
      description: 'How often it is told: at multiples of it since 1970 in UTC, as bars end.',
    }),
    thresholdBps: Type.Number({
      default: 0,
      minimum: 0,
      description: 'How far apart they must be to say something, in basis points of the first price.',
    }),
    staleAfter: Field.duration({
      default: '1m',
      description: 'A price that was given longer ago is not compared: nothing is told then.',
    }),
  },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'signal',
  name: 'spread',
  api: 1,
  summary:
    'Compares the prices of one pair at two venues: says buy while the second is above the first, as it is cheap there; its value is basis points.',
  config: CONFIG,
  takes: ['price'],
  gives: ['signal'],
  examples: [
    { title: 'Orca against Raydium', with: { first: 'orca', second: 'raydium' } },
    {
      title: 'Only from twenty basis points on, each ten seconds',
      with: { first: 'orca', second: 'jupiter', interval: '10s', thresholdBps: 20 },
    },
  ],
  setup: ({ config, clock }) => {
    const spread = new Spread(config, clock)
    return {
      process: event => {
        if (event.kind === 'price') spread.take(event as PriceEvent)
      },
      events: spread.told,
      timed: true,
      onInputEnd: () => spread.end(),
      health: () => spread.health(),
      dispose: () => spread.end(),
    }
  },
})

/** The two last prices, and what is told of them when the clock says so. */
class Spread {
  readonly told: Observable<ForgeEvent>
  readonly #config: Static<typeof CONFIG>
  readonly #clock: Clock
  readonly #interval_ms: number
  readonly #staleAfter_ms: number
  #first: PriceEvent | undefined
  #second: PriceEvent | undefined
  #timer: ReturnType<Clock['at']> | undefined
  #subscriber: Subscriber<ForgeEvent> | undefined

  constructor(config: Static<typeof CONFIG>, clock: Clock) {
    if (config.first === config.second) throw wrong('second', 'it is the same as first')
    this.#config = config
    this.#clock = clock
    this.#interval_ms = parseDuration(config.interval)
    if (this.#interval_ms < 1_000) throw wrong('interval', `"${config.interval}" is below one second`)
    this.#staleAfter_ms = parseDuration(config.staleAfter)
    this.told = new Observable<ForgeEvent>(subscriber => {
      this.#subscriber = subscriber
      this.#setTimer()
      return () => this.#timer?.cancel()
    })
  }

  take(event: PriceEvent): void {
    if (isOf(event, this.#config.first)) this.#first = event
    else if (isOf(event, this.#config.second)) this.#second = event
  }

  end(): undefined {
    this.#timer?.cancel()
    this.#subscriber?.complete()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const missing = [!this.#first && this.#config.first, !this.#second && this.#config.second].filter(Boolean)
    if (missing.length > 0) return { ok: false, detail: `no price of ${missing.join(' and ')} yet` }
    return { ok: true, detail: 'both prices are there' }
  }

  #setTimer(): void {
    const next_ms = (Math.floor(this.#clock.now() / this.#interval_ms) + 1) * this.#interval_ms
    this.#timer = this.#clock.at(next_ms, () => {
      this.#setTimer()
      const signal = this.#signalAt(next_ms)
      if (signal) this.#subscriber?.next(signal)
    })
  }

  #signalAt(at: number): SignalEvent | undefined {
    const [first, second] = [this.#first, this.#second]
    if (!first || !second || at - Math.min(first.at, second.at) > this.#staleAfter_ms) return undefined
    const [a, b] = [priceToNumber(first.price), priceToNumber(second.price)]
    const value = ((b - a) / a) * 10_000
    const { name, thresholdBps } = this.#config
    const isApart = Math.abs(value) > thresholdBps
    const direction = !isApart ? 'none' : value > 0 ? 'buy' : 'sell'
    return { kind: 'signal', at, pair: first.price.pair, name, direction, value }
  }
}

function isOf({ origin }: PriceEvent, wanted: string): boolean {
  return origin === wanted || origin.startsWith(`${wanted}/`)
}

function wrong(field: string, problem: string): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', { message: `${field}: ${problem}`, context: { field } })
}
