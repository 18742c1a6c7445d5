import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { ForgeError } from '../errors/forge-error.ts'
import { LogSync } from './log-sync.ts'
import { MIGRATIONS } from './schema.ts'
import { storeError } from './sqlite-error.ts'

export type Row = Record<string, SQLOutputValue>

type Param = string | number | bigint | Uint8Array | null

/** How long a write waits for another process before STORE_BUSY. */
const BUSY_TIMEOUT_MS = 2_000

/**
 * When a transaction must be on the disk itself. In any case it is committed when `write` returns, survives the death of
 * the process, and nothing later can survive without it: the log keeps its order. What a power cut may take back:
 *
 * - `now`: nothing, neither this nor what was committed before;
 * - `soon`: this, until the sync that is started in the background has ended;
 * - `with-next`: this, until the next sync, for whatever reason.
 */
export type Durability = 'now' | 'soon' | 'with-next'

/** One SQLite file with a write-ahead log. SQLite's own errors come out as ours. */
export class Database {
  readonly file: string
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #log: LogSync | undefined
  #synchronous: 'FULL' | 'NORMAL' = 'FULL'

  /** @throws STORE_WRITE_FAILED, STORE_CORRUPT, STORE_BUSY, STORE_TOO_NEW */
  constructor(file: string, options: { readOnly?: boolean; busyTimeout_ms?: number } = {}) {
    this.file = file
    try {
      this.#db = new DatabaseSync(file, {
        readOnly: options.readOnly ?? false,
        enableForeignKeyConstraints: true,
        timeout: options.busyTimeout_ms ?? BUSY_TIMEOUT_MS,
      })
    } catch (thrown) {
      throw storeError(thrown, file)
    }
    try {
      if (!options.readOnly) {
        this.execute('PRAGMA journal_mode = WAL')
        this.execute('PRAGMA synchronous = FULL')
      }
      this.#migrate(options.readOnly ?? false)
      if (!options.readOnly && file !== ':memory:') this.#log = new LogSync(`${file}-wal`)
    } catch (thrown) {
      this.#db.close()
      throw thrown
    }
  }

  execute(sql: string): void {
    try {
      this.#db.exec(sql)
    } catch (thrown) {
      throw storeError(thrown, this.file)
    }
  }

  /** Runs a statement; answers how many rows changed. */
  run(sql: string, ...params: Param[]): number {
    try {
      return Number(this.#statement(sql).run(...params).changes)
    } catch (thrown) {
      throw storeError(thrown, this.file)
    }
  }

  get(sql: string, ...params: Param[]): Row | undefined {
    try {
      return this.#statement(sql).get(...params)
    } catch (thrown) {
      throw storeError(thrown, this.file)
    }
  }

  all(sql: string, ...params: Param[]): Row[] {
    try {
      return this.#statement(sql).all(...params)
    } catch (thrown) {
      throw storeError(thrown, this.file)
    }
  }

  /** Runs `work` in one transaction that has the write lock from its start; committed when this returns. */
  write<T>(work: () => T, durability: Durability = 'now'): T {
    this.#log?.assertWorking()
    this.#demand(durability === 'now' ? 'FULL' : 'NORMAL')
    this.execute('BEGIN IMMEDIATE')
    let result: T
    try {
      result = work()
      this.execute('COMMIT')
    } catch (thrown) {
      // A full disk rolls the transaction back by itself.
      if (this.#db.isTransaction) this.execute('ROLLBACK')
      throw thrown
    }
    if (durability === 'soon') this.#log?.request()
    return result
  }

  /** Resolves when all that was written is on the disk, shared by who asks meanwhile. @throws STORE_WRITE_FAILED */
  async synced(): Promise<void> {
    await this.#log?.synced()
  }

  /** Everything is on the disk afterwards. */
  close(): void {
    if (!this.#db.isOpen) return
    this.#log?.close()
    this.#db.close()
  }

  #demand(synchronous: 'FULL' | 'NORMAL'): void {
    if (this.#synchronous === synchronous) return
    this.execute(`PRAGMA synchronous = ${synchronous}`)
    this.#synchronous = synchronous
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #migrate(readOnly: boolean): void {
    const version = (): number => Number(this.get('PRAGMA user_version')?.['user_version'] ?? 0)
    if (version() > MIGRATIONS.length) {
      throw new ForgeError('STORE_TOO_NEW', {
        message: `${this.file} has version ${version()}; this program knows ${MIGRATIONS.length}`,
        context: { file: this.file },
      })
    }
    if (version() === MIGRATIONS.length || readOnly) return
    this.write(() => {
      for (const migration of MIGRATIONS.slice(version())) this.#db.exec(migration)
      this.#db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
    })
  }
}
