import type { Database } from '../database.ts'
import { decodeValue, encodeValue } from '../value-codec.ts'

/** How far a wallet has been looked at, so that the next start sees only what came since. */
export interface WalletMark {
  /** Its newest transaction then; absent when there was none. */
  readonly signature?: string
  /** Base units by mint, as the last run left them; absent while one runs, or when it did not end in order. */
  readonly holdings?: Readonly<Record<string, bigint>>
  /** Chain time, milliseconds. */
  readonly at: number
}

/** What a directory remembers of the wallets it trades with. */
export class WalletMarks {
  readonly #db: Database
  readonly #checkLease: () => void

  constructor(db: Database, checkLease: () => void) {
    this.#db = db
    this.#checkLease = checkLease
  }

  get(genesisHash: string, wallet: string): WalletMark | undefined {
    const row = this.#db.get(
      'SELECT signature, holdings, at FROM wallet_marks WHERE genesis_hash = ? AND wallet = ?',
      genesisHash,
      wallet,
    )
    if (!row) return undefined
    return {
      ...(row['signature'] === null ? {} : { signature: String(row['signature']) }),
      ...(row['holdings'] === null ? {} : { holdings: decodeValue<Record<string, bigint>>(String(row['holdings'])) }),
      at: Number(row['at']),
    }
  }

  /** @throws STORE_LEASE_LOST, STORE_WRITE_FAILED */
  set(genesisHash: string, wallet: string, mark: WalletMark): void {
    this.#db.write(() => {
      this.#checkLease()
      this.#db.run(
        'INSERT OR REPLACE INTO wallet_marks (genesis_hash, wallet, signature, holdings, at) VALUES (?, ?, ?, ?, ?)',
        genesisHash,
        wallet,
        mark.signature ?? null,
        mark.holdings === undefined ? null : encodeValue(mark.holdings),
        mark.at,
      )
      // Taken back by a power cut, the same is looked at once more.
    }, 'with-next')
  }

  /** Whether a transaction is one that a journal of this directory has signed. */
  isOwn(signature: string): boolean {
    return this.#db.get('SELECT 1 AS found FROM attempts WHERE signature = ?', signature) !== undefined
  }
}
