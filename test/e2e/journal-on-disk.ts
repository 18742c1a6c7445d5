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
  /** Base units that the intent names. */
  readonly asked: bigint
  /** Base units, of what filled. */
  readonly input: bigint
  readonly output: bigint
  readonly inputMint: string
  readonly outputMint: string
  /** Fees, tips and deposits of what filled. */
  readonly costs_lamports: bigint
  /** Why it ended as it did. */
  readonly reason: string | undefined
  /** Others were made of it: it trades by them. */
  readonly isWhole: boolean
}

interface StoredBigint {
  readonly $bigint: string
}

interface StoredIntent {
  readonly key: string
  readonly node: string
  readonly input: { readonly mint: string }
  readonly output: { readonly mint: string }
  readonly amount: { readonly units: StoredBigint }
}

interface StoredFill {
  readonly signature: string
  readonly input: { readonly units: StoredBigint }
  readonly output: { readonly units: StoredBigint }
  readonly fees: Readonly<Record<string, StoredBigint>>
}

/** The wallet that an order is of: the second part of its full key. */
export function walletOf({ fullKey }: JournalledOrder): string {
  return (JSON.parse(fullKey) as string[])[1]!
}

/** The orders of a data directory, read from its database without our store in between. */
export function journalOnDisk(dataDir: string): JournalledOrder[] {
  const db = new DatabaseSync(join(dataDir, 'sniperforge.db'), { readOnly: true })
  try {
    const orders = db
      .prepare('SELECT id, full_key, state, intent, arming, fill, reason FROM orders ORDER BY number')
      .all()
    const attempts = db.prepare('SELECT signature FROM attempts WHERE order_id = ? ORDER BY number')
    return orders.map(row => {
      const { key, node, input, output, amount } = JSON.parse(String(row['intent'])) as StoredIntent
      const arming = row['arming'] === null ? undefined : (JSON.parse(String(row['arming'])) as { isWhole?: boolean })
      const fill = row['fill'] === null ? undefined : (JSON.parse(String(row['fill'])) as StoredFill)
      return {
        fullKey: String(row['full_key']),
        node,
        key,
        state: String(row['state']),
        attempts: attempts.all(row['id'] ?? null).map(attempt => String(attempt['signature'])),
        filledBy: fill?.signature,
        asked: BigInt(amount.units.$bigint),
        input: BigInt(fill?.input.units.$bigint ?? 0),
        output: BigInt(fill?.output.units.$bigint ?? 0),
        inputMint: input.mint,
        outputMint: output.mint,
        costs_lamports: Object.values(fill?.fees ?? {}).reduce((sum, { $bigint }) => sum + BigInt($bigint), 0n),
        reason: row['reason'] === null ? undefined : String(row['reason']),
        isWhole: arming?.isWhole === true,
      }
    })
  } finally {
    db.close()
  }
}
