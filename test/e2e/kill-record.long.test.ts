import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { walkOf, writeCandles } from '../contract/backtest/toys.ts'
import { newHome, sniperforge, start } from './command.ts'

const home = newHome()
afterAll(() => home.remove())
const market = writeCandles(join(home.path, 'market.csv'), walkOf(110, 'killed record'))
const record = join(home.path, 'run.jsonl')
const settings = (type: string): readonly string[] => [
  '--config',
  `${type}.json`,
  ...(type === 'grid' ? ['--set', 'duration=8h'] : ['--set', 'interval=30m']),
]
const compare = (type: string): readonly string[] => [
  'backtest',
  'pipelines/strategy-run.yaml',
  ...['--type', type, ...settings(type), '--data', market, '--compare', record],
]

describe('a run that was killed, started again, and recorded both times', () => {
  it.each([
    ['grid', ['[g1-start]', '-c2-buy]']],
    ['dca', ['02:00:00.000Z]', '04:30:00.000Z]']],
  ] as const)(
    'is held against a backtest: %s decides and trades the same',
    async (type, moments) => {
      const run = ['strategy-run', '--type', type, ...settings(type), '--market', market]
      const kept = [...run, '--data-dir', join(home.path, type), '--record', record]
      for (const [kills, text] of moments.entries()) {
        const process = start(home.path, kept)
        await process.says(text)
        process.kill('SIGKILL')
        expect((await process.ended).signal).toBe('SIGKILL')
        const { code, stderr } = await sniperforge(home.path, compare(type))
        expect([kills, code]).toEqual([kills, 78])
        expect(stderr).toContain('it has no end: its run goes on, or was killed')
      }
      expect((await sniperforge(home.path, [...kept, '--quiet'])).code).toBe(0)
      const { code, stdout } = await sniperforge(home.path, compare(type))
      expect(stdout).toMatch(/^Same decisions: \d+ of the run, and the backtest made each of them\.\n/)
      expect(stdout).toMatch(/\nThe run went on at 2024-01-01T\S+Z with what an earlier one had left/)
      expect(code).toBe(0)
    },
    120_000,
  )
})
