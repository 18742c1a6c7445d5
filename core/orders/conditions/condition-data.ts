import type { PriceEvent, SignalEvent } from '../../events/event.ts'
import { type Amount, formatUnits } from '../../money/amount.ts'
import { priceToNumber } from '../../money/price.ts'
import type { Pair } from '../../money/token.ts'
import { formatDuration } from '../../time/duration.ts'
import { pricePoints } from '../triggers/price-points.ts'
import type { ConditionNeeds } from './condition.ts'
import type { ConditionWorld } from './evaluate.ts'
import { type KeptWindow, PriceWindow } from './price-window.ts'
import { type Direction, pairId, type Term } from './term.ts'

interface PairData {
  latest?: { readonly at: number; readonly price: number; readonly bid?: number; readonly ask?: number }
  readonly windows: Map<number, PriceWindow>
}

interface SignalData {
  readonly value: number
  readonly direction: Direction
}

/** A world as it is at one moment; what many conditions ask is answered once. */
export type ConditionMoment = ConditionWorld & { whyUnknown(term: Term): string | undefined }

/**
 * What conditions have been told of the world: prices with their windows, signals, balances. Shared by all conditions of
 * a node, in memory that depends on their windows, not on how often prices come. Where nobody kept its windows, a new
 * process knows nothing yet, so that `change(SOL/USDC, 1h)` is unknown for the first hour.
 */
export class ConditionData {
  readonly #maxAge_ms: number
  readonly #pairs = new Map<string, PairData>()
  readonly #signals = new Map<string, SignalData>()
  readonly #balances = new Map<string, { readonly held: number; readonly at: number }>()

  /** @param options `maxAge_ms`: prices and balances older than that are not known any more */
  constructor(options: { readonly maxAge_ms?: number } = {}) {
    this.#maxAge_ms = options.maxAge_ms ?? Number.POSITIVE_INFINITY
  }

  /**
   * From now on keeps what a condition needs.
   *
   * @param earlier what an earlier process knew of a window that is new here
   */
  watch(
    { pairs, windows }: Pick<ConditionNeeds, 'pairs' | 'windows'>,
    earlier: (pair: string, window_ms: number) => KeptWindow | undefined = () => undefined,
  ): void {
    for (const pair of pairs) this.#dataOf(pairId(pair))
    for (const { pair, window_ms } of windows) {
      const id = pairId(pair)
      const { windows: known } = this.#dataOf(id)
      if (!known.has(window_ms)) known.set(window_ms, new PriceWindow(window_ms, earlier(id, window_ms)))
    }
  }

  /** Whether a condition looks at the pair. */
  watches(pair: Pair): boolean {
    return this.#pairs.has(pairId(pair))
  }

  /** Every window that is kept, with the id of its pair. */
  *windows(): Generator<{ readonly pair: string; readonly window: PriceWindow }> {
    for (const [pair, { windows }] of this.#pairs) for (const window of windows.values()) yield { pair, window }
  }

  /** A price; of a pair that nobody watches it is forgotten. */
  onPrice(event: PriceEvent): void {
    const data = this.#pairs.get(pairId(event.price.pair))
    if (data === undefined) return
    const { bid, ask, at, price } = event
    data.latest = {
      at,
      price: priceToNumber(price),
      ...(bid && { bid: priceToNumber(bid) }),
      ...(ask && { ask: priceToNumber(ask) }),
    }
    if (data.windows.size === 0) return
    for (const point of pricePoints(event, 'last')) {
      const value = priceToNumber({ pair: price.pair, scaled: point.scaled })
      for (const window of data.windows.values()) window.push(value, point.at)
    }
  }

  onSignal({ name, pair, value, direction }: SignalEvent): void {
    this.#signals.set(name, { value, direction })
    this.#signals.set(`${name} ${pairId(pair)}`, { value, direction })
  }

  /** What the wallet held of a token at that time. */
  onBalance({ token, units }: Amount, at: number): void {
    this.#balances.set(token.mint, { held: Number(formatUnits(units, token.decimals)), at })
  }

  /** Everything as it is known at that time. */
  at(now: number): ConditionMoment {
    // One look-up for what is known, as it is asked for so often.
    const known = new Map<string, number | Direction | 'unknown'>()
    return {
      answer: term => {
        const before = known.get(term.id)
        if (before !== undefined) return before === 'unknown' ? undefined : before
        const value = this.#valueOf(term, now)
        known.set(term.id, value ?? 'unknown')
        return value
      },
      whyUnknown: term => this.#whyUnknown(term, now),
    }
  }

  #valueOf(term: Term, now: number): number | Direction | undefined {
    switch (term.kind) {
      case 'time':
        return now
      case 'hour':
        return new Date(now).getUTCHours()
      case 'balance': {
        const balance = this.#balances.get(term.token.mint)
        return balance && now - balance.at <= this.#maxAge_ms ? balance.held : undefined
      }
      case 'signal':
        return this.#signalOf(term)?.value
      case 'direction':
        return this.#signalOf(term)?.direction
      default: {
        const data = this.#pairs.get(pairId(term.pair))
        if (data?.latest === undefined || now - data.latest.at > this.#maxAge_ms) return undefined
        if (!('window_ms' in term)) return data.latest[term.kind]
        const window = data.windows.get(term.window_ms)
        return term.kind === 'change' ? window?.change(now) : window?.extremes(now)?.[term.kind]
      }
    }
  }

  #whyUnknown(term: Term, now: number): string | undefined {
    switch (term.kind) {
      case 'time':
      case 'hour':
        return undefined
      case 'balance': {
        const balance = this.#balances.get(term.token.mint)
        if (!balance) return 'the balance was not read yet'
        const age_ms = now - balance.at
        return age_ms > this.#maxAge_ms ? `the balance was last read ${formatDuration(age_ms)} ago` : undefined
      }
      case 'signal':
      case 'direction':
        return this.#signalOf(term) ? undefined : 'the signal has said nothing yet'
      default: {
        const data = this.#pairs.get(pairId(term.pair))
        if (data?.latest === undefined) return 'no price was seen yet'
        const age_ms = now - data.latest.at
        if (age_ms > this.#maxAge_ms) return `the latest price is ${formatDuration(age_ms)} old`
        if (!('window_ms' in term))
          return data.latest[term.kind] === undefined ? `the feed tells no ${term.kind}` : undefined
        const window = data.windows.get(term.window_ms)
        if (window === undefined || window.covers(now)) return undefined
        return `prices go back ${formatDuration(window.reach_ms(now))} of ${formatDuration(term.window_ms)}`
      }
    }
  }

  #signalOf(term: Term & { readonly kind: 'signal' | 'direction' }): SignalData | undefined {
    return this.#signals.get(term.pair ? `${term.name} ${pairId(term.pair)}` : term.name)
  }

  #dataOf(id: string): PairData {
    const data = this.#pairs.get(id) ?? { windows: new Map() }
    this.#pairs.set(id, data)
    return data
  }
}
