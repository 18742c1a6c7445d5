import { EventEmitter } from 'node:events'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { KeyvStorageEntry } from 'keyv'
import { storeError } from './sqlite-error.ts'

/** The one file behind all caches. What is in it may be lost, so it is not synced to the disk. */
export class CacheFile {
  readonly #path: string
  readonly #db: DatabaseSync

  /** @throws STORE_CORRUPT, STORE_WRITE_FAILED, STORE_BUSY */
  constructor(path: string) {
    this.#path = path
    this.#db = this.run(() => new DatabaseSync(path, { timeout: 2_000 }))
    this.run(() => {
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
      this.#db.exec(
        'CREATE TABLE IF NOT EXISTS cache (space TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (space, key)) STRICT, WITHOUT ROWID',
      )
    })
  }

  prepare(sql: string): StatementSync {
    return this.run(() => this.#db.prepare(sql))
  }

  /** Gives SQLite's errors as ours. */
  run<T>(work: () => T): T {
    try {
      return work()
    } catch (thrown) {
      throw storeError(thrown, this.#path)
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }
}

/** A Keyv storage adapter over one namespace of the file. Expiry is Keyv's own: by the machine's time. */
export class SqliteCache extends EventEmitter {
  namespace: string
  readonly #file: CacheFile
  readonly #get: StatementSync
  readonly #set: StatementSync
  readonly #delete: StatementSync
  readonly #clear: StatementSync

  constructor(file: CacheFile, namespace: string) {
    super()
    this.namespace = namespace
    this.#file = file
    this.#get = file.prepare('SELECT value FROM cache WHERE space = ? AND key = ?')
    this.#set = file.prepare('INSERT OR REPLACE INTO cache VALUES (?, ?, ?)')
    this.#delete = file.prepare('DELETE FROM cache WHERE space = ? AND key = ?')
    this.#clear = file.prepare('DELETE FROM cache WHERE space = ?')
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const row = this.#file.run(() => this.#get.get(this.namespace, key))
    return row?.['value'] as Value | undefined
  }

  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    return Promise.all(keys.map(key => this.get<Value>(key)))
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map(key => this.has(key)))
  }

  async set(key: string, value: unknown): Promise<boolean> {
    this.#file.run(() => this.#set.run(this.namespace, key, String(value)))
    return true
  }

  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value }) => this.set(key, value)))
  }

  async delete(key: string): Promise<boolean> {
    const { changes } = this.#file.run(() => this.#delete.run(this.namespace, key))
    return Number(changes) > 0
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map(key => this.delete(key)))
  }

  async clear(): Promise<void> {
    this.#file.run(() => this.#clear.run(this.namespace))
  }
}
