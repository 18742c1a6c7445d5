import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface JournalledOrder {
  readonly fullKey: string
  /** The intent's own key. */
  readonly key: string
  readonly state: string
  /** Signatures of its attempts, the first first. */
  readonly attempts: readonly string[]
  /** The transaction that filled it. */
  readonly filledBy: string | undefined
}

/** The orders of a data directory, read from its database without our store in between. */
export function journalOnDisk(dataDir: string): JournalledOrder[] {
  const db = new DatabaseSync(join(dataDir, 'sniperforge.db'), { readOnly: true })
  try {
    const orders = db.prepare('SELECT id, full_key, state, intent, fill FROM orders ORDER BY number').all()
    const attempts = db.prepare('SELECT signature FROM attempts WHERE order_id = ? ORDER BY number')
    return orders.map(row => ({
      fullKey: String(row['full_key']),
      key: (JSON.parse(String(row['intent'])) as { key: string }).key,
      state: String(row['state']),
      attempts: attempts.all(row['id'] ?? null).map(attempt => String(attempt['signature'])),
      filledBy: row['fill'] === null ? undefined : (JSON.parse(String(row['fill'])) as { signature: string }).signature,
    }))
  } finally {
    db.close()
  }
}
