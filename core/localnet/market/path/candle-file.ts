import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { ForgeError, messageOf } from '../../../errors/forge-error.ts'
import { type CandleSeries, PRICE_RANGE } from './candles.ts'

const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const
type Column = (typeof COLUMNS)[number]

/** A UTC time in ISO 8601; without its zone it would mean another time on every machine. */
const ISO_UTC = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)$/
const EPOCH = /^\d{1,16}$/
/** Epoch numbers from here on are milliseconds (in seconds they would lie after the year 5000). */
const EPOCH_MS_MIN = 100_000_000_000

/**
 * Candles from a CSV with the columns timestamp, open, high, low, close, volume (in any order; others are ignored).
 * The timestamp is the candle's start: ISO 8601 in UTC, or Unix seconds or milliseconds. The whole file is checked.
 *
 * @throws MARKET_FILE_INVALID with file and line: unreadable, empty, columns missing, not a number, high and low
 * crossed, out of order, a gap, or a price outside of what the market can show.
 */
export function readCandleFile(path: string): CandleSeries {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ForgeError('MARKET_FILE_INVALID', { message: `${path}: ${messageOf(cause)}`, cause, context: { path } })
  }
  return parseCandles(text, path)
}

const SHOWN_CHARACTERS_MAX = 100

/** A line as a message can hold it, also one of a file that is no text at all. */
function shown(line: string): string {
  const text = JSON.stringify(line.trim().slice(0, SHOWN_CHARACTERS_MAX)).replace(/[^\x20-\x7e]/g, '·')
  return line.trim().length > SHOWN_CHARACTERS_MAX ? `${text}…` : text
}

/** @throws MARKET_FILE_INVALID, as readCandleFile. */
export function parseCandles(text: string, path: string): CandleSeries {
  const lines = text.split('\n')
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop()
  const refuse = (line: number, what: string): never => {
    throw new ForgeError('MARKET_FILE_INVALID', { message: `${path}:${line}: ${what}`, context: { path, line } })
  }
  if (lines.length === 0) refuse(1, 'the file is empty')
  const header = lines[0]!
    .replace(/^\uFEFF/, '')
    .trim()
    .split(',')
    .map(name => name.trim().toLowerCase())
  const missing = COLUMNS.filter(name => !header.includes(name))
  if (missing.length > 0) refuse(1, `no column ${missing.map(name => `"${name}"`).join(', ')} in ${shown(lines[0]!)}`)
  if (lines.length < 3) refuse(lines.length, 'at least two candles are needed, to know how long one is')

  const place = Object.fromEntries(COLUMNS.map(name => [name, header.indexOf(name)])) as Record<Column, number>
  const count = lines.length - 1
  const [open, high, low, close] = [0, 1, 2, 3].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let start_ms = 0
  let interval_ms = 0
  let previous_ms = 0
  for (let index = 0; index < count; index++) {
    const line = index + 2
    const fields = lines[index + 1]!.split(',')
    if (fields.length !== header.length) refuse(line, `${fields.length} fields, the header has ${header.length}`)
    const price = (name: Column): number => {
      const value = numberOf(fields[place[name]]!)
      if (Number.isNaN(value)) refuse(line, `${name} is not a number: "${fields[place[name]]!.trim()}"`)
      if (value < PRICE_RANGE.min || value > PRICE_RANGE.max) {
        refuse(line, `${name} ${value} is not between ${PRICE_RANGE.min} and ${PRICE_RANGE.max}`)
      }
      return value
    }
    const time_ms = timeOf(fields[place.timestamp]!.trim())
    if (Number.isNaN(time_ms))
      refuse(line, `timestamp is neither ISO 8601 in UTC nor Unix time: "${fields[place.timestamp]!.trim()}"`)
    const volume = numberOf(fields[place.volume]!)
    if (!(volume >= 0)) refuse(line, `volume is not a number of zero or more: "${fields[place.volume]!.trim()}"`)
    const [o, h, l, c] = [price('open'), price('high'), price('low'), price('close')]
    if (l > h) refuse(line, `low ${l} is above high ${h}`)
    if (Math.max(o, c) > h || Math.min(o, c) < l)
      refuse(line, `open ${o} and close ${c} do not lie between low ${l} and high ${h}`)

    if (index === 0) start_ms = time_ms
    else if (time_ms <= previous_ms) refuse(line, `out of order: ${isoOf(time_ms)} after ${isoOf(previous_ms)}`)
    else if (index === 1) interval_ms = time_ms - start_ms
    else if (time_ms - previous_ms !== interval_ms) {
      refuse(line, `a gap: expected ${isoOf(previous_ms + interval_ms)}, found ${isoOf(time_ms)}`)
    }
    previous_ms = time_ms
    open[index] = o
    high[index] = h
    low[index] = l
    close[index] = c
  }
  return {
    name: basename(path),
    start_ms,
    interval_ms,
    count,
    at: index => {
      if (!(index >= 0 && index < count)) throw new RangeError(`${path} has no candle ${index}`)
      return {
        start_ms: start_ms + index * interval_ms,
        open: open[index]!,
        high: high[index]!,
        low: low[index]!,
        close: close[index]!,
      }
    },
  }
}

/** NaN for an empty field, which Number would take for zero. */
function numberOf(field: string): number {
  const text = field.trim()
  return text === '' || !/^[\d.eE+-]+$/.test(text) ? Number.NaN : Number(text)
}

function timeOf(field: string): number {
  if (EPOCH.test(field)) {
    const number = Number(field)
    return number >= EPOCH_MS_MIN ? number : number * 1_000
  }
  return ISO_UTC.test(field) ? Date.parse(field.replace(' ', 'T')) : Number.NaN
}

function isoOf(time_ms: number): string {
  return new Date(time_ms).toISOString()
}
