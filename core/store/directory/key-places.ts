import type { Database } from '../database.ts'

/** Where the key of a wallet was when it was last traded with: never the key. With neither file nor variable, from a seed. */
export interface KeyPlace {
  /** Its address. */
  readonly wallet: string
  /** As a pipeline names it; absent for the one that a run was started with. */
  readonly name?: string
  /** A key file, by its whole path. */
  readonly file?: string
  /** An environment variable. */
  readonly variable?: string
  /** Which key of a seed phrase. */
  readonly derivation?: 'bip44' | 'raw'
}

/** By which the wallets of a directory are found again without the pipelines that named them. */
export class KeyPlaces {
  readonly #db: Database
  readonly #checkLease: () => void

  constructor(db: Database, checkLease: () => void) {
    this.#db = db
    this.#checkLease = checkLease
  }

  /** @throws STORE_LEASE_LOST, STORE_WRITE_FAILED */
  keep(genesisHash: string, places: readonly KeyPlace[]): void {
    this.#db.write(() => {
      this.#checkLease()
      for (const place of places) {
        this.#db.run(
          'INSERT OR REPLACE INTO key_places (genesis_hash, wallet, place) VALUES (?, ?, ?)',
          genesisHash,
          place.wallet,
          JSON.stringify(place),
        )
      }
      // Taken back by a power cut, the next start keeps them.
    }, 'with-next')
  }

  list(genesisHash: string): readonly KeyPlace[] {
    const rows = this.#db.all('SELECT place FROM key_places WHERE genesis_hash = ? ORDER BY wallet', genesisHash)
    return rows.map(row => JSON.parse(String(row['place'])) as KeyPlace)
  }
}
