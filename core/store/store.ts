import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../time/clock.ts'
import type { Random } from '../time/random.ts'
import { Database } from './database.ts'
import { type Deployment, type DeploymentRequest, openDeployment } from './deployment.ts'
import { type HistoryEntry, type HistoryFilter, readHistory } from './history.ts'
import { Lease } from './lease.ts'
import { makeDirectory } from './make-directory.ts'

/** The database's name in a data directory. */
export const STORE_FILE = 'sniperforge.db'

export interface Store {
  /** The pipeline about to run. @throws STORE_DEPLOYMENT_CHANGED, STORE_ORDERS_IN_FLIGHT, STORE_LEASE_LOST */
  deploy(request: DeploymentRequest): Deployment
  history(filter?: HistoryFilter): readonly HistoryEntry[]
  /** Commits nothing (flush the deployments first), releases the lease, and closes the file. */
  close(): void
}

/**
 * Opens the journal, state and history of a data directory and takes its lease; the directory is made when missing.
 * `clock` must be the machine's own: the lease protects against other processes. `random` names deployments: from the
 * seed where a run must repeat itself, else unforeseeable.
 *
 * @throws STORE_LEASED, STORE_BUSY, STORE_WRITE_FAILED, STORE_CORRUPT, STORE_TOO_NEW
 */
export function openStore(options: { dataDir: string; clock: Clock; random: Random; leaseTtl_ms?: number }): Store {
  makeDirectory(options.dataDir)
  const db = new Database(join(options.dataDir, STORE_FILE))
  let lease: Lease
  try {
    lease = new Lease(db, options.clock, options.leaseTtl_ms)
  } catch (thrown) {
    db.close()
    throw thrown
  }
  return storeOf(db, lease, options.random)
}

/** The same in memory, for dry runs, tests and backtests: nothing outlives it. */
export function openMemoryStore(options: { random: Random }): Store {
  return storeOf(new Database(':memory:'), undefined, options.random)
}

/** History for reading, beside whoever writes; undefined when the directory holds no store yet. */
export function openHistory(dataDir: string): Pick<Store, 'history' | 'close'> | undefined {
  const file = join(dataDir, STORE_FILE)
  if (!existsSync(file)) return undefined
  const db = new Database(file, { readOnly: true })
  return { history: filter => readHistory(db, filter), close: () => db.close() }
}

function storeOf(db: Database, lease: Lease | undefined, random: Random): Store {
  return {
    deploy: request => openDeployment(db, lease, random, request),
    history: filter => readHistory(db, filter),
    close: () => {
      try {
        lease?.release()
      } finally {
        db.close()
      }
    },
  }
}
