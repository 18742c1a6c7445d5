import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readCandleSeries } from './candle-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'series-'))
afterAll(() => rmSync(directory, { recursive: true }))

function written(high: string): string {
  const path = join(directory, 'two.csv')
  writeFileSync(path, `timestamp,open,high,low,close,volume\n0,2,3,1,2,9\n60,2,${high},1,2.5,9\n`)
  return path
}

describe('the candles of the market', () => {
  it('are those of the file', async () => {
    const series = await readCandleSeries(written('3'))
    expect(series).toMatchObject({ name: 'two.csv', start_ms: 0, interval_ms: 60_000, count: 2 })
    expect(series.at(1)).toEqual({ start_ms: 60_000, open: 2, high: 3, low: 1, close: 2.5 })
    expect(() => series.at(2)).toThrow(RangeError)
  })

  it('keep to the prices its pools can show', async () => {
    await expect(readCandleSeries(written('1e6'))).rejects.toThrow(
      'two.csv:3: high 1000000 is not between 0.01 and 100000',
    )
  })
})
