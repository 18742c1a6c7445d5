import type { Database } from '../database.ts'

/** When everything was stopped, and why. */
export interface Stopped {
  /** The machine's time, milliseconds. */
  readonly since: number
  readonly reason: string
}

/** While it is set, nothing of this directory is traded. It outlives every process; only a person takes it back. */
export class KillSwitch {
  readonly #db: Database
  readonly #checkLease: () => void

  constructor(db: Database, checkLease: () => void) {
    this.#db = db
    this.#checkLease = checkLease
  }

  stopped(): Stopped | undefined {
    return readStopped(this.#db)
  }

  /** Set twice, it keeps the first time. On the disk when this returns. @throws STORE_LEASE_LOST, STORE_WRITE_FAILED */
  set(reason: string, now: number): void {
    this.#db.write(() => {
      this.#checkLease()
      this.#db.run('INSERT OR IGNORE INTO kill_switch (id, since, reason) VALUES (1, ?, ?)', now, reason)
    })
  }

  /** @throws STORE_LEASE_LOST, STORE_WRITE_FAILED */
  clear(): void {
    this.#db.write(() => {
      this.#checkLease()
      this.#db.run('DELETE FROM kill_switch')
    })
  }
}

/** Read also by who has no lease. */
export function readStopped(db: Database): Stopped | undefined {
  const row = db.get('SELECT since, reason FROM kill_switch WHERE id = 1')
  return row && { since: Number(row['since']), reason: String(row['reason']) }
}
