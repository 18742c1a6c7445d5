import type { CandleTable } from '../../../candles/read-candles.ts'

/** The same candles in memory that threads share: a worker more costs no copy of them. */
export function sharedTable(table: CandleTable): CandleTable {
  const { start_ms, open, high, low, close, volume } = table
  return {
    ...table,
    start_ms: shared(start_ms),
    open: shared(open),
    high: shared(high),
    low: shared(low),
    close: shared(close),
    volume: shared(volume),
  }
}

function shared(column: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength))
  copy.set(column)
  return copy
}
