import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { isForgeError } from '../errors/forge-error.ts'
import { numberField } from './csv-fields.ts'
import { CsvParser } from './csv-parser.ts'
import { readCandles } from './read-candles.ts'
import { isoToMs, utcOf } from './time-format.ts'

const directory = mkdtempSync(join(tmpdir(), 'candle-fuzz-'))
afterAll(() => rmSync(directory, { recursive: true }))
const PATH = join(directory, 'fuzzed')

/** Candles that keep every promise, or a refusal that says where and what to do: nothing else may come of a file. */
async function candlesOrRefusal(content: Uint8Array): Promise<void> {
  writeFileSync(PATH, content)
  try {
    const table = await readCandles(PATH, { onGap: 'skip', onDuplicate: 'last' })
    expect(table.count).toBeGreaterThan(0)
    for (let place = 0; place < table.count; place++) {
      const [low, high] = [table.low[place]!, table.high[place]!]
      expect(low > 0 && high < Number.POSITIVE_INFINITY && table.volume[place]! >= 0).toBe(true)
      for (const price of [table.open[place]!, table.close[place]!]) expect(price >= low && price <= high).toBe(true)
      expect(Number.isInteger(table.start_ms[place])).toBe(true)
      if (place > 0) expect(table.start_ms[place]! > table.start_ms[place - 1]!).toBe(true)
    }
  } catch (thrown) {
    if (!isForgeError(thrown, 'CANDLES_INVALID')) throw thrown
    expect(thrown.message).toContain(PATH)
    expect(thrown.remedy).not.toBe('')
  }
}

const CSV = Buffer.from(
  `timestamp,open,high,low,close,volume\n${Array.from({ length: 12 }, (_, index) => `2024-01-01T00:${String(index * 5).padStart(2, '0')}:00Z,101.5,102.25,100,10${index % 3},25.5`).join('\n')}\n`,
)
const FIXTURES = new URL('../../test/fixtures/candles/', import.meta.url).pathname
const SOURCES: Readonly<Record<string, Buffer>> = {
  CSV,
  gzip: gzipSync(CSV),
  snappy: readFileSync(join(FIXTURES, 'timestamps.snappy.parquet')),
  zstd: readFileSync(join(FIXTURES, 'unix-ms.zstd.parquet')),
  'gzipped Parquet': readFileSync(join(FIXTURES, 'iso.gzip.parquet')),
}

describe('no file gives anything but candles or a refusal', () => {
  it.each(Object.keys(SOURCES))('%s with bytes changed, taken out or cut off', async name => {
    const source = SOURCES[name]!
    const change = fc.record({ place: fc.nat(source.length - 1), byte: fc.nat(255), isRemoved: fc.boolean() })
    const changes = fc.array(change, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(changes, fc.option(fc.nat(source.length), { freq: 6 }), async (all, cut) => {
        let bytes = [...source]
        for (const { place, byte, isRemoved } of all) bytes.splice(place, 1, ...(isRemoved ? [] : [byte]))
        if (cut !== null) bytes = bytes.slice(0, cut)
        await candlesOrRefusal(Uint8Array.from(bytes))
      }),
      { numRuns: 150 },
    )
  })

  it('rows of anything', async () => {
    const field = fc.oneof(
      fc.constantFrom('', ' ', '"', '""', 'NaN', '-0', '1e308', '1e-308', '.', '1.', '.5', '+1', '1e5', '9'.repeat(30)),
      fc.constantFrom(
        '2024-01-01',
        '2024-01-01T00:00:00Z',
        '2024-02-30T00:00:00Z',
        '0000-01-01',
        '9999-12-31T23:59:59Z',
      ),
      fc.double().map(String),
      fc.string({ maxLength: 12 }),
    )
    const row = fc.array(field, { minLength: 5, maxLength: 7 }).map(fields => fields.join(','))
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 6 }), async rows => {
        await candlesOrRefusal(Buffer.from(['timestamp,open,high,low,close,volume', ...rows].join('\n')))
      }),
      { numRuns: 300 },
    )
  })
})

describe('the fast ways', () => {
  it('read the same number as JavaScript does', () => {
    const decimal = fc.oneof(
      fc.tuple(fc.nat({ max: 999_999_999 }), fc.nat({ max: 99_999_999 })).map(([whole, part]) => `${whole}.${part}`),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value.toString()),
      fc.tuple(fc.nat(), fc.integer({ min: 0, max: 17 })).map(([value, places]) => value.toFixed(places)),
    )
    fc.assert(
      fc.property(decimal, text => {
        const bytes = Buffer.from(`,${text},`)
        expect(numberField(bytes, 1, bytes.length - 1)).toBe(Number(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('know the calendar as JavaScript does', () => {
    const time = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    fc.assert(
      fc.property(time, date => {
        expect(isoToMs(date.toISOString())).toBe(date.getTime())
      }),
      { numRuns: 2_000 },
    )
    expect(utcOf(2023, 2, 29, 0, 0, 0)).toBeNaN()
    expect(utcOf(1900, 2, 29, 0, 0, 0)).toBeNaN()
    expect(utcOf(2000, 2, 29, 0, 0, 0)).toBe(Date.UTC(2000, 1, 29))
  })

  it('give the same rows however the bytes are cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(CSV.length), { maxLength: 30 }), cuts => {
        const places = [0, ...cuts.sort((a, b) => a - b), CSV.length]
        const rowsOf = (pieces: readonly Uint8Array[]): number[][] => {
          const rows: number[][] = []
          const parser = new CsvParser('x', (...row) => rows.push(row))
          for (const piece of pieces) {
            const copy = Uint8Array.from(piece)
            parser.push(copy)
            copy.fill(0)
          }
          parser.end()
          return rows
        }
        const pieces = places.slice(1).map((place, index) => CSV.subarray(places[index], place))
        expect(rowsOf(pieces)).toEqual(rowsOf([CSV]))
      }),
    )
  })
})
