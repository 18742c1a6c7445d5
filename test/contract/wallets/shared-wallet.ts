import type { RunPortfolio } from '../../../core/app/run/run-document.ts'
import type { Account, AccountsAt } from '../../../core/chain/rpc/rpc-types.ts'
import { tokenAccountOf } from '../../../core/chain/trader/token-accounts.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { ForgeError } from '../../../core/errors/forge-error.ts'
import type { Amount } from '../../../core/money/amount.ts'
import { SOL_MINT, type Token } from '../../../core/money/token.ts'

const address = Wallet.fromSeed(new Uint8Array(32).fill(1)).publicKey
const OTHER = Wallet.fromSeed(new Uint8Array(32).fill(2)).publicKey
const RENT = 2_039_280n

/** What it held at a slot. */
interface Held {
  readonly lamports: bigint
  /** Base units by mint. */
  readonly units: ReadonlyMap<string, bigint>
}

/**
 * A wallet on a chain that answers a turn later with what was so when it was asked: the oldest an answer may be, of an
 * endpoint that is as far as the others. Each move is a slot.
 */
export class SharedWallet {
  readonly address = address
  /** By slot. */
  readonly #history: Held[]
  readonly #mintOf = new Map<string, string>()
  /** How many slots the endpoint that answers is behind. */
  lag_slots = 0

  constructor(lamports: bigint, units: ReadonlyMap<string, bigint>) {
    this.#history = [{ lamports, units }]
  }

  readonly rpc = {
    rentExemption: async (): Promise<bigint> => RENT,
    accountsAt: async (
      addresses: readonly string[],
      _commitment: string,
      { minContextSlot = 0 }: { readonly minContextSlot?: number } = {},
    ): Promise<AccountsAt> => {
      // Asked for more than it knows, it is asked again until it has caught up.
      for (let asked = 0; asked < 100 && this.slot - this.lag_slots < minContextSlot; asked++) {
        await this.turn()
        if (this.lag_slots > 0) this.lag_slots--
      }
      if (this.slot - this.lag_slots < minContextSlot) {
        throw new ForgeError('RPC_UNAVAILABLE', { message: 'Minimum context slot has not been reached' })
      }
      const slot = Math.max(0, this.slot - this.lag_slots)
      const accounts = addresses.map(each => this.#account(each, this.#history[slot]!))
      await this.turn()
      return { slot, accounts }
    },
  }

  get slot(): number {
    return this.#history.length - 1
  }

  turn(): Promise<void> {
    return new Promise(resolve => setImmediate(resolve))
  }

  held({ mint }: Token): bigint {
    const { lamports, units } = this.#history.at(-1)!
    return mint === SOL_MINT ? lamports : (units.get(mint) ?? 0n)
  }

  move(out: Amount, into: Amount, fee_lamports = 0n): void {
    const last = this.#history.at(-1)!
    const units = new Map(last.units)
    let lamports = last.lamports - fee_lamports
    for (const { token, units: change } of [{ ...out, units: -out.units }, into]) {
      if (token.mint === SOL_MINT) lamports += change
      else units.set(token.mint, (units.get(token.mint) ?? 0n) + change)
    }
    this.#history.push({ lamports, units })
  }

  portfolio(tokens: readonly Token[]): RunPortfolio {
    for (const token of tokens) this.#know(token)
    return {
      slot: this.slot,
      sol_lamports: String(this.#history.at(-1)!.lamports),
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

  #account(of: string, held: Held): Account {
    const data = new Uint8Array(165)
    const mint = this.#mintOf.get(of)
    if (mint !== undefined) new DataView(data.buffer).setBigUint64(64, held.units.get(mint) ?? 0n, true)
    const lamports = of === address ? held.lamports : RENT
    return { lamports, owner: OTHER, data, executable: false } as unknown as Account
  }
}
