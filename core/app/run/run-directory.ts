import type { Clock } from '../../time/clock.ts'
import type { Environment } from '../environment.ts'
import { freshRunDirectory, givenDirectory, standingDirectory } from './data-directory.ts'

/**
 * Where a run keeps its journal: as given; else on localnet a fresh directory, and on a network that outlives us the
 * same place for the same pipeline and wallet every time, so that a restart goes on from there. A dry run keeps nothing.
 */
export function runDirectory(options: {
  readonly given: string | undefined
  readonly dryRun: boolean
  readonly environment: Environment
  readonly cluster: string
  readonly wallet: string
  readonly pipeline: string
  readonly real: Pick<Clock, 'now'>
}): string | undefined {
  if (options.dryRun) return undefined
  const { cluster, environment, given } = options
  if (given !== undefined) return givenDirectory(given, environment)
  return cluster === 'localnet' ? freshRunDirectory(environment, options.real) : standingDirectory(environment, options)
}
