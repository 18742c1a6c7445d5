/** Candles column by column, in order of time: a million of them are six arrays and no object. */
export interface CandleColumns {
  readonly count: number
  /** When each begins, milliseconds since the Unix epoch. */
  readonly start_ms: Float64Array
  /** Quote per one base. */
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** In base tokens. */
  readonly volume: Float64Array
}

/** Columns of a fixed capacity, filled one candle after the other. */
export class CandleBuffer {
  readonly #capacity: number
  readonly #start_ms: Float64Array
  readonly #open: Float64Array
  readonly #high: Float64Array
  readonly #low: Float64Array
  readonly #close: Float64Array
  readonly #volume: Float64Array
  #count = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#start_ms = new Float64Array(capacity)
    this.#open = new Float64Array(capacity)
    this.#high = new Float64Array(capacity)
    this.#low = new Float64Array(capacity)
    this.#close = new Float64Array(capacity)
    this.#volume = new Float64Array(capacity)
  }

  get count(): number {
    return this.#count
  }

  get isFull(): boolean {
    return this.#count === this.#capacity
  }

  add(start_ms: number, open: number, high: number, low: number, close: number, volume: number): void {
    const place = this.#count++
    this.#start_ms[place] = start_ms
    this.#open[place] = open
    this.#high[place] = high
    this.#low[place] = low
    this.#close[place] = close
    this.#volume[place] = volume
  }

  /** Takes back the candle added last. */
  dropLast(): void {
    this.#count--
  }

  /** What was added; the arrays are the buffer's own. */
  columns(): CandleColumns {
    const cut = (column: Float64Array): Float64Array => column.subarray(0, this.#count)
    return {
      count: this.#count,
      start_ms: cut(this.#start_ms),
      open: cut(this.#open),
      high: cut(this.#high),
      low: cut(this.#low),
      close: cut(this.#close),
      volume: cut(this.#volume),
    }
  }
}

/**
 * Batches as one. Their memory is given back column by column, so that no more than one is there twice at any time: they
 * can not be read any more.
 */
export function joinedColumns(batches: readonly CandleColumns[]): CandleColumns {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0)
  const joined = (column: Exclude<keyof CandleColumns, 'count'>): Float64Array => {
    const all = new Float64Array(count)
    let place = 0
    for (const batch of batches) {
      const part = batch[column]
      all.set(part, place)
      place += part.length
      // At once: a collector would wait until there is time for it.
      if (part.buffer instanceof ArrayBuffer) part.buffer.transfer(0)
    }
    return all
  }
  return {
    count,
    start_ms: joined('start_ms'),
    open: joined('open'),
    high: joined('high'),
    low: joined('low'),
    close: joined('close'),
    volume: joined('volume'),
  }
}
