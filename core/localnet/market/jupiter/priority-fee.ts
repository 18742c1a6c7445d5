import { ApiError, invalid } from './api-error.ts'
import { recordField, wholeField } from './fields.ts'

/** What a swap request pays for going first. */
export interface PriorityFee {
  readonly computeUnitPrice_microLamports: bigint
  /** A transfer of its own, in place of a price. */
  readonly tip_lamports: bigint
  /** What it comes to in total. */
  readonly total_lamports: bigint
}

/** The embedded chain is never congested, so levels are fixed prices of a compute unit, in micro-lamports. */
const LEVEL_PRICES: ReadonlyMap<unknown, bigint> = new Map([
  ['low', 100n],
  ['medium', 1_000n],
  ['high', 10_000n],
  ['veryHigh', 100_000n],
  ['max', 1_000_000n],
])
/** The price of `medium`. */
const AUTO_PRICE = 1_000n
/** Jupiter caps `auto` at 0.005 SOL. */
const AUTO_LAMPORTS_MAX = 5_000_000n
const MICRO = 1_000_000n
const NUMBER = { min: 0, max: Number.MAX_SAFE_INTEGER }

/**
 * Reads every form of `prioritizationFeeLamports` (a number, `auto`, `disabled`, a level with a maximum, a multiple of
 * auto, a Jito tip) and `computeUnitPriceMicroLamports`; without either there is none.
 *
 * @throws ApiError
 */
export function parsePriorityFee(body: Readonly<Record<string, unknown>>, computeUnitLimit: number): PriorityFee {
  const limit = BigInt(computeUnitLimit)
  const { prioritizationFeeLamports: fee, computeUnitPriceMicroLamports: price } = body
  if (price !== undefined && price !== null) {
    if (fee !== undefined && fee !== null) {
      throw new ApiError(
        'INVALID_REQUEST',
        'prioritizationFeeLamports and computeUnitPriceMicroLamports exclude each other',
      )
    }
    return price === 'auto'
      ? priced(AUTO_PRICE, limit, AUTO_LAMPORTS_MAX)
      : priced(BigInt(wholeField(price, 'computeUnitPriceMicroLamports', NUMBER)), limit)
  }
  if (fee === undefined || fee === null || fee === 'disabled') return priced(0n, limit)
  if (fee === 'auto') return priced(AUTO_PRICE, limit, AUTO_LAMPORTS_MAX)
  if (typeof fee !== 'object') {
    const lamports = BigInt(wholeField(fee, 'prioritizationFeeLamports', NUMBER))
    return priced((lamports * MICRO) / limit, limit)
  }
  return parseObject(recordField(fee, 'prioritizationFeeLamports'), limit)
}

function parseObject(fee: Readonly<Record<string, unknown>>, limit: bigint): PriorityFee {
  if ('jitoTipLamports' in fee) {
    const tip = BigInt(wholeField(fee['jitoTipLamports'], 'jitoTipLamports', NUMBER))
    return { computeUnitPrice_microLamports: 0n, tip_lamports: tip, total_lamports: tip }
  }
  if ('autoMultiplier' in fee) {
    const multiplier = BigInt(wholeField(fee['autoMultiplier'], 'autoMultiplier', { min: 1, max: 100 }))
    return priced(AUTO_PRICE * multiplier, limit, AUTO_LAMPORTS_MAX)
  }
  if ('priorityLevelWithMaxLamports' in fee) {
    const level = recordField(fee['priorityLevelWithMaxLamports'], 'priorityLevelWithMaxLamports')
    const price = LEVEL_PRICES.get(level['priorityLevel'])
    if (price === undefined) throw invalid('priorityLevel', `one of ${[...LEVEL_PRICES.keys()].join(', ')}`)
    return priced(price, limit, BigInt(wholeField(level['maxLamports'], 'maxLamports', NUMBER)))
  }
  throw invalid('prioritizationFeeLamports', 'a number, auto, disabled, or one of its objects')
}

/** The price, lowered until the fee on the whole limit stays within the maximum. */
function priced(price: bigint, limit: bigint, lamports_max?: bigint): PriorityFee {
  const capped =
    lamports_max !== undefined && price * limit > lamports_max * MICRO ? (lamports_max * MICRO) / limit : price
  const total = (capped * limit + MICRO - 1n) / MICRO
  return { computeUnitPrice_microLamports: capped, tip_lamports: 0n, total_lamports: total }
}
