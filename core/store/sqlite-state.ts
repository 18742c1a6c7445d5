import type { NodeState } from '../orders/journal.ts'
import type { Database } from './database.ts'
import type { Staging } from './staging.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/** One node's state in SQLite: what is set is seen at once, and committed with the next transaction of its deployment. */
export class SqliteNodeState implements NodeState {
  /** Texts, and what is asked for one. */
  readonly #values: Map<string, string | (() => unknown)>
  readonly #store: (key: string, text: () => string | undefined) => void
  readonly #flush: () => void

  constructor(db: Database, staging: Staging, deploymentId: string, node: string, flush: () => void) {
    this.#flush = flush
    const rows = db.all('SELECT key, value FROM node_state WHERE deployment = ? AND node = ?', deploymentId, node)
    this.#values = new Map(rows.map(row => [String(row['key']), String(row['value'])]))
    this.#store = (key, text) =>
      staging.add(
        () => {
          const value = text()
          // What has no form in JSON is no value: the key is free again.
          const [sql, values] =
            value === undefined
              ? ['DELETE FROM node_state WHERE deployment = ? AND node = ? AND key = ?', []]
              : ['INSERT OR REPLACE INTO node_state (deployment, node, key, value) VALUES (?, ?, ?, ?)', [value]]
          db.run(sql, deploymentId, node, key, ...values)
        },
        JSON.stringify(['state', node, key]),
        node,
      )
  }

  get<T>(key: string): T | undefined {
    const value = this.#values.get(key)
    const text = typeof value === 'function' ? encodeValue(value()) : value
    return text === undefined ? undefined : decodeValue<T>(text)
  }

  set(key: string, value: unknown): void {
    if (typeof value === 'function') {
      this.#values.set(key, value as () => unknown)
      this.#store(key, () => encodeValue(value()))
      return
    }
    const text: string | undefined = encodeValue(value)
    if (text === undefined) this.#values.delete(key)
    else this.#values.set(key, text)
    this.#store(key, () => text)
  }

  flush(): void {
    this.#flush()
  }
}
