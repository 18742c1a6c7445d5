import { type ChainAccount, type ChainTime, CLOCK_ADDRESS, readChainTime } from '../../../../core/index.ts'
import { TokenMint } from './token-mints.ts'

/** Accounts that were read together, with the chain's time. */
export class Batch {
  readonly slot: number
  readonly #accounts: ReadonlyMap<string, ChainAccount | undefined>

  constructor(slot: number, accounts: ReadonlyMap<string, ChainAccount | undefined>) {
    this.slot = slot
    this.#accounts = accounts
  }

  get addresses(): readonly string[] {
    return [...this.#accounts.keys()]
  }

  /** These accounts too, as far as they were not read already. */
  with(accounts: readonly ChainAccount[]): Batch {
    const found = accounts.map(account => [account.address, account] as const)
    return new Batch(this.slot, new Map([...found, ...this.#accounts]))
  }

  has(address: string): boolean {
    return this.#accounts.has(address)
  }

  get(address: string): ChainAccount | undefined {
    return this.#accounts.get(address)
  }

  get time(): ChainTime {
    return readChainTime(this.get(CLOCK_ADDRESS))
  }

  /** The amount a token account holds: eight bytes after mint and owner. */
  tokenAmount(address: string): bigint | undefined {
    const data = this.get(address)?.data
    return data === undefined || data.length < 72
      ? undefined
      : new DataView(data.buffer, data.byteOffset, data.byteLength).getBigUint64(64, true)
  }

  mint(address: string): TokenMint | undefined {
    const account = this.get(address)
    return account === undefined ? undefined : new TokenMint(account, this.time.epoch)
  }
}
