import { randomBytes } from 'node:crypto'
import { ForgeError } from '../errors/forge-error.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { Database, Row } from './database.ts'
import { hasEnded, ownIdentity, type ProcessIdentity } from './process-identity.ts'

/** How long a lease outlives its last renewal. */
const LEASE_TTL_MS = 15_000

/**
 * The right to write to a data directory: one process has it. Its random token is compared inside every writing
 * transaction, so that a process which was stopped while another took over can write nothing more, whatever it believes.
 * The clock must be real: it protects against other processes, and they share no virtual time.
 */
export class Lease {
  readonly #db: Database
  readonly #clock: Clock
  readonly #ttl_ms: number
  readonly #token = randomBytes(16).toString('hex')
  readonly #own: ProcessIdentity = ownIdentity()
  #renewedAt = 0
  #renewal: Timer | undefined
  #released = false

  /** @throws STORE_LEASED while another process lives and holds it; STORE_BUSY, STORE_WRITE_FAILED */
  constructor(db: Database, clock: Clock, ttl_ms = LEASE_TTL_MS) {
    this.#db = db
    this.#clock = clock
    this.#ttl_ms = ttl_ms
    db.write(() => this.#take())
    this.#scheduleRenewal()
  }

  /**
   * Asked before anything is signed: renews when half of the lease has gone by.
   *
   * @throws STORE_LEASE_LOST, also when the renewal is refused for another reason: who is not sure does not sign.
   */
  assertHeld(): void {
    if (this.#clock.now() - this.#renewedAt < this.#ttl_ms / 2) return
    this.#db.write(() => this.check())
  }

  /**
   * Called inside every writing transaction, first: compares the token, and renews when a quarter has gone by.
   *
   * @throws STORE_LEASE_LOST
   */
  check(): void {
    const row = this.#db.get('SELECT token, pid, host FROM lease WHERE id = 1')
    if (this.#released || row?.['token'] !== this.#token) throw this.#lost(row)
    if (this.#clock.now() - this.#renewedAt >= this.#ttl_ms / 4) this.#writeRenewal()
  }

  /** Gives the directory free for the next process. */
  release(): void {
    this.#renewal?.cancel()
    if (this.#released) return
    this.#released = true
    this.#db.write(() => this.#db.run('DELETE FROM lease WHERE token = ?', this.#token))
  }

  #take(): void {
    const row = this.#db.get('SELECT token, pid, started, host, expires_at FROM lease WHERE id = 1')
    const now = this.#clock.now()
    if (row && Number(row['expires_at']) > now && !hasEnded(holderOf(row), this.#own)) {
      const left_s = Math.ceil((Number(row['expires_at']) - now) / 1000)
      throw new ForgeError('STORE_LEASED', {
        message: `process ${row['pid']} is writing to ${this.#db.file}`,
        remedy: `Stop it, or use another --data-dir; if it hangs, its lease ends ${left_s} s after its last sign of life.`,
        context: { file: this.#db.file, pid: Number(row['pid']) },
      })
    }
    this.#db.run(
      'INSERT OR REPLACE INTO lease (id, token, pid, started, host, expires_at) VALUES (1, ?, ?, ?, ?, ?)',
      this.#token,
      this.#own.pid,
      this.#own.started,
      this.#own.host,
      now + this.#ttl_ms,
    )
    this.#renewedAt = now
  }

  #writeRenewal(): void {
    const now = this.#clock.now()
    this.#db.run('UPDATE lease SET expires_at = ? WHERE token = ?', now + this.#ttl_ms, this.#token)
    this.#renewedAt = now
  }

  #scheduleRenewal(): void {
    this.#renewal = this.#clock.at(this.#clock.now() + this.#ttl_ms / 3, () => {
      if (this.#released) return
      try {
        this.#db.write(() => this.check())
      } catch (thrown) {
        // A write that needs the lease says so to whoever asks for it; a timer has nobody to tell.
        if (thrown instanceof ForgeError && thrown.code === 'STORE_LEASE_LOST') return
        if (!(thrown instanceof ForgeError)) throw thrown
      }
      this.#scheduleRenewal()
    })
  }

  #lost(row: Row | undefined): ForgeError {
    const taker = row ? `process ${row['pid']} has taken ${this.#db.file}` : `the lease on ${this.#db.file} is gone`
    return new ForgeError('STORE_LEASE_LOST', { message: taker, context: { file: this.#db.file } })
  }
}

/** The process that holds a directory's lease; undefined when nobody does, or whoever did has ended or fallen silent. */
export function leaseHolder(db: Database, now: number): { readonly pid: number; readonly host: string } | undefined {
  const row = db.get('SELECT pid, started, host, expires_at FROM lease WHERE id = 1')
  if (!row || Number(row['expires_at']) <= now || hasEnded(holderOf(row), ownIdentity())) return undefined
  return { pid: Number(row['pid']), host: String(row['host']) }
}

function holderOf(row: Row): ProcessIdentity {
  return { host: String(row['host']), pid: Number(row['pid']), started: String(row['started']) }
}
