import { formatDuration } from '../time/duration.ts'
import { CandleBuffer, type CandleColumns } from './candle-columns.ts'
import { refuse } from './candle-row.ts'

/** What to do about what is not as it should be; without a word from the user it is an error. */
export interface CandleRules {
  /** Candles that are missing: `flat` fills in the last close without volume, `skip` leaves the hole. */
  readonly onGap?: 'error' | 'flat' | 'skip'
  /** Candles of one time that follow each other: which one counts. */
  readonly onDuplicate?: 'error' | 'first' | 'last'
  /** Prices beyond these are refused; anything above zero where it is left out. */
  readonly priceRange?: { readonly min: number; readonly max: number }
  /** Only candles that begin within [from, to). */
  readonly from_ms?: number
  readonly to_ms?: number
}

/** What was done to candles that were not as they should be. */
export interface CandleRepairs {
  readonly gaps: number
  /** Candles missing in the gaps; filled in with `flat`, left out with `skip`. */
  readonly missing: number
  readonly duplicates: number
  readonly longestGap_ms: number
}

/** Candles looked at before their length is known, in case the first ones have gaps between them. */
const WARM_UP = 64
const BATCH = 65_536
/** A year of minutes; a longer hole is no gap. */
const FILLED_MAX = 525_600

/** Takes rows of one file after the other, checks each, repairs what it may, and gives the candles in batches. */
export class CandleCheck {
  readonly #rules: CandleRules
  readonly #min: number
  readonly #max: number
  readonly #from_ms: number
  readonly #to_ms: number
  readonly #ready: CandleColumns[] = []
  readonly #warmUp = new CandleBuffer(WARM_UP)
  readonly #warmUpPlaces: { readonly path: string; readonly line: number }[] = []
  readonly #repairs = { gaps: 0, missing: 0, duplicates: 0, longestGap_ms: 0 }
  #path = ''
  #buffer = new CandleBuffer(BATCH)
  #interval_ms = 0
  #first_ms = Number.NaN
  #last_ms = Number.NaN
  #lastClose = Number.NaN
  #isLastKept = false
  #given = 0

  constructor(rules: CandleRules) {
    this.#rules = rules
    this.#min = rules.priceRange?.min ?? 0
    this.#max = rules.priceRange?.max ?? Number.MAX_VALUE
    this.#from_ms = rules.from_ms ?? Number.NEGATIVE_INFINITY
    this.#to_ms = rules.to_ms ?? Number.POSITIVE_INFINITY
  }

  /** Names the file that the next rows come from. */
  begin(path: string): void {
    this.#path = path
  }

  get interval_ms(): number {
    return this.#interval_ms
  }

  get repairs(): CandleRepairs {
    return { ...this.#repairs }
  }

  /** @throws CANDLES_INVALID with file and line */
  readonly take = (
    line: number,
    start_ms: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void => {
    this.#checkValues(line, open, high, low, close, volume)
    if (this.#interval_ms > 0) {
      this.#follow(this.#path, line, start_ms, open, high, low, close, volume)
      return
    }
    this.#warmUp.add(start_ms, open, high, low, close, volume)
    this.#warmUpPlaces.push({ path: this.#path, line })
    if (this.#warmUp.isFull) this.#settle()
  };

  /** The batches that are full, once. */
  *ready(): Iterable<CandleColumns> {
    yield* this.#ready.splice(0)
  }

  /** The end of the last file. @throws CANDLES_INVALID when there are fewer than two candles, or none in the period */
  finish(line: number): void {
    if (this.#interval_ms === 0) this.#settle(line)
    if (this.#buffer.count > 0) this.#ready.push(this.#buffer.columns())
    if (this.#given > 0) return
    const [first, end] = [isoOf(this.#first_ms), isoOf(this.#last_ms + this.#interval_ms)]
    refuse(
      this.#path,
      undefined,
      `no candle in the period asked for: they go from ${first} to ${end}`,
      'Give another period.',
    )
  }

  #checkValues(line: number, open: number, high: number, low: number, close: number, volume: number): void {
    const isRange = low > 0 && low >= this.#min && high <= this.#max
    if (!(isRange && open >= low && open <= high && close >= low && close <= high))
      this.#refuseValues(line, { open, high, low, close })
    if (!(volume >= 0 && volume < Number.POSITIVE_INFINITY))
      refuse(this.#path, line, `volume is not a number of zero or more: ${volume}`)
  }

  #refuseValues(line: number, prices: Readonly<Record<'open' | 'high' | 'low' | 'close', number>>): never {
    const { open, high, low, close } = prices
    const range = this.#rules.priceRange
    for (const [name, price] of Object.entries(prices)) {
      if (!Number.isFinite(price))
        refuse(this.#path, line, `${name} is not a number that can be counted with: ${price}`)
      if (price <= 0) refuse(this.#path, line, `${name} ${price} is not above zero`)
      if (range && (price < range.min || price > range.max))
        refuse(this.#path, line, `${name} ${price} is not between ${range.min} and ${range.max}`)
    }
    if (low > high) refuse(this.#path, line, `low ${low} is above high ${high}`)
    return refuse(this.#path, line, `open ${open} and close ${close} do not lie between low ${low} and high ${high}`)
  }

  /** Takes the commonest distance for the length of a candle, the shorter of two, and goes on with what has waited. */
  #settle(endLine?: number): void {
    const { count, start_ms, open, high, low, close, volume } = this.#warmUp.columns()
    const step = commonestStep(start_ms)
    this.#interval_ms = step ?? Number.POSITIVE_INFINITY
    for (let at = 0; at < count; at++) {
      const { path, line } = this.#warmUpPlaces[at]!
      this.#follow(path, line, start_ms[at]!, open[at]!, high[at]!, low[at]!, close[at]!, volume[at]!)
    }
    const { path, line } = this.#warmUpPlaces.at(-1) ?? { path: this.#path, line: endLine ?? 1 }
    if (step === undefined) refuse(path, line, 'at least two candles are needed, to know how long one is')
  }

  #follow(
    path: string,
    line: number,
    start_ms: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    const step = start_ms - this.#last_ms
    if (step !== this.#interval_ms && !Number.isNaN(this.#last_ms)) {
      if (step === 0) {
        if (!this.#takeSecond(path, line, start_ms)) return
      } else if (step < 0) this.#refuseOrder(path, line, start_ms)
      else this.#bridge(path, line, start_ms)
    }
    if (Number.isNaN(this.#first_ms)) this.#first_ms = start_ms
    this.#last_ms = start_ms
    this.#lastClose = close
    this.#keep(start_ms, open, high, low, close, volume)
  }

  /** Whether the second candle of one time takes the place of the first. */
  #takeSecond(path: string, line: number, start_ms: number): boolean {
    const { onDuplicate = 'error' } = this.#rules
    if (onDuplicate === 'error') {
      refuse(
        path,
        line,
        `out of order: ${isoOf(start_ms)} a second time`,
        'Take one of them out, or tell a backtest which counts with --on-duplicate first or last.',
      )
    }
    this.#repairs.duplicates++
    if (onDuplicate === 'first') return false
    if (this.#isLastKept) {
      this.#buffer.dropLast()
      this.#given--
    }
    return true
  }

  #refuseOrder(path: string, line: number, start_ms: number): never {
    return refuse(
      path,
      line,
      `out of order: ${isoOf(start_ms)} after ${isoOf(this.#last_ms)}`,
      'Sort the candles by time, oldest first; files of a folder are read in the order of their names.',
    )
  }

  #bridge(path: string, line: number, start_ms: number): void {
    const expected_ms = this.#last_ms + this.#interval_ms
    const step = start_ms - this.#last_ms
    const length = formatDuration(this.#interval_ms)
    if (step % this.#interval_ms !== 0) {
      refuse(
        path,
        line,
        `${isoOf(start_ms)} is no whole number of candles of ${length} after ${isoOf(this.#last_ms)}`,
        'All candles of a file have one length: split the file, or make candles of one length.',
      )
    }
    const missing = step / this.#interval_ms - 1
    const { onGap = 'error' } = this.#rules
    const many = missing === 1 ? `a candle of ${length} is missing` : `${missing} candles of ${length} are missing`
    if (onGap === 'error') {
      refuse(
        path,
        line,
        `a gap: expected ${isoOf(expected_ms)}, found ${isoOf(start_ms)}; ${many}`,
        'Fetch what is missing, or tell a backtest what to do with --on-gap flat or skip.',
      )
    }
    this.#repairs.gaps++
    this.#repairs.missing += missing
    this.#repairs.longestGap_ms = Math.max(this.#repairs.longestGap_ms, step - this.#interval_ms)
    if (onGap === 'skip') return
    if (missing > FILLED_MAX)
      refuse(path, line, `a gap too long to fill: ${many}, ${FILLED_MAX} may be`, 'Split the file there.')
    const price = this.#lastClose
    for (let time = expected_ms; time < start_ms; time += this.#interval_ms)
      this.#keep(time, price, price, price, price, 0)
  }

  #keep(start_ms: number, open: number, high: number, low: number, close: number, volume: number): void {
    this.#isLastKept = start_ms >= this.#from_ms && start_ms < this.#to_ms
    if (!this.#isLastKept) return
    // A full batch waits for the next candle: until then a second of its last time may replace that.
    if (this.#buffer.isFull) {
      this.#ready.push(this.#buffer.columns())
      this.#buffer = new CandleBuffer(BATCH)
    }
    this.#buffer.add(start_ms, open, high, low, close, volume)
    this.#given++
  }
}

/** The distance that most neighbours have, the shorter of two that are as common; undefined when none goes forward. */
function commonestStep(times: Float64Array): number | undefined {
  const counts = new Map<number, number>()
  for (let place = 1; place < times.length; place++) {
    const step = times[place]! - times[place - 1]!
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  const [best] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b)
  return best?.[0]
}

/** As JavaScript has it, also of times it has no date for. */
function isoOf(time_ms: number): string {
  const date = new Date(time_ms)
  return Number.isNaN(date.getTime()) ? `${time_ms} ms` : date.toISOString()
}
