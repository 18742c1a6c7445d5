import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface JournalledOrder {
  readonly fullKey: string
  /** The node that wanted it. */
  readonly node: string
  /** The intent's own key. */
  readonly key: string
  readonly state: string
  /** Signatures of its attempts, the first first. */
  readonly attempts: readonly string[]
  /** The transaction that filled it. */
  readonly filledBy: string | undefined
  /** Base units, of what filled. */
  readonly input: bigint
  readonly output: bigint
}

interface StoredFill {
  readonly signature: string
  readonly input: { readonly units: { readonly $bigint: string } }
  readonly output: { readonly units: { readonly $bigint: string } }
}

/** The orders of a data directory, read from its database without our store in between. */
export function journalOnDisk(dataDir: string): JournalledOrder[] {
  const db = new DatabaseSync(join(dataDir, 'sniperforge.db'), { readOnly: true })
  try {
    const orders = db.prepare('SELECT id, full_key, state, intent, fill FROM orders ORDER BY number').all()
    const attempts = db.prepare('SELECT signature FROM attempts WHERE order_id = ? ORDER BY number')
    return orders.map(row => {
      const { key, node } = JSON.parse(String(row['intent'])) as { key: string; node: string }
      const fill = row['fill'] === null ? undefined : (JSON.parse(String(row['fill'])) as StoredFill)
      return {
        fullKey: String(row['full_key']),
        node,
        key,
        state: String(row['state']),
        attempts: attempts.all(row['id'] ?? null).map(attempt => String(attempt['signature'])),
        filledBy: fill?.signature,
        input: BigInt(fill?.input.units.$bigint ?? 0),
        output: BigInt(fill?.output.units.$bigint ?? 0),
      }
    })
  } finally {
    db.close()
  }
}
