import { type AsyncBuffer, asyncBufferFromFile, type ParquetScan, parquetScan } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { isForgeError, messageOf } from '../errors/forge-error.ts'
import { refuse, shown, type TakeRow } from './candle-row.ts'
import { findColumns, ROLES, type Role } from './column-names.ts'
import { isoToMs, TIME_FORMAT_NAMES, type TimeFormat, unixToMs, unixUnit } from './time-format.ts'

/**
 * Reads a Parquet file, one group of rows after the other; only the six columns are read. Timestamps are taken as UTC,
 * whether the file says so or not; text and whole numbers as in a CSV.
 *
 * @returns the row read last
 * @throws CANDLES_INVALID with file and row
 */
export async function* readParquet(path: string, take: TakeRow): AsyncGenerator<number> {
  const format: { found?: TimeFormat } = {}
  try {
    const file: AsyncBuffer = await asyncBufferFromFile(path)
    const opened = await parquetScan({ file, compressors })
    const names = columnNames(opened)
    const places = findColumns(path, undefined, names)
    for (const { rowStart, rowEnd } of opened.ranges) {
      const columns: ArrayLike<unknown>[] = []
      for (const role of ROLES)
        columns.push(await opened.readColumn({ column: names[places[role]]!, rowStart, rowEnd }))
      for (let place = 0; place < rowEnd - rowStart; place++) {
        const row = rowStart + place + 1
        const value = (role: number): number => numberOf(path, row, ROLES[role]!, columns[role]![place])
        const time_ms = timeOf(path, row, columns[0]![place], format)
        take(row, time_ms, value(1), value(2), value(3), value(4), value(5))
      }
      yield rowEnd
    }
  } catch (thrown) {
    if (isForgeError(thrown)) throw thrown
    refuse(path, undefined, `no Parquet file that can be read: ${messageOf(thrown)}`, 'Write it again, or give CSV.')
  }
}

/** Names of the columns at the top of the schema. */
function columnNames({ metadata }: ParquetScan): readonly string[] {
  const [root, ...elements] = metadata.schema
  const names: string[] = []
  let skip = 0
  for (const { name, num_children } of elements) {
    if (skip > 0) skip--
    else names.push(name)
    skip += num_children ?? 0
  }
  return names.slice(0, root?.num_children ?? 0)
}

function numberOf(path: string, row: number, role: Role, value: unknown): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value
  if (typeof value === 'bigint') return Number(value)
  return refuse(
    path,
    row,
    `${role} is ${value === null || value === undefined ? 'missing' : `not a number: ${shown(String(value))}`}`,
  )
}

function timeOf(path: string, row: number, value: unknown, format: { found?: TimeFormat }): number {
  const { time_ms, as } = readTime(value)
  if (as === undefined || !Number.isInteger(time_ms))
    return refuse(path, row, `timestamp is neither a time in UTC nor Unix time: ${shown(String(value))}`)
  format.found ??= as
  if (format.found !== as) {
    const [began, now] = [TIME_FORMAT_NAMES[format.found], TIME_FORMAT_NAMES[as]]
    refuse(path, row, `timestamp ${shown(String(value))} is in ${now}, the file began in ${began}`)
  }
  return time_ms
}

function readTime(value: unknown): { readonly time_ms: number; readonly as?: TimeFormat } {
  if (value instanceof Date) return { time_ms: value.getTime(), as: 'timestamp' }
  if (typeof value === 'string') {
    const time = isoToMs(value)
    return typeof time === 'number' ? { time_ms: time, as: 'iso' } : { time_ms: Number.NaN }
  }
  const number = typeof value === 'bigint' ? Number(value) : value
  const unit = typeof number === 'number' ? unixUnit(number) : undefined
  return unit === undefined ? { time_ms: Number.NaN } : { time_ms: unixToMs(number as number, unit), as: unit }
}
