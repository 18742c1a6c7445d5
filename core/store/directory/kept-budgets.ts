import type { Amount } from '../../money/amount.ts'
import type { Database } from '../database.ts'
import { decodeValue, encodeValue } from '../value-codec.ts'

/** What a node of a pipeline was given of a wallet when it last ran. */
export interface KeptBudget {
  readonly deploymentId: string
  readonly pipeline: string
  readonly node: string
  readonly wallet: string
  readonly amount: Amount
}

/** Budgets of all pipelines that have begun and not come to their end, whether they run now or not. */
export function readBudgets(db: Database, genesisHash: string): readonly KeptBudget[] {
  const rows = db.all(
    `SELECT b.deployment, d.pipeline, b.node, b.wallet, b.amount FROM budgets b JOIN deployments d ON d.id = b.deployment
     WHERE d.genesis_hash = ? AND d.finished = 0 AND d.begun = 1 ORDER BY d.created_at, d.id, b.node`,
    genesisHash,
  )
  return rows.map(row => ({
    deploymentId: String(row['deployment']),
    pipeline: String(row['pipeline']),
    node: String(row['node']),
    wallet: String(row['wallet']),
    amount: decodeValue<Amount>(String(row['amount'])),
  }))
}

export function keepBudget(db: Database, { deploymentId, node, wallet, amount }: Omit<KeptBudget, 'pipeline'>): void {
  db.run(
    'INSERT OR REPLACE INTO budgets (deployment, node, wallet, amount) VALUES (?, ?, ?, ?)',
    deploymentId,
    node,
    wallet,
    encodeValue(amount),
  )
}

/** Forgets those of nodes that the deployment has no more. */
export function dropBudgets(db: Database, deploymentId: string, nodes: readonly string[]): void {
  const sql = 'DELETE FROM budgets WHERE deployment = ? AND node NOT IN (SELECT value FROM json_each(?))'
  db.run(sql, deploymentId, JSON.stringify(nodes))
}
