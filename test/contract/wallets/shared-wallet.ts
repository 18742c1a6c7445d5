import type { RunPortfolio } from '../../../core/app/run/run-document.ts'
import type { Account } from '../../../core/chain/rpc/rpc-types.ts'
import { tokenAccountOf } from '../../../core/chain/trader/token-accounts.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import type { Amount } from '../../../core/money/amount.ts'
import { SOL_MINT, type Token } from '../../../core/money/token.ts'

const address = Wallet.fromSeed(new Uint8Array(32).fill(1)).publicKey
const OTHER = Wallet.fromSeed(new Uint8Array(32).fill(2)).publicKey
const RENT = 2_039_280n

/** A wallet on a chain that answers a turn later with what was so when it was asked: the oldest an answer may be. */
export class SharedWallet {
  readonly address = address
  #lamports: bigint
  /** Base units by mint. */
  readonly #units: Map<string, bigint>
  readonly #mintOf = new Map<string, string>()

  constructor(lamports: bigint, units: Map<string, bigint>) {
    this.#lamports = lamports
    this.#units = units
  }

  readonly rpc = {
    rentExemption: async (): Promise<bigint> => RENT,
    accounts: async (addresses: readonly string[]): Promise<(Account | undefined)[]> => {
      const before = addresses.map(each => this.#account(each))
      await this.turn()
      return before
    },
  }

  turn(): Promise<void> {
    return new Promise(resolve => setImmediate(resolve))
  }

  held({ mint }: Token): bigint {
    return mint === SOL_MINT ? this.#lamports : (this.#units.get(mint) ?? 0n)
  }

  move(out: Amount, into: Amount): void {
    this.#add(out.token, -out.units)
    this.#add(into.token, into.units)
  }

  portfolio(tokens: readonly Token[]): RunPortfolio {
    for (const token of tokens) this.#know(token)
    return {
      slot: 1,
      sol_lamports: String(this.#lamports),
      tokens: tokens.map(token => ({
        mint: token.mint,
        symbol: token.symbol,
        decimals: token.decimals,
        amount: String(this.held(token)),
      })),
    }
  }

  #know(token: Token): void {
    const account = tokenAccountOf(address, token)
    if (account !== undefined) this.#mintOf.set(account, token.mint)
  }

  #add(token: Token, units: bigint): void {
    if (token.mint === SOL_MINT) this.#lamports += units
    else this.#units.set(token.mint, this.held(token) + units)
  }

  #account(of: string): Account {
    const data = new Uint8Array(165)
    const mint = this.#mintOf.get(of)
    if (mint !== undefined) new DataView(data.buffer).setBigUint64(64, this.#units.get(mint) ?? 0n, true)
    const lamports = of === address ? this.#lamports : RENT
    return { lamports, owner: OTHER, data, executable: false } as unknown as Account
  }
}
