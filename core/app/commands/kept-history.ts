import { ForgeError } from '../../errors/forge-error.ts'
import type { HistoryEntry } from '../../store/history.ts'
import { openHistory } from '../../store/store.ts'
import type { Environment } from '../environment.ts'
import { lastRunDirectory } from '../run/data-directory.ts'

/** Which data directory to read: the one given, else that of the last run. */
export interface KeptWhere {
  readonly dataDirectory: string | undefined
  readonly environment: Environment
}

/** What a data directory keeps of its runs, oldest first. @throws HISTORY_MISSING */
export function keptHistory(where: KeptWhere): {
  readonly directory: string
  readonly entries: readonly HistoryEntry[]
} {
  const directory = where.dataDirectory ?? lastRunDirectory(where.environment)
  const store = directory === undefined ? undefined : openHistory(directory)
  if (directory === undefined || store === undefined) {
    throw new ForgeError('HISTORY_MISSING', {
      message: directory === undefined ? 'nothing has run yet' : `${directory} holds no history`,
    })
  }
  try {
    return { directory, entries: store.history() }
  } finally {
    store.close()
  }
}
