import type { ChainAccount } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'

/** Where mints may be kept beyond a run: keyv is one. Whatever it holds may be lost at any time. */
export interface MintStore {
  getMany(keys: string[]): Promise<(string | undefined)[]>
  set(key: string, value: string, ttl_ms: number): Promise<unknown>
}

/** The original token program: its mints have no extensions, so that nothing a swap depends on ever changes in them. */
const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'
/** Source: SPL token, `Mint::LEN`. */
const MINT_BYTES = 82
/** Supply and authorities do change: an hour is long for decimals and short for those. */
const LIFETIME_MS = 3_600_000

/**
 * Mints that need not be read again. Those of Token-2022 are not among them: their transfer fee is part of every swap
 * and may change with an epoch.
 */
export class KeptMints {
  readonly #clock: Pick<Clock, 'now'>
  readonly #store: MintStore | undefined
  readonly #mints = new Map<string, { readonly account: ChainAccount; readonly until_ms: number }>()
  /** Looked for in the store: once in a run is enough, most addresses are no mints. */
  readonly #looked = new Set<string>()

  constructor(clock: Pick<Clock, 'now'>, store: MintStore | undefined) {
    this.#clock = clock
    this.#store = store
  }

  /** Those that are known, by address. */
  async known(addresses: readonly string[]): Promise<Map<string, ChainAccount>> {
    await this.#look(addresses.filter(address => !this.#looked.has(address)))
    const found = new Map<string, ChainAccount>()
    for (const address of addresses) {
      const kept = this.#mints.get(address)
      if (kept && kept.until_ms > this.#clock.now()) found.set(address, kept.account)
    }
    return found
  }

  /** Keeps what is a mint among them. */
  async keep(accounts: Iterable<ChainAccount>): Promise<void> {
    for (const account of accounts) {
      if (account.owner !== TOKEN_PROGRAM || account.data.length !== MINT_BYTES) continue
      this.#mints.set(account.address, { account, until_ms: this.#clock.now() + LIFETIME_MS })
      const { lamports, data } = account
      const text = JSON.stringify([lamports.toString(), Buffer.from(data).toString('base64')])
      await this.#store?.set(account.address, text, LIFETIME_MS)
    }
  }

  async #look(addresses: readonly string[]): Promise<void> {
    if (!this.#store || addresses.length === 0) return
    for (const address of addresses) this.#looked.add(address)
    const texts = await this.#store.getMany([...addresses])
    for (const [index, text] of texts.entries()) {
      if (text === undefined) continue
      const [lamports, data] = JSON.parse(text) as [string, string]
      const address = addresses[index]!
      const account = { address, lamports: BigInt(lamports), owner: TOKEN_PROGRAM, data: Buffer.from(data, 'base64') }
      this.#mints.set(address, { account, until_ms: this.#clock.now() + LIFETIME_MS })
    }
  }
}
