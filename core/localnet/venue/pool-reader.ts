import { type Address, address } from '@solana/kit'
import type { Token } from '../../money/token.ts'
import type { AccountReader } from '../../plugin/services.ts'
import { decodePoolState, POOL_STATE_SIZE, type PoolState, vaultOwnerOf } from '../program/pool-state.ts'
import { LocalCurve } from './curve.ts'

/** Where the two mints stand in a pool's account (see `pool-state.ts`). */
const MINT_A_OFFSET = 16
const MINT_B_OFFSET = 48
/** In a token account, behind mint and owner. */
const AMOUNT_OFFSET = 64

interface KnownPool {
  readonly address: Address
  readonly vaultOwner: Address
  readonly state: PoolState
}

/** Finds the program's pools of a pair once, and reads their vaults each time: state and mints of a pool never change. */
export class PoolReader {
  readonly #accounts: AccountReader
  readonly #programId: string
  readonly #known = new Map<string, Promise<readonly KnownPool[]>>()

  constructor(accounts: AccountReader, programId: string) {
    this.#accounts = accounts
    this.#programId = programId
  }

  async curves(input: Token, output: Token, signal: AbortSignal): Promise<readonly LocalCurve[]> {
    const pools = await this.#pools(input.mint, output.mint, signal)
    if (pools.length === 0) return []
    const vaults = pools.flatMap(({ state }) => [state.vaultA, state.vaultB])
    const { slot, accounts } = await this.#accounts.many(vaults, signal)
    const held = accounts.map(account => (account ? amountIn(account.data) : 0n))
    return pools.map(({ address: pool, vaultOwner, state }, index) => {
      const isAToB = state.mintA === input.mint
      const [a, b] = [held[index * 2]!, held[index * 2 + 1]!]
      const hop = {
        pool,
        vaultOwner,
        vaultIn: isAToB ? state.vaultA : state.vaultB,
        vaultOut: isAToB ? state.vaultB : state.vaultA,
      }
      const reserves = { reserveIn: isAToB ? a : b, reserveOut: isAToB ? b : a, feeBps: state.feeBps }
      return new LocalCurve(hop, reserves, [input, output], slot)
    })
  }

  #pools(mint: string, other: string, signal: AbortSignal): Promise<readonly KnownPool[]> {
    const key = [mint, other].sort().join()
    const known = this.#known.get(key) ?? this.#find(mint, other, signal)
    this.#known.set(key, known)
    // A search that failed, or found none yet, is made again next time.
    known.then(
      pools => pools.length === 0 && this.#known.delete(key),
      () => this.#known.delete(key),
    )
    return known
  }

  async #find(mint: string, other: string, signal: AbortSignal): Promise<readonly KnownPool[]> {
    const search = (mintA: string, mintB: string): ReturnType<AccountReader['program']> =>
      this.#accounts.program(
        this.#programId,
        [
          { dataSize: POOL_STATE_SIZE },
          { memcmp: { offset: MINT_A_OFFSET, bytes: mintA } },
          { memcmp: { offset: MINT_B_OFFSET, bytes: mintB } },
        ],
        signal,
      )
    const found = await Promise.all([search(mint, other), search(other, mint)])
    return found
      .flatMap(({ accounts }) => accounts)
      .flatMap(account => {
        const state = decodePoolState(account.data)
        if (!state) return []
        const pool = address(account.address)
        const { address: vaultOwner } = vaultOwnerOf(pool, address(this.#programId))
        return [{ address: pool, vaultOwner, state }]
      })
      .toSorted((a, b) => a.state.feeBps - b.state.feeBps || (a.address < b.address ? -1 : 1))
  }
}

/** The amount of a token account. Source: SPL token `state::Account`. */
function amountIn(data: Uint8Array): bigint {
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getBigUint64(AMOUNT_OFFSET, true)
}
