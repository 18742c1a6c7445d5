import type { CandleTable } from '../../../candles/read-candles.ts'
import type { PairTable } from '../read-data.ts'

/** The same candles in memory that threads share: a worker more costs no copy of them. */
export function sharedData([first, ...more]: readonly [PairTable, ...PairTable[]]): readonly [
  PairTable,
  ...PairTable[],
] {
  const own = ({ pair, table }: PairTable): PairTable => ({ pair, table: sharedTable(table) })
  return [own(first), ...more.map(own)]
}

function sharedTable(table: CandleTable): CandleTable {
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
