import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BacktestRequest, USUAL_POOL } from '../../../core/app/backtest/backtest-request.ts'
import { compareWithRecord, replayAndCompare } from '../../../core/app/commands/backtest-compare.ts'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { ParityWorld } from './parity-world.ts'
import { walkOf } from './toys.ts'

const BARS = 400
const world = new ParityWorld(
  'momentum',
  {
    pair: 'SOL/USDC',
    interval: '5m',
    signals: [{ kind: 'ema-cross', name: 'trend', fast: 5, slow: 13 }],
    budget: '2000 USDC',
    size: { kind: 'fixed', amount: '500 USDC' },
    entry: { signals: ['trend'] },
    exit: { signals: ['trend'], stopPercent: 2, targetPercent: 4 },
    bars: BARS - 10,
  },
  walkOf(BARS, 'parity'),
)
const { record } = world
const command = (request: Partial<BacktestRequest> = {}) => world.command(request)
let run: RunDocument

beforeAll(async () => {
  run = await world.run()
}, 300_000)
afterAll(() => world.remove())

describe('a backtest with the pool model', () => {
  it('decides what the run with real transactions decided, and fills within a basis point', async () => {
    expect(run.ended).toBe('completed')
    expect(run.counts.filled).toBeGreaterThan(10)
    expect(await world.proveSame(run.counts.filled)).toContain('Same decisions')
  })

  it('is told apart from a run over another market, and from one with other settings', async () => {
    const dearer = await compareWithRecord({
      ...command({ fill: { ...USUAL_POOL, feeBps: 30 } }),
      record,
      maxBps: 1,
    })
    expect(dearer.ok).toBe(false)
    expect(dearer.comparison.worstBps).toBeGreaterThan(20)
    const other = await compareWithRecord({ ...command({ set: ['cooldown=2h'] }), record, maxBps: 1 })
    expect(other.ok).toBe(false)
    expect(other.comparison.isSame).toBe(false)
    expect(other.text).toContain('Other decisions')
  })
})

describe('a record', () => {
  it('decides the same again when it is replayed, without a chain or candles', async () => {
    const { comparison, ok } = await replayAndCompare({ ...command({ data: [] }), record })
    expect(comparison.parting).toBeUndefined()
    expect(ok).toBe(true)
    expect(comparison.worstBps).toBe(0)
    expect(comparison.decisions).toBeGreaterThan(10)
  })

  it('is another one with other settings, and refused where it is none', async () => {
    const other = await replayAndCompare({ ...command({ data: [], set: ['cooldown=2h'] }), record })
    expect(other.ok).toBe(false)
    const broken = join(world.directory, 'broken.jsonl')
    for (const [text, message] of [
      ['', ':1:'],
      ['{"record":2}\n', 'this is no record'],
      [`${readFileSync(record, 'utf8').split('\n', 3).join('\n')}\n{"t":1}\n`, ':4: this is no recorded event'],
      [`${readFileSync(record, 'utf8').split('\n', 9).join('\n')}\n`, 'it has no end: its run goes on, or was killed'],
    ] as const) {
      writeFileSync(broken, text)
      await expect(replayAndCompare({ ...command(), record: broken })).rejects.toMatchObject({
        code: 'RECORD_INVALID',
        message: expect.stringContaining(message),
      })
    }
  })
})
