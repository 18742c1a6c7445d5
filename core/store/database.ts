import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { ForgeError } from '../errors/forge-error.ts'
import { MIGRATIONS } from './schema.ts'
import { storeError } from './sqlite-error.ts'

export type Row = Record<string, SQLOutputValue>

type Param = string | number | bigint | Uint8Array | null

/** How long a write waits for another process before STORE_BUSY. */
const BUSY_TIMEOUT_MS = 2_000

/**
 * One SQLite file: write-ahead log, `synchronous = FULL`, so that a transaction is on the disk when `write` returns.
 * Everything here is synchronous; SQLite's own errors come out as ours.
 */
export class Database {
  readonly file: string
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

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

  /** Runs `work` in one transaction that has the write lock from its start; on the disk when this returns. */
  write<T>(work: () => T): T {
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
    return result
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
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
