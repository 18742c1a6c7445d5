import type { Database, Row } from '../database.ts'
import { leaseHolder } from '../lease.ts'
import { decodeValue, encodeValue } from '../value-codec.ts'

/** What a process asks of whoever holds the data directory. */
export interface OrderRequest {
  readonly number: number
  /** As in `cancel`: the application's own word, as is the body. */
  readonly kind: string
  readonly body: unknown
  /** The machine's time, milliseconds. */
  readonly askedAt: number
}

/** What became of a request. */
export interface Answer {
  /** Whether it was done as asked. */
  readonly done: boolean
  /** A sentence. */
  readonly text: string
  /** For programs. */
  readonly detail?: unknown
}

/**
 * The requests of a data directory, as its holder sees them: one after the other, oldest first. One that is taken stays
 * with the holders until it is answered: should this one die between, the next does it again, so doing it must change
 * nothing the second time. Every write checks the lease.
 */
export class RequestInbox {
  readonly #db: Database
  readonly #checkLease: () => void

  constructor(db: Database, checkLease: () => void) {
    this.#db = db
    this.#checkLease = checkLease
  }

  /** The oldest that is unanswered, which its asker can take back no more. @throws STORE_LEASE_LOST, STORE_BUSY */
  take(now: number): OrderRequest | undefined {
    const oldest = 'SELECT number FROM requests WHERE answered_at IS NULL ORDER BY number LIMIT 1'
    // Nothing is written, and so no lock taken, while nobody asks.
    if (!this.#db.get(oldest)) return undefined
    return this.#db.write(() => {
      this.#checkLease()
      const number = this.#db.get(oldest)?.['number']
      if (number === undefined) return undefined
      this.#db.run('UPDATE requests SET taken_at = ? WHERE number = ?', now, number)
      const row = this.#db.get('SELECT * FROM requests WHERE number = ?', number)
      return row && requestOf(row)
    }, 'with-next')
  }

  /** @throws STORE_LEASE_LOST, STORE_BUSY, STORE_WRITE_FAILED */
  answer(number: number, answer: Answer, now: number): void {
    this.#db.write(() => {
      this.#checkLease()
      this.#db.run(
        'UPDATE requests SET answered_at = ?, done = ?, answer = ? WHERE number = ? AND answered_at IS NULL',
        now,
        answer.done ? 1 : 0,
        encodeValue(answer),
        number,
      )
    }, 'soon')
  }
}

/** The same table without the lease: for who asks. Each method is one short transaction. */
export class RequestCounter {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Leaves a request; answers its number. @throws STORE_BUSY, STORE_WRITE_FAILED */
  ask(kind: string, body: unknown, now: number): number {
    return this.#db.write(() => {
      this.#db.run('INSERT INTO requests (kind, body, asked_at) VALUES (?, ?, ?)', kind, encodeValue(body), now)
      return Number(this.#db.get('SELECT last_insert_rowid() AS number')?.['number'])
    })
  }

  answerTo(number: number): Answer | undefined {
    const row = this.#db.get('SELECT answer FROM requests WHERE number = ? AND answered_at IS NOT NULL', number)
    return row ? decodeValue<Answer>(String(row['answer'])) : undefined
  }

  /** Takes a request back, so that nobody does it later. False when a holder has taken it up. @throws STORE_BUSY */
  withdraw(number: number, now: number): boolean {
    const answer: Answer = { done: false, text: 'taken back by who asked' }
    return this.#db.write(
      () =>
        this.#db.run(
          'UPDATE requests SET answered_at = ?, done = 0, answer = ? WHERE number = ? AND taken_at IS NULL AND answered_at IS NULL',
          now,
          encodeValue(answer),
          number,
        ) === 1,
    )
  }

  /** Who would answer. */
  holder(now: number): { readonly pid: number; readonly host: string } | undefined {
    return leaseHolder(this.#db, now)
  }

  close(): void {
    this.#db.close()
  }
}

function requestOf(row: Row): OrderRequest {
  return {
    number: Number(row['number']),
    kind: String(row['kind']),
    body: decodeValue<unknown>(String(row['body'])),
    askedAt: Number(row['asked_at']),
  }
}
