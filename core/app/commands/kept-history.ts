import { ForgeError } from '../../errors/forge-error.ts'
import type { HistoryEntry } from '../../store/history.ts'
import { openHistory, type StoreView, viewStore } from '../../store/store.ts'
import type { Environment } from '../environment.ts'
import { lastRunDirectory } from '../run/data-directory.ts'

/** Which data directory to read: the one given, else that of the last run. */
export interface KeptWhere {
  readonly dataDirectory: string | undefined
  readonly environment: Environment
}

/** The data directory that is meant. @throws HISTORY_MISSING when none was given and nothing has run yet */
export function keptDirectory({ dataDirectory, environment }: KeptWhere): string {
  const directory = dataDirectory ?? lastRunDirectory(environment)
  if (directory === undefined) throw new ForgeError('HISTORY_MISSING', { message: 'nothing has run yet' })
  return directory
}

/** What a data directory keeps of its runs, oldest first. @throws HISTORY_MISSING */
export function keptHistory(where: KeptWhere): {
  readonly directory: string
  readonly entries: readonly HistoryEntry[]
} {
  const directory = keptDirectory(where)
  const store = openHistory(directory)
  if (store === undefined) throw new ForgeError('HISTORY_MISSING', { message: `${directory} holds no history` })
  try {
    return { directory, entries: store.history() }
  } finally {
    store.close()
  }
}

/** The store of that directory for reading; close it. @throws HISTORY_MISSING */
export function viewKept(where: KeptWhere): { readonly directory: string; readonly view: StoreView } {
  const directory = keptDirectory(where)
  const view = viewStore(directory)
  if (view === undefined) throw new ForgeError('HISTORY_MISSING', { message: `${directory} holds no orders` })
  return { directory, view }
}
