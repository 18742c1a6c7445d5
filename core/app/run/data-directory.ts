import { existsSync, globSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { isForgeError } from '../../errors/forge-error.ts'
import { makeDirectory } from '../../store/make-directory.ts'
import { STORE_FILE, type StoreView, viewStore } from '../../store/store.ts'
import type { Clock } from '../../time/clock.ts'
import type { Environment } from '../environment.ts'

/** Runs without `--data-dir` that are kept. */
const RUNS_KEPT = 20

const runsDirectory = (environment: Environment): string => join(environment.stateDirectory, 'runs')

/** Whether a directory holds the journal of earlier runs. */
export function keepsRuns(directory: string): boolean {
  return existsSync(join(directory, STORE_FILE))
}

/** A directory given by the user, made when missing. @throws STORE_WRITE_FAILED */
export function givenDirectory(path: string, environment: Environment): string {
  const directory = isAbsolute(path) ? path : join(environment.workingDirectory, path)
  makeDirectory(directory)
  return directory
}

/** A fresh directory of one run, named by the machine's time. */
export function freshRunDirectory(environment: Environment, clock: Pick<Clock, 'now'>): string {
  const runs = runsDirectory(environment)
  makeDirectory(runs)
  const time = new Date(clock.now())
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .replace('T', '-')
  let directory = join(runs, time)
  for (let number = 2; !makeNew(directory); number++) directory = join(runs, `${time}-${number}`)
  return directory
}

/**
 * Runs in a directory. A fresh one whose run could not begin goes again: it would stand for the last run. After any other,
 * the oldest beyond the last twenty are removed, but for those that a process still holds.
 *
 * @param given by the user: it is left alone, for it may be that of an earlier run
 */
export async function inRunDirectory<T>(
  { directory, given }: { readonly directory: string | undefined; readonly given: string | undefined },
  environment: Environment,
  clock: Pick<Clock, 'now'>,
  run: () => Promise<T>,
): Promise<T> {
  const runs = runsDirectory(environment)
  if (directory === undefined || given !== undefined || dirname(directory) !== runs) return run()
  try {
    return await run()
  } catch (thrown) {
    removeUnless(directory, view => view.orders().length > 0)
    throw thrown
  } finally {
    for (const old of readdirSync(runs).sort().slice(0, -RUNS_KEPT)) {
      removeUnless(join(runs, old), view => view.holder(clock.now()) !== undefined)
    }
  }
}

/** One that can not be read, or that another process is just removing, is left to itself: no run has failed by that. */
function removeUnless(directory: string, isNeeded: (view: StoreView) => boolean): void {
  try {
    const view = viewStore(directory)
    try {
      if (view !== undefined && isNeeded(view)) return
    } finally {
      view?.close()
    }
  } catch (thrown) {
    if (isForgeError(thrown)) return
    throw thrown
  }
  rmSync(directory, { recursive: true, force: true })
}

/** Where a pipeline on a network that outlives us is kept without `--data-dir`: the same place every time. */
export function standingDirectory(
  environment: Environment,
  of: { readonly cluster: string; readonly wallet: string; readonly pipeline: string },
): string {
  const directory = join(environment.stateDirectory, of.cluster, of.wallet, of.pipeline)
  makeDirectory(directory)
  return directory
}

/** Every standing directory of a cluster that holds runs, of whatever wallet and pipeline. */
export function standingDirectories(environment: Environment, cluster: string): readonly string[] {
  return globSync('*/*/', { cwd: join(environment.stateDirectory, cluster) })
    .sort()
    .map(found => join(environment.stateDirectory, cluster, found))
    .filter(keepsRuns)
}

/** The directory of the last run without `--data-dir`, or undefined when there was none. */
export function lastRunDirectory(environment: Environment): string | undefined {
  const runs = runsDirectory(environment)
  const last = existsSync(runs) ? readdirSync(runs).sort().at(-1) : undefined
  return last === undefined ? undefined : join(runs, last)
}

/** Whether it was made just now: two runs that start in one millisecond must not share it. */
function makeNew(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 })
    return true
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false
    throw thrown
  }
}
