import { PublicKey } from '@solana/web3.js'
import { ORCA_SUPPORTED_TICK_SPACINGS, PDAUtil, PoolUtil, SwapUtils, TICK_ARRAY_SIZE } from './sdk.ts'

/** The program and the configuration whose pools are traded. */
export interface OrcaPrograms {
  readonly whirlpool: string
  /** The WhirlpoolsConfig account: Orca's own on mainnet and devnet. */
  readonly config: string
}

/** Where Orca numbers its adaptive-fee tiers from: tier index = this + tick spacing. */
const ADAPTIVE_TIER_BASE = 1024

/** A tick array that a swap from the pool's price reads. */
export interface TickArrayPlace {
  readonly address: string
  readonly startTickIndex: number
}

/**
 * Derived addresses, each derived once: a derivation hashes and tests curve points and costs more than reading the
 * account's decoded form.
 */
export class OrcaAddresses {
  readonly programId: PublicKey
  readonly #config: PublicKey
  readonly #pools = new Map<string, readonly string[]>()
  readonly #oracles = new Map<string, string>()
  readonly #fallbacks = new Map<string, string | undefined>()
  readonly #tickArrays = new Map<string, readonly TickArrayPlace[]>()

  constructor(programs: OrcaPrograms) {
    this.programId = new PublicKey(programs.whirlpool)
    this.#config = new PublicKey(programs.config)
  }

  /** Where the pools of a pair are, if they exist: one for every fee tier, fixed and adaptive. */
  poolsOf(mint: string, otherMint: string): readonly string[] {
    const [a, b] = PoolUtil.orderMints(mint, otherMint).map(key => new PublicKey(key)) as [PublicKey, PublicKey]
    return once(this.#pools, `${a}/${b}`, () =>
      ORCA_SUPPORTED_TICK_SPACINGS.flatMap(spacing => [spacing, ADAPTIVE_TIER_BASE + spacing]).map(tier =>
        PDAUtil.getWhirlpool(this.programId, this.#config, a, b, tier).publicKey.toBase58(),
      ),
    )
  }

  oracleOf(pool: string): string {
    return once(this.#oracles, pool, () => PDAUtil.getOracle(this.programId, new PublicKey(pool)).publicKey.toBase58())
  }

  /** The arrays a swap may cross, in its order: three at most, fewer at the end of the price range. */
  tickArraysOf(pool: string, tick: number, tickSpacing: number, aToB: boolean): readonly TickArrayPlace[] {
    const span = tickSpacing * TICK_ARRAY_SIZE
    const first = Math.floor((aToB ? tick : tick + tickSpacing) / span) * span
    return once(this.#tickArrays, `${pool}/${first}/${aToB}`, () => {
      const keys = SwapUtils.getTickArrayPublicKeys(tick, tickSpacing, aToB, this.programId, new PublicKey(pool))
      return keys.map((key, index) => ({
        address: key.toBase58(),
        startTickIndex: first + (aToB ? -index : index) * span,
      }))
    })
  }

  /** The array just behind the first of those; undefined at the end of the price range. */
  fallbackOf(pool: string, places: readonly TickArrayPlace[], tickSpacing: number, aToB: boolean): string | undefined {
    const first = places[0]
    if (first === undefined) return undefined
    return once(this.#fallbacks, `${pool}/${first.startTickIndex}/${aToB}`, () =>
      SwapUtils.getFallbackTickArrayPublicKey(
        places.map(place => ({ ...place, address: new PublicKey(place.address), data: null })),
        tickSpacing,
        aToB,
        this.programId,
        new PublicKey(pool),
      )?.toBase58(),
    )
  }
}

function once<T>(known: Map<string, T>, key: string, derive: () => T): T {
  if (known.has(key)) return known.get(key) as T
  const value = derive()
  known.set(key, value)
  return value
}
