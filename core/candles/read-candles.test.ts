import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { isForgeError } from '../errors/forge-error.ts'
import type { CandleRules } from './candle-check.ts'
import { type CandleTable, readCandles, streamCandles } from './read-candles.ts'

const directory = mkdtempSync(join(tmpdir(), 'candles-'))
afterAll(() => rmSync(directory, { recursive: true }))

const FIXTURES = new URL('../../test/fixtures/candles/', import.meta.url).pathname
const HEADER = 'timestamp,open,high,low,close,volume'
const FIRST = '2024-01-01T00:00:00Z,101.72,102.43,101.56,102.31,25152.26'
const SECOND = '2024-01-01T00:05:00Z,102.31,102.49,102.14,102.3,24552.16'
const lines = (...all: string[]): string => `${all.join('\n')}\n`
const T0 = Date.UTC(2024, 0, 1)
const MINUTE = 60_000

function written(content: string | Uint8Array, name = 'some.csv'): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

async function refusal(path: string, rules: CandleRules = {}): Promise<string> {
  try {
    await readCandles(path, rules)
  } catch (thrown) {
    if (!isForgeError(thrown, 'CANDLES_INVALID')) throw thrown
    expect(thrown.remedy).not.toBe('')
    return thrown.message.replace(`${directory}/`, '')
  }
  throw new Error('it was taken')
}

/** Candles of one minute that all cost the same, at those minutes. */
const flatAt = (minutes: readonly number[]): string =>
  `${HEADER}\n${minutes.map(minute => `${T0 + minute * MINUTE},1,1,1,1,${minute}`).join('\n')}\n`
const flat = (...minutes: number[]): string => flatAt(minutes)
const minutesOf = (table: CandleTable): number[] => [...table.start_ms].map(time => (time - T0) / MINUTE)

describe('a candle file', () => {
  it('gives its candles, their start and their length', async () => {
    const table = await readCandles(written(lines(HEADER, FIRST, SECOND), 'a.csv'))
    expect(table).toMatchObject({ name: 'a.csv', count: 2, interval_ms: 300_000 })
    expect([...table.start_ms]).toEqual([T0, T0 + 5 * MINUTE])
    expect([table.open, table.high, table.low, table.close, table.volume].map(column => column[1])).toEqual([
      102.31, 102.49, 102.14, 102.3, 24552.16,
    ])
  })

  it('has all of them in order, however many batches it is read in', async () => {
    const minutes = Array.from({ length: 150_000 }, (_, minute) => minute)
    const table = await readCandles(written(flatAt(minutes)))
    expect(minutesOf(table)).toEqual(minutes)
    expect([...table.volume]).toEqual(minutes)
  })

  it.each([
    ['Unix seconds', '1704067200', '1704067500'],
    ['Unix milliseconds', '1704067200000', '1704067500000'],
    ['Unix microseconds', '1704067200000000', '1704067500000000'],
    ['Unix seconds of a spreadsheet', '1704067200.0', '1.7040675e9'],
    ['ISO 8601 with an offset of zero', '2024-01-01T00:00:00+00:00', '2024-01-01 00:05:00Z'],
    ['ISO 8601 in quotes, with a fraction', '"2024-01-01T00:00:00.000Z"', '"2024-01-01T00:05Z"'],
    ['times that say UTC', '2024-01-01 00:00:00 UTC', '2024-01-01 00:05:00 UTC'],
  ])('takes %s', async (_, first, second) => {
    const text = lines(HEADER, FIRST.replace(/^[^,]+/, first), SECOND.replace(/^[^,]+/, second))
    expect([...(await readCandles(written(text))).start_ms]).toEqual([T0, T0 + 5 * MINUTE])
  })

  it('takes days without an hour as days of UTC', async () => {
    const text = lines(HEADER, '2024-02-28,1,1,1,1,0', '2024-02-29,1,1,1,1,0', '2024-03-01,1,1,1,1,0')
    expect(await readCandles(written(text))).toMatchObject({ count: 3, interval_ms: 86_400_000 })
  })

  it.each([
    [
      'a kline export',
      'open_time,open,high,low,close,volume,close_time,trades',
      '0,2,3,1,2,9,59,7',
      '60,2,3,1,2,9,119,7',
    ],
    ['a charting export', 'time,Open,High,Low,Close,Volume', '0,2,3,1,2,9', '60,2,3,1,2,9'],
    ['an API dump', 'c;h;l;o;t;v', '2;3;1;2;0;9', '2;3;1;2;60;9'],
    ['an exchange export', '"time"\t"low"\t"high"\t"open"\t"close"\t"volume"', '0\t1\t3\t2\t2\t9', '60\t1\t3\t2\t2\t9'],
    [
      'an archive with a date beside its time',
      'Unix,Date,Open,High,Low,Close,Volume',
      '0,x,2,3,1,2,9',
      '60,x,2,3,1,2,9',
    ],
  ])('takes the columns of %s', async (_, header, first, second) => {
    const table = await readCandles(written(lines(header, first, second)))
    expect([table.open, table.high, table.low, table.close, table.volume].map(column => column[1])).toEqual([
      2, 3, 1, 2, 9,
    ])
    expect(table.interval_ms).toBe(60_000)
  })

  it('takes a byte order mark, Windows line ends, other columns, another order and empty lines at the end', async () => {
    const text = `\uFEFFVolume,Close,Low,High,Open,trades,Timestamp\r\n1,2,1,3,2,7,0\r\n1,2,1,3,2,7,60\r\n\r\n`
    expect(await readCandles(written(text))).toMatchObject({ count: 2, interval_ms: 60_000 })
  })

  it.each([
    ['nothing', '', 'some.csv:1: the file is empty'],
    ['a header alone', lines(HEADER), 'some.csv:1: at least two candles'],
    ['one candle', lines(HEADER, FIRST), 'some.csv:2: at least two candles'],
    ['no header', lines(FIRST, SECOND), 'some.csv:1: no column "timestamp", "open"'],
    ['a column missing', lines('timestamp,open,high,low,close', '1,2,3,4,5'), 'some.csv:1: no column "volume"'],
    ['a column twice', lines(`${HEADER},Open`, FIRST), 'some.csv:1: two columns are called "open"'],
    ['a field missing', lines(HEADER, FIRST, '2024-01-01T00:05:00Z,1,2'), 'some.csv:3: 3 fields, the header has 6'],
    ['a field too many', lines(HEADER, FIRST, `${SECOND},7`), 'some.csv:3: 7 fields, the header has 6'],
    [
      'text for a price',
      lines(HEADER, FIRST, SECOND.replace('102.49', 'NaN')),
      'some.csv:3: high is not a number: "NaN"',
    ],
    ['an empty price', lines(HEADER, FIRST, SECOND.replace('102.3,', ',')), 'some.csv:3: close is not a number: ""'],
    ['hexadecimal', lines(HEADER, FIRST, SECOND.replace('102.49', '0x70')), 'some.csv:3: high is not a number: "0x70"'],
    ['a comma for a point', lines(HEADER, FIRST, SECOND.replace('102.49', '102,49')), 'some.csv:3: 7 fields'],
    [
      'infinity',
      lines(HEADER, FIRST, SECOND.replace('102.49', '1e999')),
      'some.csv:3: high is not a number that can be counted with: Infinity',
    ],
    ['a price of zero', lines(HEADER, FIRST, SECOND.replace('102.14', '0')), 'some.csv:3: low 0 is not above zero'],
    ['a negative price', lines(HEADER, FIRST, SECOND.replace('102.14', '-1')), 'some.csv:3: low -1 is not above zero'],
    ['a negative volume', lines(HEADER, FIRST, SECOND.replace('24552.16', '-1')), 'some.csv:3: volume is not'],
    [
      'a low above its high',
      lines(HEADER, FIRST, SECOND.replace('102.14', '103')),
      'some.csv:3: low 103 is above high 102.49',
    ],
    [
      'a close above its high',
      lines(HEADER, FIRST, SECOND.replace('102.3,', '102.6,')),
      'some.csv:3: open 102.31 and close 102.6 do not lie between low 102.14 and high 102.49',
    ],
    ['a time without zone', lines(HEADER, FIRST.replace('Z', ''), SECOND), 'some.csv:2: timestamp has no time zone'],
    [
      'a time of another zone',
      lines(HEADER, FIRST, SECOND.replace('Z', '+02:00')),
      'some.csv:3: timestamp is not in UTC',
    ],
    ['a day that is none', lines(HEADER, FIRST.replace('01-01', '02-30'), SECOND), 'some.csv:2: timestamp is neither'],
    [
      'an hour that is none',
      lines(HEADER, FIRST, SECOND.replace('00:05', '24:05')),
      'some.csv:3: timestamp is neither',
    ],
    [
      'seconds among milliseconds',
      lines(HEADER, '1704067200000,1,1,1,1,1', '1704067500,1,1,1,1,1'),
      'some.csv:3: timestamp "1704067500" is in Unix seconds, the file began in Unix milliseconds',
    ],
    [
      'Unix time among ISO 8601',
      lines(HEADER, FIRST, '1704067500,1,1,1,1,1'),
      'some.csv:3: timestamp "1704067500" is in Unix seconds, the file began in ISO 8601',
    ],
    [
      'the same time twice',
      lines(HEADER, FIRST, FIRST),
      'some.csv:3: out of order: 2024-01-01T00:00:00.000Z a second time',
    ],
    [
      'times going back',
      lines(HEADER, SECOND, FIRST),
      'some.csv:3: out of order: 2024-01-01T00:00:00.000Z after 2024-01-01T00:05:00.000Z',
    ],
    ['a gap', flat(0, 1, 3), 'some.csv:4: a gap: expected 2024-01-01T00:02:00.000Z, found 2024-01-01T00:03:00.000Z'],
    ['a gap at its very beginning', flat(0, 5, 6, 7), 'some.csv:3: a gap: expected 2024-01-01T00:01:00.000Z'],
    [
      'candles of another length',
      flat(0, 1, 2, 3.5),
      'some.csv:5: 2024-01-01T00:03:30.000Z is no whole number of candles',
    ],
    ['an empty line inside', lines(HEADER, FIRST, '', SECOND), 'some.csv:3: an empty line among the candles'],
    ['UTF-16', Buffer.from(`\uFEFF${lines(HEADER, FIRST, SECOND)}`, 'utf16le'), 'some.csv:1: this is no UTF-8 text'],
    ['a zip archive', Buffer.from('PK\u0003\u0004 and so on'), 'some.csv: this is a zip archive'],
    ['no lines', Buffer.alloc(200_000, 'x'), 'some.csv:1: a line of more than 65536 bytes'],
  ])('with %s is refused by file and line', async (_, content, message) => {
    expect(await refusal(written(content))).toContain(message)
  })

  it('that is not there is refused with its path', async () => {
    expect(await refusal(join(directory, 'nowhere.csv'))).toMatch(/nowhere\.csv: there is no such file/)
  })

  it('may have a price range that its prices must keep to', async () => {
    const path = written(lines(HEADER, FIRST, SECOND))
    expect(await refusal(path, { priceRange: { min: 0.01, max: 102.45 } })).toBe(
      'some.csv:3: high 102.49 is not between 0.01 and 102.45',
    )
  })
})

describe('what the user allows', () => {
  const gaps = flat(0, 1, 4, 5, 7)

  it('fills gaps with the last close, counted', async () => {
    const table = await readCandles(written(gaps), { onGap: 'flat' })
    expect(minutesOf(table)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect([...table.volume]).toEqual([0, 1, 0, 0, 4, 5, 0, 7])
    expect(table.repairs).toEqual({ gaps: 2, missing: 3, duplicates: 0, longestGap_ms: 2 * MINUTE })
  })

  it('leaves the holes, counted', async () => {
    const table = await readCandles(written(gaps), { onGap: 'skip' })
    expect(minutesOf(table)).toEqual([0, 1, 4, 5, 7])
    expect(table.repairs).toMatchObject({ gaps: 2, missing: 3 })
  })

  it.each([
    ['first', [0, 1, 3]],
    ['last', [0, 2, 3]],
  ] as const)('takes the %s of two candles of one time, counted', async (onDuplicate, volumes) => {
    const text = lines(HEADER, '0,1,1,1,1,0', '60,1,1,1,1,1', '60,1,1,1,1,2', '120,1,1,1,1,3')
    const table = await readCandles(written(text), { onDuplicate })
    expect([...table.volume]).toEqual(volumes)
    expect(table.repairs.duplicates).toBe(1)
  })

  it('never mends what was not named: a gap is no duplicate, and disorder is neither', async () => {
    expect(await refusal(written(gaps), { onDuplicate: 'last' })).toContain('a gap')
    expect(await refusal(written(flat(0, 1, 2, 1)), { onGap: 'flat', onDuplicate: 'last' })).toContain('out of order')
  })

  it('does not fill a hole of years', async () => {
    expect(await refusal(written(flat(0, 1, 2, 9_000_000)), { onGap: 'flat' })).toContain('a gap too long to fill')
  })

  it('cuts a period out, its end not in it, and says when nothing lies within', async () => {
    const path = written(flat(0, 1, 2, 3, 4))
    const table = await readCandles(path, { from_ms: T0 + MINUTE, to_ms: T0 + 3 * MINUTE })
    expect(minutesOf(table)).toEqual([1, 2])
    expect(await refusal(path, { from_ms: T0 + 99 * MINUTE })).toBe(
      'some.csv: no candle in the period asked for: they go from 2024-01-01T00:00:00.000Z to 2024-01-01T00:05:00.000Z',
    )
  })

  it('replaces the last of a duplicate also where a batch ends', async () => {
    const minutes = Array.from({ length: 65_536 }, (_, minute) => minute)
    const table = await readCandles(written(flatAt([...minutes, 65_535, 65_536])), { onDuplicate: 'last' })
    expect(minutesOf(table)).toEqual([...minutes, 65_536])
  })
})

describe('packed files', () => {
  it('are read by what they are, not by their name', async () => {
    const table = await readCandles(written(gzipSync(lines(HEADER, FIRST, SECOND)), 'packed.csv'))
    expect(table).toMatchObject({ count: 2, interval_ms: 300_000 })
  })

  it('that were cut off are refused, with the last line that arrived', async () => {
    const rows = Array.from({ length: 20_000 }, (_, minute) => `${T0 + minute * MINUTE},1,1,1,1,${minute * 7919}`)
    const whole = gzipSync(lines(HEADER, ...rows))
    expect(await refusal(written(whole.subarray(0, whole.length / 2), 'cut.gz'))).toMatch(
      /^cut\.gz:\d+: the gzip is damaged or cut off after line \d+: unexpected end of file/,
    )
  })

  it.each(['timestamps.snappy', 'unix-ms.zstd', 'iso.gzip'])('%s.parquet gives the candles of the CSV', async name => {
    const table = await readCandles(join(FIXTURES, `${name}.parquet`))
    expect([...table.start_ms]).toEqual([0, 5, 10, 15].map(minute => T0 + minute * MINUTE))
    expect([...table.close]).toEqual([102.31, 102.31, 102.36, 102.27])
    expect([...table.volume]).toEqual([25152.26, 24552.16, 22808.5, 14818.62])
  })

  it('a Parquet file with a hole is refused by its row', async () => {
    expect(await refusal(join(FIXTURES, 'missing-close.parquet'))).toMatch(
      /missing-close\.parquet:3: close is missing$/,
    )
  })

  it('what only begins like Parquet is refused', async () => {
    expect(await refusal(written('PAR1 and no more', 'fake.parquet'))).toMatch(/^fake\.parquet: no Parquet file/)
  })
})

describe('a folder', () => {
  const folder = (name: string, files: Record<string, string | Uint8Array>): string => {
    mkdirSync(join(directory, name))
    for (const [file, content] of Object.entries(files)) written(content, join(name, file))
    return join(directory, name)
  }

  it('is read in the order of its names, numbers by their value, each file in its own unit of time', async () => {
    const seconds = lines(HEADER, '1704067440,1,1,1,1,4', '1704067500,1,1,1,1,5')
    const path = folder('months', {
      'm-10.csv': seconds,
      'm-2.csv.gz': gzipSync(flat(2, 3)),
      'm-1.csv': flat(0, 1),
      '.x': '',
    })
    const table = await readCandles(path)
    expect(minutesOf(table)).toEqual([0, 1, 2, 3, 4, 5])
    expect(table.files.map(file => basename(file))).toEqual(['m-1.csv', 'm-2.csv.gz', 'm-10.csv'])
  })

  it('names the file in which the trouble is', async () => {
    expect(await refusal(folder('hole', { 'a.csv': flat(0, 1), 'b.csv': flat(2, 4) }))).toContain('hole/b.csv:3: a gap')
    expect(await refusal(folder('other', { 'a.csv': flat(0, 1), 'notes.md': '' }))).toContain(
      'notes.md: no candle file',
    )
    expect(await refusal(folder('bare', {}))).toContain('bare: the folder has no')
  })
})

describe('a file of any size', () => {
  it('comes in batches, the same candles as at once', async () => {
    const count = 200_000
    const path = written(flatAt(Array.from({ length: count }, (_, minute) => minute)))
    let seen = 0
    for await (const batch of streamCandles(path)) {
      expect(batch.count).toBeLessThanOrEqual(65_536)
      expect(batch.volume.every((volume, place) => volume === seen + place)).toBe(true)
      seen += batch.count
    }
    expect(seen).toBe(count)
  })
})
