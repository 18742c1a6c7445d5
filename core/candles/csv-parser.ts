import { refuse, shown, type TakeRow } from './candle-row.ts'
import { findColumns, ROLES } from './column-names.ts'
import { fieldText, isoParts, numberField } from './csv-fields.ts'
import { isoToMs, TIME_FORMAT_NAMES, type TimeFormat, unixToMs, unixUnit, utcOf } from './time-format.ts'

const NEWLINE = 10
const RETURN = 13
const HYPHEN = 45
const SEPARATORS = [',', ';', '\t'] as const
/** A line longer than this is no candle. */
const LINE_BYTES_MAX = 65_536
const IGNORED = -1
const UTC_REMEDY = 'Write times in UTC, as 2024-01-31T23:55:00Z or as Unix time.'

/**
 * Candles from the bytes of a CSV, in pieces of any size. Nothing is made for a row but its six numbers.
 *
 * @example
 * const parser = new CsvParser('sol.csv', (line, start_ms, open, high, low, close, volume) => …)
 * for await (const piece of stream) parser.push(piece)
 * parser.end()
 */
export class CsvParser {
  readonly #path: string
  readonly #take: TakeRow
  /** What each field is: a place in `ROLES`, or IGNORED. */
  #roles: Int32Array | undefined
  #separator = 44
  #line = 0
  #blankLine: number | undefined
  #rest: Uint8Array = new Uint8Array(0)
  #format: TimeFormat | undefined
  readonly #values = new Float64Array(ROLES.length)
  readonly #parts = new Int32Array(7)
  #dayKey = -1
  #day_ms = 0

  constructor(path: string, take: TakeRow) {
    this.#path = path
    this.#take = take
  }

  /** The line read last. */
  get line(): number {
    return this.#line
  }

  /** @throws CANDLES_INVALID with file and line */
  push(bytes: Uint8Array): void {
    let from = 0
    if (this.#rest.length > 0) {
      const end = bytes.indexOf(NEWLINE)
      if (end < 0) {
        this.#keep(Buffer.concat([this.#rest, bytes]))
        return
      }
      const line = Buffer.concat([this.#rest, bytes.subarray(0, end)])
      this.#rest = new Uint8Array(0)
      this.#takeLine(line, 0, line.length)
      from = end + 1
    }
    for (let end = bytes.indexOf(NEWLINE, from); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#takeLine(bytes, from, end)
      from = end + 1
    }
    // The piece may be used again by whoever reads: what stays is copied.
    this.#keep(Uint8Array.from(bytes.subarray(from)))
  }

  /** The end of the file. @throws CANDLES_INVALID */
  end(): void {
    if (this.#rest.length > 0) this.#takeLine(this.#rest, 0, this.#rest.length)
    this.#rest = new Uint8Array(0)
    if (this.#roles === undefined) refuse(this.#path, 1, 'the file is empty')
  }

  #keep(rest: Uint8Array): void {
    if (rest.length > LINE_BYTES_MAX)
      refuse(this.#path, this.#line + 1, `a line of more than ${LINE_BYTES_MAX} bytes`, 'Give CSV: one candle a line.')
    this.#rest = rest
  }

  #takeLine(bytes: Uint8Array, from: number, end: number): void {
    this.#line++
    const to = end > from && bytes[end - 1] === RETURN ? end - 1 : end
    if (isBlank(bytes, from, to)) this.#blankLine ??= this.#line
    else if (this.#roles === undefined) this.#readHeader(bytes, from, to)
    else {
      if (this.#blankLine !== undefined)
        refuse(this.#path, this.#blankLine, 'an empty line among the candles', 'Take it out.')
      this.#readRow(bytes, from, to, this.#roles)
    }
  }

  #readHeader(bytes: Uint8Array, from: number, to: number): void {
    const text = Buffer.from(bytes.subarray(from, to))
      .toString('utf8')
      .replace(/^\uFEFF/, '')
    if (/^(\uFFFD\uFFFD|\0)|^.\0/.test(text))
      refuse(this.#path, this.#line, 'this is no UTF-8 text', 'Save it as UTF-8.')
    const separator = SEPARATORS.find(candidate => text.includes(candidate)) ?? ','
    const names = text.split(separator).map(name => name.trim().replace(/^"(.*)"$/, '$1'))
    const columns = findColumns(this.#path, this.#line, names)
    this.#separator = separator.charCodeAt(0)
    this.#roles = new Int32Array(names.length).fill(IGNORED)
    for (const [place, role] of ROLES.entries()) this.#roles[columns[role]] = place
    this.#blankLine = undefined
  }

  #readRow(bytes: Uint8Array, from: number, to: number, roles: Int32Array): void {
    const values = this.#values
    const separator = this.#separator
    const last = roles.length - 1
    let begin = from
    for (let field = 0; field <= last; field++) {
      let stop = begin
      while (stop < to && bytes[stop] !== separator) stop++
      if (stop < to === (field === last)) this.#refuseFields(bytes, from, to, roles.length)
      const role = roles[field]!
      if (role === 0) values[0] = this.#time(bytes, begin, stop)
      else if (role > 0) {
        const value = numberField(bytes, begin, stop)
        if (Number.isNaN(value))
          refuse(this.#path, this.#line, `${ROLES[role]} is not a number: ${shown(fieldText(bytes, begin, stop))}`)
        values[role] = value
      }
      begin = stop + 1
    }
    this.#take(this.#line, values[0]!, values[1]!, values[2]!, values[3]!, values[4]!, values[5]!)
  }

  #time(bytes: Uint8Array, from: number, to: number): number {
    if (isoParts(bytes, from, to, this.#parts)) return this.#isoTime(bytes, from, to)
    const text = fieldText(bytes, from, to)
    if (text.charCodeAt(4) === HYPHEN) {
      const time = isoToMs(text)
      if (time === 'no-zone') refuse(this.#path, this.#line, `timestamp has no time zone: ${shown(text)}`, UTC_REMEDY)
      if (time === 'other-zone') refuse(this.#path, this.#line, `timestamp is not in UTC: ${shown(text)}`, UTC_REMEDY)
      if (time === 'none') return this.#noTime(text)
      return this.#checked('iso', time, text)
    }
    const value = numberField(bytes, from, to)
    const unit = unixUnit(value)
    if (unit === undefined) return this.#noTime(text)
    return this.#checked(unit, unixToMs(value, unit), text)
  }

  #isoTime(bytes: Uint8Array, from: number, to: number): number {
    const parts = this.#parts
    const key = (parts[0]! * 16 + parts[1]!) * 32 + parts[2]!
    if (key !== this.#dayKey) {
      this.#day_ms = utcOf(parts[0]!, parts[1]!, parts[2]!, 0, 0, 0)
      this.#dayKey = key
    }
    const hour = parts[3]!
    const minute = parts[4]!
    const second = parts[5]!
    const time = this.#day_ms + hour * 3_600_000 + minute * 60_000 + second * 1_000 + parts[6]!
    if (hour > 23 || minute > 59 || second > 59 || Number.isNaN(time)) return this.#noTime(fieldText(bytes, from, to))
    return this.#format === 'iso' ? time : this.#checked('iso', time, fieldText(bytes, from, to))
  }

  #checked(format: TimeFormat, time_ms: number, text: string): number {
    this.#format ??= format
    if (this.#format !== format) {
      const [began, now] = [TIME_FORMAT_NAMES[this.#format], TIME_FORMAT_NAMES[format]]
      refuse(this.#path, this.#line, `timestamp ${shown(text)} is in ${now}, the file began in ${began}`, UTC_REMEDY)
    }
    if (!Number.isInteger(time_ms))
      refuse(this.#path, this.#line, `timestamp is no whole millisecond: ${shown(text)}`, UTC_REMEDY)
    return time_ms
  }

  #noTime(text: string): never {
    return refuse(
      this.#path,
      this.#line,
      `timestamp is neither ISO 8601 in UTC nor Unix time: ${shown(text)}`,
      UTC_REMEDY,
    )
  }

  #refuseFields(bytes: Uint8Array, from: number, to: number, expected: number): never {
    const fields = bytes.subarray(from, to).reduce((count, byte) => count + (byte === this.#separator ? 1 : 0), 1)
    return refuse(this.#path, this.#line, `${fields} fields, the header has ${expected}`)
  }
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let place = from; place < to; place++) if (bytes[place] !== 32 && bytes[place] !== 9) return false
  return true
}
