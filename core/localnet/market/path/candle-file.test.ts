import { describe, expect, it } from 'vitest'
import { isForgeError } from '../../../errors/forge-error.ts'
import { parseCandles, readCandleFile } from './candle-file.ts'

const HEADER = 'timestamp,open,high,low,close,volume'
const FIRST = '2024-01-01T00:00:00Z,101.72,102.43,101.56,102.31,25152.26'
const SECOND = '2024-01-01T00:05:00Z,102.31,102.49,102.14,102.3,24552.16'
const file = (...lines: string[]): string => `${lines.join('\n')}\n`

function refusal(text: string): string {
  try {
    parseCandles(text, 'some.csv')
  } catch (thrown) {
    if (isForgeError(thrown, 'MARKET_FILE_INVALID')) return thrown.message
    throw thrown
  }
  throw new Error('it was taken')
}

describe('a candle file', () => {
  it('gives its candles, their start and their length', () => {
    const series = parseCandles(file(HEADER, FIRST, SECOND), 'a/some.csv')
    expect(series).toMatchObject({ name: 'some.csv', count: 2, interval_ms: 300_000, start_ms: Date.UTC(2024, 0, 1) })
    expect(series.at(1)).toEqual({
      start_ms: Date.UTC(2024, 0, 1, 0, 5),
      open: 102.31,
      high: 102.49,
      low: 102.14,
      close: 102.3,
    })
    expect(() => series.at(2)).toThrow(RangeError)
  })

  it.each([
    ['Unix seconds', '1704067200', '1704067500'],
    ['Unix milliseconds', '1704067200000', '1704067500000'],
    ['ISO 8601 with an offset of zero', '2024-01-01T00:00:00+00:00', '2024-01-01 00:05:00Z'],
  ])('takes %s', (_, first, second) => {
    const text = file(HEADER, FIRST.replace(/^[^,]+/, first), SECOND.replace(/^[^,]+/, second))
    expect(parseCandles(text, 'x')).toMatchObject({ start_ms: Date.UTC(2024, 0, 1), interval_ms: 300_000 })
  })

  it('takes a byte order mark, Windows line ends, other columns, another order and empty lines at the end', () => {
    const text = `\uFEFFVolume,Close,Low,High,Open,trades,Timestamp\r\n1,2,1,3,2,7,0\r\n1,2,1,3,2,7,60\r\n\r\n`
    expect(parseCandles(text, 'x').at(1)).toEqual({ start_ms: 60_000, open: 2, high: 3, low: 1, close: 2 })
  })

  it.each([
    ['nothing', '', 'some.csv:1: the file is empty'],
    ['a header alone', file(HEADER), 'some.csv:1: at least two candles'],
    ['one candle', file(HEADER, FIRST), 'some.csv:2: at least two candles'],
    ['no header', file(FIRST, SECOND), 'some.csv:1: no column "timestamp", "open"'],
    ['a column missing', file('timestamp,open,high,low,close', '1,2,3,4,5'), 'some.csv:1: no column "volume"'],
    ['a field missing', file(HEADER, FIRST, '2024-01-01T00:05:00Z,1,2'), 'some.csv:3: 3 fields, the header has 6'],
    [
      'text for a price',
      file(HEADER, FIRST, SECOND.replace('102.49', 'NaN')),
      'some.csv:3: high is not a number: "NaN"',
    ],
    ['an empty price', file(HEADER, FIRST, SECOND.replace('102.3,', ',')), 'some.csv:3: close is not a number: ""'],
    ['hexadecimal', file(HEADER, FIRST, SECOND.replace('102.49', '0x70')), 'some.csv:3: high is not a number: "0x70"'],
    ['a price of zero', file(HEADER, FIRST, SECOND.replace('102.14', '0')), 'some.csv:3: low 0 is not between'],
    [
      'a price beyond the market',
      file(HEADER, FIRST, SECOND.replace('102.49', '1e9')),
      'some.csv:3: high 1000000000 is not between',
    ],
    ['a negative volume', file(HEADER, FIRST, SECOND.replace('24552.16', '-1')), 'some.csv:3: volume is not'],
    [
      'a low above its high',
      file(HEADER, FIRST, SECOND.replace('102.14', '103')),
      'some.csv:3: low 103 is above high 102.49',
    ],
    [
      'a close above its high',
      file(HEADER, FIRST, SECOND.replace('102.3,', '102.6,')),
      'some.csv:3: open 102.31 and close 102.6',
    ],
    ['a time without zone', file(HEADER, FIRST.replace('Z', ''), SECOND), 'some.csv:2: timestamp is neither'],
    ['a day that is none', file(HEADER, FIRST.replace('01-01', '13-41'), SECOND), 'some.csv:2: timestamp is neither'],
    ['the same time twice', file(HEADER, FIRST, FIRST), 'some.csv:3: out of order'],
    [
      'times going back',
      file(HEADER, SECOND, FIRST),
      'some.csv:3: out of order: 2024-01-01T00:00:00.000Z after 2024-01-01T00:05:00.000Z',
    ],
    [
      'a gap',
      file(HEADER, FIRST, SECOND, SECOND.replace('00:05', '00:15')),
      'some.csv:4: a gap: expected 2024-01-01T00:10:00.000Z',
    ],
    ['an empty line inside', file(HEADER, FIRST, '', SECOND), 'some.csv:3: 1 fields'],
  ])('with %s is refused by file and line', (_, text, message) => {
    expect(refusal(text)).toContain(message)
  })

  it('that is not there is refused with its path', () => {
    expect(() => readCandleFile('/nowhere/candles.csv')).toThrow(/\/nowhere\/candles\.csv: ENOENT/)
  })
})
