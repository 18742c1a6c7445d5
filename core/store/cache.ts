import { join } from 'node:path'
import { Keyv } from 'keyv'
import { CacheFile, SqliteCache } from './cache-adapter.ts'
import { makeDirectory } from './make-directory.ts'

/** The caches' name in a data directory: a file that may be deleted at any time. */
const CACHE_FILE = 'cache.db'

export interface Caches {
  /** A cache of its own under a name. Values are JSON; a time to live is in milliseconds of the machine's time. */
  named(namespace: string): Keyv
  close(): void
}

/**
 * Caches of a data directory, or in memory without one. Only what may be lost belongs here.
 *
 * @throws STORE_CORRUPT, STORE_WRITE_FAILED, STORE_BUSY
 */
export function openCaches(dataDir: string | undefined): Caches {
  if (dataDir !== undefined) makeDirectory(dataDir)
  const file = new CacheFile(dataDir === undefined ? ':memory:' : join(dataDir, CACHE_FILE))
  const shared = new Map<string, Keyv>()
  return {
    named: namespace => {
      const cache = shared.get(namespace) ?? new Keyv({ store: new SqliteCache(file, namespace), namespace })
      shared.set(namespace, cache)
      return cache
    },
    close: () => file.close(),
  }
}
