import type {
  CandleEvent,
  ForgeEvent,
  NodeState,
  NoticeEvent,
  Pair,
  PluginContext,
  PluginInstance,
  SignalEvent,
} from '../../../core/index.ts'
import { pairName } from '../../../core/index.ts'
import type { Reading } from './reading.ts'
import { Warmth } from './warmth.ts'

/** A signal that a node gives. */
export interface NamedReading {
  readonly name: string
  readonly needsVolume: boolean
  /** A fresh one, for one pair's bars. */
  build(): Reading
}

/** Bars without any volume after which it is said that there is none. */
const VOLUME_AWAITED = 20

/** What a node knows of one pair. */
interface PairReadings {
  readonly warmth: Warmth
  readonly interval_ms: number
  readonly readings: readonly (Reading & { readonly name: string })[]
  /** Bars so far, while none had a volume. */
  withoutVolume: number
}

/** Gives every signal with every bar, from the bar on with which it has a value. */
export function signalNode(
  signals: readonly NamedReading[],
  { config, state }: Pick<PluginContext, 'config' | 'state'>,
): PluginInstance {
  const node = new SignalNode(signals, config, state)
  return {
    process: event => (event.kind === 'candle' ? node.take(event as CandleEvent) : undefined),
    health: () => ({ ok: true, detail: node.detail() }),
  }
}

class SignalNode {
  readonly #signals: readonly NamedReading[]
  readonly #settings: unknown
  readonly #state: NodeState
  readonly #pairs = new Map<string, PairReadings>()
  #pair: Pair | undefined
  #last: PairReadings | undefined
  #bars = 0

  constructor(signals: readonly NamedReading[], settings: unknown, state: NodeState) {
    this.#signals = signals
    this.#settings = settings
    this.#state = state
  }

  take(bar: CandleEvent): readonly ForgeEvent[] | SignalEvent | undefined {
    this.#bars++
    if (bar.pair !== this.#pair || bar.interval_ms !== this.#last?.interval_ms) this.#turnTo(bar)
    const known = this.#last!
    // Most nodes have one signal: no list for it.
    let first: SignalEvent | undefined
    let all: ForgeEvent[] | undefined
    for (const reading of known.readings) {
      const value = reading.update(bar)
      if (value === undefined) continue
      const direction = reading.directionOf(value, bar)
      const { at, pair, close } = bar
      const signal: SignalEvent = { kind: 'signal', at, pair, name: reading.name, direction, value, close }
      if (!first) first = signal
      else if (all) all.push(signal)
      else all = [first, signal]
    }
    known.warmth.keep(bar)
    if (known.withoutVolume >= 0) {
      const notice = this.#missVolume(known, bar)
      if (notice) return [...(all ?? (first ? [first] : [])), notice]
    }
    return all ?? first
  }

  detail(): string {
    return `${this.#bars} bars`
  }

  /** Bars of another length are not what was read so far: the readings begin anew. */
  #turnTo(bar: CandleEvent): void {
    const key = `${bar.pair.base.mint}/${bar.pair.quote.mint}`
    let known = this.#pairs.get(key)
    if (known?.interval_ms !== bar.interval_ms) {
      const readings = this.#signals.map(signal => ({ ...signal.build(), name: signal.name }))
      const needsVolume = this.#signals.some(signal => signal.needsVolume)
      const { interval_ms } = bar
      const warmth = new Warmth(this.#state, { settings: this.#settings, pair: key, interval_ms }, readings)
      if (!known) warmth.restore(bar)
      known = { warmth, interval_ms, readings, withoutVolume: needsVolume ? 0 : -1 }
      this.#pairs.set(key, known)
    }
    this.#pair = bar.pair
    this.#last = known
  }

  /** Says once that what needs volume will have nothing to say. */
  #missVolume(known: PairReadings, bar: CandleEvent): NoticeEvent | undefined {
    known.withoutVolume = bar.volume > 0 ? -1 : known.withoutVolume + 1
    if (known.withoutVolume < VOLUME_AWAITED) return undefined
    known.withoutVolume = -1
    const names = this.#signals.filter(({ needsVolume }) => needsVolume).map(({ name }) => name)
    return {
      kind: 'notice',
      at: bar.at,
      level: 'warning',
      title: `${pairName(bar.pair)}: bars without volume`,
      text: `${names.join(', ')} can say nothing: ${VOLUME_AWAITED} bars had no volume. Bars made of prices have none.`,
    }
  }
}
