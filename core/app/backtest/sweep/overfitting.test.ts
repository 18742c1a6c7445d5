import { describe, expect, it } from 'vitest'
import { ReturnMoments } from '../../../accounting/return-moments.ts'
import { deflatedSharpe } from '../../../accounting/sharpe-probability.ts'
import { seededRandom } from '../../../time/random.ts'
import { overfittingOf } from './overfitting.ts'
import type { SweepOutcome } from './sweep-row.ts'

type Done = Extract<SweepOutcome, { kind: 'done' }>

/** A run whose days earn this much on average, give or take one percent; its parts earn what is given. */
function runOf(seed: string, drift: number, returns: readonly number[]): Done {
  const random = seededRandom(seed)
  const moments = new ReturnMoments()
  for (let day = 0; day < 250; day++) moments.add(drift + (random.next() - 0.5) * 0.02)
  const windows = returns.map(value => ({ return: value, ratio: value }))
  return { kind: 'done', metrics: {} as Done['metrics'], trades: 1, end: 1, daily: moments.summary(), windows }
}

describe('the warning of overfitting', () => {
  it('comes when the best of many worthless runs is taken for a find, and not for one that stands out', () => {
    const worthless = Array.from({ length: 50 }, (_, index) => runOf(`noise ${index}`, 0, [0, 0, 0, 0]))
    const lucky = overfittingOf(worthless)
    expect(lucky?.deflatedSharpe).toBeLessThan(0.95)
    expect(lucky?.warnings[0]).toContain('likely luck')
    const found = overfittingOf([...worthless, runOf('real', 0.003, [0.1, 0.1, 0.1, 0.1])])
    expect(found?.deflatedSharpe).toBeGreaterThan(0.95)
    expect(found?.warnings).toEqual([])
  })

  it('has the probability of the published formula', () => {
    const runs = Array.from({ length: 10 }, (_, index) => runOf(`some ${index}`, index / 10_000, [0, 0, 0, 0]))
    const ratios = runs.map(({ daily }) => daily.mean / daily.deviation)
    const best = runs[ratios.indexOf(Math.max(...ratios))]!
    expect(overfittingOf(runs)?.deflatedSharpe).toBe(deflatedSharpe(best.daily, ratios))
  })

  it('walks forward: each part is traded with what was best before it', () => {
    const first = runOf('a', 0.002, [0.3, -0.1, -0.1, 0.5])
    const second = runOf('b', 0.001, [0.1, 0.2, 0.2, 0.1])
    const { walkForward, warnings } = overfittingOf([first, second])!
    // Before part 2 the first was best (0.3 against 0.1); before part 3 the second (0.15 against 0.1), and so on.
    expect(walkForward.outOfSample).toBeCloseTo(0.9 * 1.2 * 1.1 - 1, 12)
    expect(walkForward.inHindsight).toBeCloseTo(0.9 * 0.9 * 1.5 - 1, 12)
    expect(walkForward.withoutChoice).toBeCloseTo(1.05 * 1.05 * 1.3 - 1, 12)
    expect(warnings.join()).not.toContain('Chosen by the past alone')
    const third = runOf('c', 0.003, [0, 0.5, 0.5, 0.5])
    const choice = overfittingOf([first, second, third])!
    expect(choice.walkForward.inHindsight).toBeCloseTo(1.5 ** 3 - 1, 12)
    expect(choice.warnings.join()).toContain('Chosen by the past alone, settings earned')
  })

  it('is silent about a single run', () => {
    expect(overfittingOf([runOf('one', 0, [0, 0, 0, 0])])).toBeUndefined()
  })
})
