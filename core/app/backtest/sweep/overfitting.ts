import { type Figure, isKnown, unknown } from '../../../accounting/figure.ts'
import type { ReturnSummary } from '../../../accounting/return-moments.ts'
import { deflatedSharpe } from '../../../accounting/sharpe-probability.ts'
import { type SweepOutcome, WINDOWS } from './sweep-row.ts'

type Done = Extract<SweepOutcome, { kind: 'done' }>

/** Whether what looks best is more than the luckiest of many. */
export interface OverfittingReport {
  readonly runs: number
  /** Probability that the best run's Sharpe ratio is not luck among so many tried. */
  readonly deflatedSharpe: Figure
  /** Each later part of the time, traded with what was best before it. */
  readonly walkForward: {
    /** What the choices earned where they had not been made, all parts together. */
    readonly outOfSample: Figure
    /** What the best run of all the time earned in the same parts: chosen with their knowledge. */
    readonly inHindsight: Figure
    /** The mean of all runs there: no choice at all. */
    readonly withoutChoice: Figure
  }
  readonly warnings: readonly string[]
}

/** Below this nobody should call the best run a find. */
const CONFIDENT = 0.95

/** @param runs those that were done, in any order; the best of them by Sharpe ratio is what a person would pick */
export function overfittingOf(runs: readonly Done[]): OverfittingReport | undefined {
  const best = bestBy(runs, run => ratioOf(run.daily))
  if (runs.length < 2 || !best) return undefined
  const deflated = deflatedSharpe(
    best.daily,
    runs.map(run => ratioOf(run.daily)),
  )
  const walkForward = walkForwardOf(runs, best)
  const warnings: string[] = []
  if (!isKnown(deflated))
    warnings.push(`Nobody can say whether the best of ${runs.length} runs is luck: ${deflated.notAvailable}.`)
  else if (deflated < CONFIDENT) {
    warnings.push(
      `The best of ${runs.length} runs is likely luck: the probability that its Sharpe ratio is real is ${(deflated * 100).toFixed(0)} % (deflated Sharpe ratio; ${CONFIDENT * 100} % would be convincing).`,
    )
  }
  const { outOfSample, inHindsight } = walkForward
  if (isKnown(outOfSample) && isKnown(inHindsight) && inHindsight > 0 && outOfSample < inHindsight / 2) {
    warnings.push(
      `Chosen by the past alone, settings earned ${percent(outOfSample)} in the later ${WINDOWS - 1} of ${WINDOWS} parts, where the best in hindsight earned ${percent(inHindsight)}.`,
    )
  }
  return { runs: runs.length, deflatedSharpe: deflated, walkForward, warnings }
}

function walkForwardOf(runs: readonly Done[], best: Done): OverfittingReport['walkForward'] {
  let [chosen, hindsight, all] = [1, 1, 1]
  for (let window = 1; window < WINDOWS; window++) {
    const before = bestBy(runs, run => mean(run.windows.slice(0, window).map(({ ratio }) => ratio)))
    if (!before) return { outOfSample: NONE, inHindsight: NONE, withoutChoice: NONE }
    chosen *= 1 + before.windows[window]!.return
    hindsight *= 1 + best.windows[window]!.return
    all *= 1 + mean(runs.map(run => run.windows[window]!.return))
  }
  return { outOfSample: chosen - 1, inHindsight: hindsight - 1, withoutChoice: all - 1 }
}

const NONE = unknown('no run moved')

function bestBy(runs: readonly Done[], of: (run: Done) => number): Done | undefined {
  return runs.reduce<Done | undefined>(
    (best, run) => (best === undefined || of(run) > of(best) ? run : best),
    undefined,
  )
}

/** Mean ÷ deviation, of daily returns. */
function ratioOf({ mean: average, deviation }: ReturnSummary): number {
  return deviation > 0 ? average / deviation : 0
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
