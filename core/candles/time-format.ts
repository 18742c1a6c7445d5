/** How a file writes its times: found once, by its first candle. */
export type TimeFormat = 'iso' | 's' | 'ms' | 'us' | 'timestamp'

export const TIME_FORMAT_NAMES: Readonly<Record<TimeFormat, string>> = {
  iso: 'ISO 8601',
  s: 'Unix seconds',
  ms: 'Unix milliseconds',
  us: 'Unix microseconds',
  timestamp: 'timestamps',
}

/** From here on a Unix time is in the next smaller unit: in this one it would lie after the year 5000. */
const SECONDS_END = 1e11
const MILLISECONDS_END = 1e14
const MICROSECONDS_END = 1e17

/** The unit a Unix time is in, by its size; undefined for what is none. */
export function unixUnit(value: number): 's' | 'ms' | 'us' | undefined {
  if (!(value >= 0)) return undefined
  if (value < SECONDS_END) return 's'
  if (value < MILLISECONDS_END) return 'ms'
  return value < MICROSECONDS_END ? 'us' : undefined
}

export function unixToMs(value: number, unit: 's' | 'ms' | 'us'): number {
  if (unit === 's') return value * 1_000
  return unit === 'ms' ? value : value / 1_000
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?)?$/

/** What an ISO 8601 text means: milliseconds, or why it means none. */
export function isoToMs(text: string): number | 'no-zone' | 'other-zone' | 'none' {
  const match = ISO.exec(text)
  if (match === null) return 'none'
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  if (hour !== undefined && zone === undefined) return 'no-zone'
  if (zone !== undefined && !/^(Z|UTC|[+-]00:?00)$/.test(zone)) return 'other-zone'
  const ms = Math.trunc(Number((fraction ?? '0').padEnd(3, '0').slice(0, 3)))
  const time = utcOf(
    Number(year),
    Number(month),
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
  )
  return Number.isNaN(time) ? 'none' : time + ms
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Milliseconds of a UTC time; NaN for a day or an hour that is none.
 * Days from the civil date by H. Hinnant, "chrono-compatible low-level date algorithms", 2013.
 */
export function utcOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return Number.NaN
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > (month === 2 && !isLeap ? 28 : DAYS[month - 1]!)) return Number.NaN
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  const days = era * 146_097 + dayOfEra - 719_468
  return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000
}
