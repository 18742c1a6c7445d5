import { getTransferHook } from '@solana/spl-token'
import { PublicKey } from '@solana/web3.js'
import { type AccountReader, type ChainAccount, CLOCK_ADDRESS, type Clock, readChainTime } from '../../../core/index.ts'
import type { OrcaAddresses } from './addresses.ts'
import { Decoder } from './decode.ts'
import type { PoolState } from './pool-state.ts'
import { PoolUtil } from './sdk.ts'

/** How long a pair's list of pools is believed: new pools are rare, and one missed for minutes costs little. */
const POOLS_KEPT_MS = 10 * 60_000
/** A pool whose price runs from array to array while we read is given up after so many rounds. */
const ROUNDS_MAX = 3

interface KnownPool {
  readonly address: string
  /** Where the price was when last seen: the next read asks for the arrays around it at once. */
  readonly tick: number
  readonly tickSpacing: number
}

/**
 * Reads every pool of a pair with all a swap needs. The first time that takes two rounds (which pools there are, then
 * their tick arrays), later one, unless a price has left its tick array meanwhile.
 */
export class PoolReader {
  readonly #accounts: AccountReader
  readonly #clock: Clock
  readonly #addresses: OrcaAddresses
  readonly #decoder: Decoder
  readonly #known = new Map<string, { readonly at_ms: number; readonly pools: readonly KnownPool[] }>()

  constructor(accounts: AccountReader, clock: Clock, addresses: OrcaAddresses) {
    this.#accounts = accounts
    this.#clock = clock
    this.#addresses = addresses
    this.#decoder = new Decoder(addresses.programId.toBase58())
  }

  /** Every pool that trades `inputMint` for `outputMint`; their state is fresh, and each is of one slot or newer. */
  async read(inputMint: string, outputMint: string, signal: AbortSignal): Promise<readonly PoolState[]> {
    const [mintA, mintB] = PoolUtil.orderMints(inputMint, outputMint).map(String) as [string, string]
    const aToB = inputMint === mintA
    const pair = `${mintA}/${mintB}`
    const kept = this.#known.get(pair)
    const isKnown = kept !== undefined && kept.pools.length > 0 && this.#clock.now() - kept.at_ms < POOLS_KEPT_MS
    const at_ms = isKnown ? kept.at_ms : this.#clock.now()
    let pools = isKnown ? kept.pools : undefined
    for (let round = 1; ; round++) {
      const batch = await this.#batch(mintA, mintB, pools, aToB, signal)
      const found = (pools?.map(pool => pool.address) ?? this.#addresses.poolsOf(mintA, mintB)).flatMap(address => {
        const pool = this.#decoder.whirlpool(batch.get(address))
        return pool === undefined ? [] : [{ address, pool }]
      })
      pools = found.map(({ address, pool }) => ({
        address,
        tick: pool.tickCurrentIndex,
        tickSpacing: pool.tickSpacing,
      }))
      this.#known.set(pair, { at_ms, pools })
      const states = found.map(({ address, pool }) => this.#state(address, pool, aToB, batch))
      const complete = states.filter(state => state !== undefined)
      if (complete.length === states.length || round === ROUNDS_MAX) return complete.filter(isTradable)
    }
  }

  async #batch(
    mintA: string,
    mintB: string,
    pools: readonly KnownPool[] | undefined,
    aToB: boolean,
    signal: AbortSignal,
  ): Promise<Batch> {
    const ofPools =
      pools?.flatMap(({ address, tick, tickSpacing }) => [
        address,
        this.#addresses.oracleOf(address),
        ...this.#addresses.tickArraysOf(address, tick, tickSpacing, aToB).map(place => place.address),
      ]) ?? this.#addresses.poolsOf(mintA, mintB)
    const asked = [CLOCK_ADDRESS, mintA, mintB, ...ofPools]
    const { slot, accounts } = await this.#accounts.many(asked, signal)
    return new Batch(slot, new Map(asked.map((address, index) => [address, accounts[index]])))
  }

  /** undefined when the batch lacks what the pool's price needs now. */
  #state(address: string, pool: WhirlpoolDataOf, aToB: boolean, batch: Batch): PoolState | undefined {
    const places = this.#addresses.tickArraysOf(address, pool.tickCurrentIndex, pool.tickSpacing, aToB)
    const oracleAddress = this.#addresses.oracleOf(address)
    if (!batch.has(oracleAddress) || places.some(place => !batch.has(place.address))) return undefined
    const mintA = this.#decoder.mint(batch.get(pool.tokenMintA.toBase58()))
    const mintB = this.#decoder.mint(batch.get(pool.tokenMintB.toBase58()))
    if (mintA === undefined || mintB === undefined) return undefined
    return {
      address,
      pool,
      aToB,
      tickArrays: places.map(place => ({ ...place, data: this.#decoder.tickArray(batch.get(place.address)) })),
      fallbackTickArray: this.#addresses.fallbackOf(address, places, pool.tickSpacing, aToB),
      oracle: this.#decoder.oracle(batch.get(oracleAddress)),
      oracleAddress,
      mintA,
      mintB,
      time: readChainTime(batch.get(CLOCK_ADDRESS)),
      slot: batch.slot,
    }
  }
}

type WhirlpoolDataOf = NonNullable<ReturnType<Decoder['whirlpool']>>

class Batch {
  readonly slot: number
  readonly #accounts: ReadonlyMap<string, ChainAccount | undefined>

  constructor(slot: number, accounts: ReadonlyMap<string, ChainAccount | undefined>) {
    this.slot = slot
    this.#accounts = accounts
  }

  has(address: string): boolean {
    return this.#accounts.has(address)
  }

  get(address: string): ChainAccount | undefined {
    return this.#accounts.get(address)
  }
}

/**
 * A transfer hook runs a third program within the swap, with accounts that only that program knows: such pools are
 * left out rather than traded blindly. A pool whose fee needs an oracle that is not there can not be quoted.
 */
function isTradable(state: PoolState): boolean {
  const hasHook = [state.mintA, state.mintB].some(
    mint => !(getTransferHook(mint)?.programId ?? PublicKey.default).equals(PublicKey.default),
  )
  return !hasHook && PoolUtil.isInitializedWithAdaptiveFee(state.pool) === (state.oracle !== undefined)
}
