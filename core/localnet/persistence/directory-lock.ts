import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ForgeError } from '../../errors/forge-error.ts'

/**
 * Keeps other processes off a directory until the returned function is called or this process is gone: SQLite's lock
 * on a file, which the system takes away from a killed process.
 *
 * @throws LOCALNET_IN_USE
 */
export function lockDirectory(path: string): () => void {
  const database = new DatabaseSync(join(path, 'lock.sqlite'))
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (thrown) {
    database.close()
    throw new ForgeError('LOCALNET_IN_USE', {
      message: 'another process runs the chain in this directory',
      context: { path },
      cause: thrown,
    })
  }
  return () => database.close()
}
