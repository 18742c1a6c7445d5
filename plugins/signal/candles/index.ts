import { Observable, type Subscriber } from 'rxjs'
import {
  type Clock,
  definePlugin,
  ForgeError,
  type ForgeEvent,
  type Pair,
  type PriceEvent,
  parseDuration,
} from '../../../core/index.ts'
import type { Bars } from './bar-builder.ts'
import { CANDLES_CONFIG, type CandlesConfig } from './config.ts'
import { WatchedPair } from './watched-pair.ts'

const INTERVAL_MIN_MS = 1_000
const DAY_MS = 86_400_000

export default definePlugin({
  kind: 'signal',
  name: 'candles',
  api: 1,
  summary: 'Makes bars of prices, aligned to UTC, each given once when its time is over.',
  config: CANDLES_CONFIG,
  takes: ['price'],
  gives: ['candle'],
  examples: [
    { title: 'Bars of five minutes', with: { interval: '5m' } },
    {
      title: 'Bars of one minute, from Orca only, without gaps',
      with: { interval: '1m', origin: 'orca', gaps: 'flat' },
    },
  ],
  setup: ({ config, clock }) => {
    const candles = new Candles(config, clock)
    return {
      process: event => (event.kind === 'price' ? candles.take(event as PriceEvent) : undefined),
      events: candles.byTheClock,
      timed: true,
      onInputEnd: () => candles.end(),
      health: () => candles.health(),
      dispose: () => candles.end(),
    }
  },
})

/** The bars of every pair that prices come of. */
class Candles {
  readonly byTheClock: Observable<ForgeEvent>
  readonly #interval_ms: number
  readonly #config: CandlesConfig
  readonly #clock: Clock
  readonly #pairs = new Map<string, WatchedPair>()
  #since_ms: number | undefined
  #subscriber: Subscriber<ForgeEvent> | undefined
  #pair: Pair | undefined
  #watched: WatchedPair | undefined

  constructor(config: CandlesConfig, clock: Clock) {
    this.#config = config
    this.#clock = clock
    this.#interval_ms = intervalOf(config.interval)
    this.byTheClock = new Observable<ForgeEvent>(subscriber => {
      this.#since_ms ??= clock.now()
      this.#subscriber = subscriber
      return () => this.#stop()
    })
  }

  take(event: PriceEvent): Bars {
    const { origin } = this.#config
    if (origin !== undefined && event.origin !== origin && !event.origin.startsWith(`${origin}/`)) return undefined
    return this.#watch(event.price.pair).take(event)
  }

  /** The bar at hand is not over, and is not given. */
  end(): undefined {
    this.#stop()
    this.#subscriber?.complete()
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const left = [...this.#pairs.values()].reduce((sum, { left }) => sum + left, 0)
    return { ok: true, detail: left === 0 ? 'every price is in its bar' : `${left} prices were in no whole bar` }
  }

  #watch(pair: Pair): WatchedPair {
    // Prices of one source share their pair: no look-up for it.
    if (pair === this.#pair && this.#watched) return this.#watched
    const key = `${pair.base.mint}/${pair.quote.mint}`
    const watched = this.#pairs.get(key) ?? this.#begin(pair)
    this.#pairs.set(key, watched)
    this.#pair = pair
    this.#watched = watched
    return watched
  }

  #begin(pair: Pair): WatchedPair {
    this.#since_ms ??= this.#clock.now()
    const rules = { pair, interval_ms: this.#interval_ms, gaps: this.#config.gaps }
    return new WatchedPair(rules, this.#since_ms, this.#clock, bars => {
      if (bars === undefined) return
      if ('kind' in bars) this.#subscriber?.next(bars)
      else for (const bar of bars) this.#subscriber?.next(bar)
    })
  }

  #stop(): void {
    for (const watched of this.#pairs.values()) watched.stop()
  }
}

function intervalOf(text: string): number {
  const interval_ms = parseDuration(text)
  if (interval_ms >= INTERVAL_MIN_MS && DAY_MS % interval_ms === 0) return interval_ms
  throw new ForgeError('PLUGIN_CONFIG_INVALID', {
    message: `interval: "${text}" does not go evenly into a day`,
    remedy: 'Take a part of a day from 1s on, as in 1m, 5m, 15m, 1h, 4h or 1d.',
    context: { field: 'interval' },
  })
}
