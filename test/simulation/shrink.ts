import type { Alterations } from './process/incarnation.ts'
import { type SeedRun, simulateSeed } from './simulate-seed.ts'

/** Runs that one shrinking may cost. */
const RUNS_MAX = 150

/** What a violation is about, whatever its figures: the word before the colon. */
function kindsOf(run: SeedRun): ReadonlySet<string> {
  return new Set(run.violations.map(text => text.slice(0, text.indexOf(':'))))
}

/**
 * The same violation with as few faults as can be found, by leaving out ever smaller parts of them (delta debugging,
 * Zeller 1999). Answers the shortest run.
 */
export async function shrink(failed: SeedRun, alter?: () => Alterations): Promise<SeedRun> {
  const wanted = [...kindsOf(failed)][0]
  let best = failed
  let runs = 0
  for (let parts = 2; best.faults.length > 0 && runs < RUNS_MAX; ) {
    const size = Math.ceil(best.faults.length / parts)
    let smaller: SeedRun | undefined
    for (let at = 0; at < best.faults.length && !smaller && runs < RUNS_MAX; at += size) {
      const only = new Set(best.faults.filter((_fault, index) => index < at || index >= at + size))
      const run = await simulateSeed(failed.seed, { only, ...(alter && { alter }) })
      runs++
      if (wanted !== undefined && kindsOf(run).has(wanted)) smaller = run
    }
    if (smaller) {
      best = smaller
      parts = Math.max(2, parts - 1)
    } else if (size === 1) return best
    else parts = Math.min(best.faults.length, parts * 2)
  }
  return best
}
