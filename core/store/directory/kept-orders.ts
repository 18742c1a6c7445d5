import type { OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import type { Database } from '../database.ts'
import { readOrder } from '../order-rows.ts'

/** An order of a data directory, with the deployment it belongs to. */
export interface KeptOrder {
  readonly deploymentId: string
  readonly pipeline: string
  readonly genesisHash: string
  /** It is traded with this one. */
  readonly wallet: string
  readonly order: OrderRecord
}

/** Orders of every deployment in the directory, in creation order; `id` is an id or its beginning. */
export function readKeptOrders(
  db: Database,
  filter: { readonly open?: boolean; readonly id?: string } = {},
): readonly KeptOrder[] {
  const finals = FINAL_STATES.map(state => `'${state}'`).join(', ')
  const rows = db.all(
    `SELECT o.*, d.pipeline, d.genesis_hash, coalesce(o.wallet, d.wallet) AS traded_with FROM orders o JOIN deployments d ON d.id = o.deployment
     WHERE (?1 IS NULL OR substr(o.id, 1, length(?1)) = ?1) ${filter.open ? `AND o.state NOT IN (${finals})` : ''}
     ORDER BY o.number`,
    filter.id ?? null,
  )
  return rows.map(row => ({
    deploymentId: String(row['deployment']),
    pipeline: String(row['pipeline']),
    genesisHash: String(row['genesis_hash']),
    wallet: String(row['traded_with']),
    order: readOrder(db, row),
  }))
}

/** Every wallet that orders of a network were traded with, in any deployment. */
export function readWallets(db: Database, genesisHash: string): readonly string[] {
  const rows = db.all(
    `SELECT DISTINCT coalesce(o.wallet, d.wallet) AS wallet FROM orders o JOIN deployments d ON d.id = o.deployment
     WHERE d.genesis_hash = ? ORDER BY 1`,
    genesisHash,
  )
  return rows.map(row => String(row['wallet']))
}
