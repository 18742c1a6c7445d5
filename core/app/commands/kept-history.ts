import { ForgeError } from '../../errors/forge-error.ts'
import type { HistoryEntry } from '../../store/history.ts'
import { type StoreView, viewStore } from '../../store/store.ts'
import type { Environment } from '../environment.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { lastRunDirectory, standingDirectories } from '../run/data-directory.ts'

/** Which data directory to read: the one given, else that of the last run. */
export interface KeptWhere {
  readonly dataDirectory: string | undefined
  readonly environment: Environment
  /** Its name or file: on a network that outlives us the last run of the embedded chain is never what is meant. */
  readonly cluster: string
}

/**
 * The data directory that is meant.
 *
 * @throws HISTORY_MISSING when none was given and nothing has run there yet, FLAG_MISSING when it could be one of
 *   several, CLUSTER_UNKNOWN
 */
export async function keptDirectory({ dataDirectory, environment, cluster }: KeptWhere): Promise<string> {
  if (dataDirectory !== undefined) return dataDirectory
  const { name } = await findCluster(cluster)
  const directory = ownDirectory(environment, name)
  if (directory !== undefined) return directory
  throw new ForgeError('HISTORY_MISSING', { message: `nothing has run yet${name === 'localnet' ? '' : ` on ${name}`}` })
}

function ownDirectory(environment: Environment, cluster: string): string | undefined {
  if (cluster === 'localnet') return lastRunDirectory(environment)
  const kept = standingDirectories(environment, cluster)
  if (kept.length <= 1) return kept[0]
  throw new ForgeError('FLAG_MISSING', {
    message: `there are ${kept.length} data directories of ${cluster}: ${kept.join(', ')}`,
    remedy: 'Say which one with --data-dir.',
  })
}

/** What a data directory keeps of its runs, oldest first. @throws HISTORY_MISSING */
export async function keptHistory(where: KeptWhere): Promise<{
  readonly directory: string
  readonly entries: readonly HistoryEntry[]
}> {
  const directory = await keptDirectory(where)
  const store = viewStore(directory)
  if (store === undefined) throw new ForgeError('HISTORY_MISSING', { message: `${directory} holds no history` })
  try {
    return { directory, entries: store.history() }
  } finally {
    store.close()
  }
}

/** The store of that directory for reading; close it. @throws HISTORY_MISSING */
export async function viewKept(where: KeptWhere): Promise<{ readonly directory: string; readonly view: StoreView }> {
  const directory = await keptDirectory(where)
  const view = viewStore(directory)
  if (view === undefined) throw new ForgeError('HISTORY_MISSING', { message: `${directory} holds no orders` })
  return { directory, view }
}
