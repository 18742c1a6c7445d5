import { basename } from 'node:path'
import { CandleCheck, type CandleRepairs, type CandleRules } from './candle-check.ts'
import { type CandleColumns, joinedColumns } from './candle-columns.ts'
import { candleFiles, type Packing, packingOf } from './candle-files.ts'
import type { TakeRow } from './candle-row.ts'
import { readCsv } from './csv-file.ts'

/** All candles of a file or folder. */
export interface CandleTable extends CandleColumns {
  /** The name of the file or folder, for messages. */
  readonly name: string
  readonly files: readonly string[]
  /** How long each is. With `onGap: 'skip'` they may still lie further apart. */
  readonly interval_ms: number
  readonly repairs: CandleRepairs
}

/** What is known when the last candle was given. */
interface CandleStreamEnd {
  readonly files: readonly string[]
  readonly interval_ms: number
  readonly repairs: CandleRepairs
}

/**
 * Candles of a CSV (plain or gzipped), a Parquet file, or a folder of them in the order of their names, in batches:
 * memory does not grow with the file. The times are the candles' starts, in UTC as ISO 8601 or Unix time in seconds,
 * milliseconds or microseconds. Every candle is checked; nothing is repaired unless the rules say so.
 *
 * @returns when the batches are over: what was read, and what was repaired
 * @throws CANDLES_INVALID with file and line: unreadable, empty, cut off, columns missing, not a number, times of another
 *   zone or unit, high and low crossed, out of order, twice, a gap, or not above zero
 *
 * @example
 * for await (const { count, close } of streamCandles('sol.csv.gz', { onGap: 'flat' })) …
 */
export async function* streamCandles(
  path: string,
  rules: CandleRules = {},
): AsyncGenerator<CandleColumns, CandleStreamEnd> {
  const files = await candleFiles(path)
  const check = new CandleCheck(rules)
  let line = 0
  for (const file of files) {
    check.begin(file)
    const packing = await packingOf(file)
    for await (line of await readFile(file, packing, check.take)) yield* check.ready()
  }
  check.finish(line)
  yield* check.ready()
  return { files, interval_ms: check.interval_ms, repairs: check.repairs }
}

/** What reads Parquet loads with the first such file. */
async function readFile(file: string, packing: Packing, take: TakeRow): Promise<AsyncGenerator<number>> {
  if (packing !== 'parquet') return readCsv(file, packing === 'gzip', take)
  const { readParquet } = await import('./parquet-file.ts')
  return readParquet(file, take)
}

/**
 * All candles of a file or folder at once: 48 bytes each.
 *
 * @throws CANDLES_INVALID, as `streamCandles`
 *
 * @example
 * const candles = await readCandles('sol-usdt-5m-2024.csv', { from_ms: Date.UTC(2024, 1, 1) })
 * candles.close[candles.count - 1]
 */
export async function readCandles(path: string, rules: CandleRules = {}): Promise<CandleTable> {
  const batches: CandleColumns[] = []
  const stream = streamCandles(path, rules)
  let next = await stream.next()
  for (; !next.done; next = await stream.next()) batches.push(next.value)
  return { name: basename(path), ...next.value, ...joinedColumns(batches) }
}
