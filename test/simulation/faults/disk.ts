import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { OrderRecord, Report } from '../../../core/index.ts'
import { Database } from '../../../core/store/database.ts'
import { readHistory } from '../../../core/store/history.ts'
import { readOrder, readStory } from '../../../core/store/order-rows.ts'
import { STORE_FILE } from '../../../core/store/store.ts'
import type { Random } from '../../../core/time/random.ts'

/** A file system in memory, where the machine has one: what counts as synced is decided here. */
const MEMORY = '/dev/shm'
/** Where a frame's two salts stand in the header of the log. Source: https://www.sqlite.org/fileformat2.html, 4.1 */
const SALTS_AT = 16
const SALTS_BYTES = 8
const HEADER_BYTES = 32

interface LogMark {
  readonly generation: number
  readonly bytes: number
  readonly salts: string
}

/** The data directory over the deaths of processes and machines: knows how much of SQLite's log has been synced. */
export class Disk {
  readonly #root = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'sniperforge-simulation-'))
  #generation = 0
  #synced: LogMark = { generation: 0, bytes: 0, salts: '' }

  constructor() {
    mkdirSync(this.directory)
  }

  get directory(): string {
    return join(this.#root, String(this.#generation))
  }

  get file(): string {
    return join(this.directory, STORE_FILE)
  }

  /** How much of the log there is now. */
  mark(): LogMark {
    return { generation: this.#generation, ...this.#log() }
  }

  /** The log up to there survives a power cut. */
  synced(mark = this.mark()): void {
    const { generation, bytes, salts } = mark
    if (generation !== this.#generation) return
    // A sync that was asked for earlier ends later than one that covered more.
    if (salts === this.#synced.salts && bytes < this.#synced.bytes) return
    this.#synced = mark
  }

  /**
   * The machine loses its power: all processes are dead, and the log ends anywhere after the last sync. Nothing that a
   * dead process does from now on reaches the new directory. Answers how many bytes were lost.
   */
  cutPower(random: Random): number {
    const before = this.directory
    const { bytes: written, salts } = this.#log()
    // Other salts: SQLite has synced the log, copied it into the database, synced that, and begun anew.
    const kept = salts === this.#synced.salts ? Math.min(this.#synced.bytes, written) : Math.min(HEADER_BYTES, written)
    const end = kept + random.int(written - kept + 1)
    this.#generation++
    mkdirSync(this.directory)
    if (existsSync(join(before, STORE_FILE))) copyFileSync(join(before, STORE_FILE), this.file)
    if (written > 0) {
      copyFileSync(join(before, `${STORE_FILE}-wal`), `${this.file}-wal`)
      truncateSync(`${this.file}-wal`, end)
    }
    this.#synced = this.mark()
    return written - end
  }

  /** The system can tell that the process which had the lease has ended, so nobody waits for the lease's end. */
  markHolderEnded(): void {
    if (!existsSync(this.file)) return
    const db = new DatabaseSync(this.file)
    db.exec("UPDATE lease SET started = 'ended'")
    db.close()
    this.synced()
  }

  /** Takes the write lock, as another program would; the answer gives it back. */
  lock(): () => void {
    const db = new DatabaseSync(this.file)
    db.exec('BEGIN IMMEDIATE')
    return () => {
      db.exec('ROLLBACK')
      db.close()
    }
  }

  /** What the journal says. */
  orders(): readonly OrderRecord[] {
    return this.#read(db => db.all('SELECT * FROM orders ORDER BY number').map(row => readOrder(db, row)))
  }

  /** What `sniperforge orders show` ends with. */
  lastWord(orderId: string): string | undefined {
    return this.#read(db => readStory(db, orderId)).at(-1)?.cause
  }

  /** What `sniperforge history` says. */
  history(): readonly Report[] {
    return this.#read(db => readHistory(db).map(({ report }) => report))
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }

  #read<T>(ask: (db: Database) => readonly T[]): readonly T[] {
    if (!existsSync(this.file)) return []
    const db = new Database(this.file, { readOnly: true })
    try {
      return ask(db)
    } finally {
      db.close()
    }
  }

  #log(): { readonly bytes: number; readonly salts: string } {
    const path = `${this.file}-wal`
    if (!existsSync(path)) return { bytes: 0, salts: '' }
    const log = openSync(path, 'r')
    try {
      const { size: bytes } = fstatSync(log)
      if (bytes < HEADER_BYTES) return { bytes, salts: '' }
      const salts = Buffer.alloc(SALTS_BYTES)
      readSync(log, salts, 0, SALTS_BYTES, SALTS_AT)
      return { bytes, salts: salts.toString('hex') }
    } finally {
      closeSync(log)
    }
  }
}
