import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareWithRecord, replayAndCompare } from '../../../core/app/commands/backtest-compare.ts'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { ParityWorld } from './parity-world.ts'
import { walkOf } from './toys.ts'

const world = new ParityWorld(
  'grid',
  { pair: 'SOL/USDC', budget: '1000 USDC', rangePercent: 5, levels: 20, feeBps: 5, duration: '8h', atEnd: 'sell' },
  walkOf(110, 'resumed'),
)
const dataDirectory = join(world.directory, 'data')
const runs: RunDocument[] = []

beforeAll(async () => {
  const drain = new AbortController()
  const onStatus = (text: string): void => {
    if (text.includes('20 orders done')) drain.abort('a test')
  }
  runs.push(await world.run({ dataDirectory, drain, onStatus }))
  runs.push(await world.run({ dataDirectory }))
}, 120_000)
afterAll(() => world.remove())

describe('the record of a run that went on with what an earlier one had left', () => {
  it('begins with what the journal has of that one, and is decided the same by a backtest over all candles', async () => {
    const [first, second] = runs.map(({ counts }) => counts.filled)
    expect([first! >= 20, second! > 10]).toEqual([true, true])
    expect(await world.proveSame(first! + second!)).toMatch(
      /The run went on at 2024-01-01T\S+Z with what an earlier one had left/,
    )
  })

  it('says what an interruption may have changed, where a backtest decides otherwise', async () => {
    const other = await compareWithRecord({ ...world.command({ set: ['levels=10'] }), record: world.record, maxBps: 1 })
    expect(other.ok).toBe(false)
    expect(other.text).toContain('signals lack the bar in which it stopped')
  })

  it('is not replayed: what the sources of the earlier one brought is gone', async () => {
    await expect(replayAndCompare({ ...world.command({ data: [] }), record: world.record })).rejects.toMatchObject({
      code: 'RECORD_INVALID',
      message: expect.stringContaining('went on with what an earlier one had left'),
      remedy: expect.stringContaining('--compare'),
    })
  })
})

describe('a backtest that is compared', () => {
  it('says why it can not run, and not that it decides otherwise', async () => {
    const tight = world.command({ set: ['levels=400'] })
    await expect(compareWithRecord({ ...tight, record: world.record, maxBps: 1 })).rejects.toMatchObject({
      code: 'PLUGIN_CONFIG_INVALID',
      message: expect.stringContaining('not above what a round trip costs'),
    })
  })
})
