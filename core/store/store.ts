import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Journal, StoryLine } from '../orders/journal.ts'
import type { Clock } from '../time/clock.ts'
import type { Random } from '../time/random.ts'
import { Database } from './database.ts'
import { type Deployment, type DeploymentRequest, journalOf, openDeployment } from './deployment.ts'
import { type KeptBudget, readBudgets } from './directory/kept-budgets.ts'
import { type KeptOrder, readKeptOrders, readWallets } from './directory/kept-orders.ts'
import { KeyPlaces } from './directory/key-places.ts'
import { KillSwitch, readStopped, type Stopped } from './directory/kill-switch.ts'
import { RequestCounter, RequestInbox } from './directory/requests.ts'
import { WalletMarks } from './directory/wallet-marks.ts'
import { type HistoryEntry, type HistoryFilter, readHistory } from './history.ts'
import { Lease, leaseHolder } from './lease.ts'
import { makeDirectory } from './make-directory.ts'
import { readStories } from './order-rows.ts'

/** The database's name in a data directory. */
export const STORE_FILE = 'sniperforge.db'

export interface Store {
  /** The pipeline about to run. @throws STORE_DEPLOYMENT_CHANGED, STORE_ORDERS_IN_FLIGHT, STORE_LEASE_LOST */
  deploy(request: DeploymentRequest): Deployment
  history(filter?: HistoryFilter): readonly HistoryEntry[]
  /** Orders of every deployment, in creation order. */
  orders(filter?: { readonly open?: boolean; readonly id?: string }): readonly KeptOrder[]
  /** What pipelines of the directory claim that have not come to their end. */
  budgets(genesisHash: string): readonly KeptBudget[]
  /** Every wallet that orders of a network were traded with. */
  wallets(genesisHash: string): readonly string[]
  /** The journal of a deployment, whether it runs here or not. @throws RangeError for one that is not in this directory */
  journalOf(deploymentId: string): Journal
  /** @throws STORE_LEASE_LOST when another process has taken the directory, or this one is not sure that it has it */
  assertHeld(): void
  /** What other processes ask of this one. */
  readonly inbox: RequestInbox
  readonly killSwitch: KillSwitch
  readonly walletMarks: WalletMarks
  readonly keyPlaces: KeyPlaces
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

/** What can be read of a directory, beside whoever writes. */
export interface StoreView extends Pick<Store, 'history' | 'orders' | 'wallets' | 'close'> {
  /** An order's whole story. */
  /** The stories of these orders as one, in the order in which it was written. */
  stories(orderIds: readonly string[]): readonly { readonly orderId: string; readonly line: StoryLine }[]
  stopped(): Stopped | undefined
  /** Who writes; undefined: nobody. */
  holder(now: number): { readonly pid: number; readonly host: string } | undefined
}

/** A directory's store for reading; undefined when it holds none yet. @throws STORE_BUSY, STORE_CORRUPT, STORE_TOO_NEW */
export function viewStore(dataDir: string): StoreView | undefined {
  const file = join(dataDir, STORE_FILE)
  if (!existsSync(file)) return undefined
  // Not read-only: what an earlier version wrote is brought up to date first.
  const db = new Database(file)
  return {
    history: filter => readHistory(db, filter),
    orders: filter => readKeptOrders(db, filter),
    stories: orderIds => readStories(db, orderIds),
    wallets: genesisHash => readWallets(db, genesisHash),
    stopped: () => readStopped(db),
    holder: now => leaseHolder(db, now),
    close: () => db.close(),
  }
}

/** The counter at which requests are left for whoever holds a directory; it is made when missing. @throws as openStore, but for the lease */
export function openRequests(dataDir: string): RequestCounter {
  makeDirectory(dataDir)
  return new RequestCounter(new Database(join(dataDir, STORE_FILE)))
}

function storeOf(db: Database, lease: Lease | undefined, random: Random): Store {
  const checkLease = (): void => lease?.check()
  const running = new Map<string, Journal>()
  return {
    deploy: request => {
      const deployment = openDeployment(db, lease, random, request)
      running.set(deployment.id, deployment.journal)
      return deployment
    },
    history: filter => readHistory(db, filter),
    orders: filter => readKeptOrders(db, filter),
    budgets: genesisHash => readBudgets(db, genesisHash),
    wallets: genesisHash => readWallets(db, genesisHash),
    journalOf: id => running.get(id) ?? journalOf(db, lease, id),
    assertHeld: () => lease?.assertHeld(),
    inbox: new RequestInbox(db, checkLease),
    killSwitch: new KillSwitch(db, checkLease),
    walletMarks: new WalletMarks(db, checkLease),
    keyPlaces: new KeyPlaces(db, checkLease),
    close: () => {
      try {
        lease?.release()
      } finally {
        db.close()
      }
    },
  }
}
