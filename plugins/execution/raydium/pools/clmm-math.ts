import { MAX_SQRT_PRICE_X64, MIN_SQRT_PRICE_X64, PoolUtil, swapInternal } from '@raydium-io/raydium-sdk-v2'
import type { PublicKey } from '@solana/web3.js'
import BN from 'bn.js'
import type { ClmmFacts, ClmmTickArray } from './clmm-state.ts'
import { bn, fromBn } from './units.ts'

export interface ClmmTrade {
  /** The other side of what was specified, with the pool's fee in it. */
  readonly calculated: bigint
  readonly fee: bigint
  /** To name in the instruction, in a swap's order: those crossed, and one neighbour on either side in case the price moves first. */
  readonly tickArrays: readonly PublicKey[]
}

/** Pools may take their fee from one token always; else it is taken from what goes in. */
export function isClmmFeeOnInput({ pool, zeroForOne }: ClmmFacts): boolean {
  return PoolUtil.isFeeOnInput(pool.feeOn, zeroForOne)
}

/** The SDK's arithmetic for one swap; undefined when the pool has no route of that size. */
export function computeClmmSwap(facts: ClmmFacts, exact: 'in' | 'out', specified: bigint): ClmmTrade | undefined {
  if (specified <= 0n) return undefined
  const result = orNoRoute(() =>
    swapInternal({
      programId: facts.program,
      poolId: facts.poolId,
      // The simulation writes into the dynamic fee and into ticks with limit orders: it gets copies of those.
      poolInfo: { ...facts.pool, dynamicFeeInfo: { ...facts.pool.dynamicFeeInfo } },
      tickArrays: facts.tickArrays.map(withOwnOrders),
      configInfo: facts.config,
      tickarrayBitmapExtension: facts.bitmapExtension,
      amountSpecified: bn(specified),
      sqrtPriceLimitX64: new BN(0),
      zeroForOne: facts.zeroForOne,
      isBaseInput: exact === 'in',
      blockTimestamp: Number(facts.unix_s),
      // The neighbours are named below: the simulation would derive their addresses anew for every size.
      includeExtraTickArrays: false,
    }),
  )
  if (result === undefined || !result.allTrade) return undefined
  // At the end of the price range it says that all was traded even when a part was.
  const end = facts.zeroForOne ? fromBn(MIN_SQRT_PRICE_X64) + 1n : fromBn(MAX_SQRT_PRICE_X64) - 1n
  const calculated = fromBn(result.amountCalculated)
  if (fromBn(result.sqrtPriceX64) === end || calculated <= 0n) return undefined
  const crossed = facts.tickArrays.slice(0, result.accounts.length + 1).map(({ address }) => address)
  return { calculated, fee: fromBn(result.feeAmount), tickArrays: [...facts.behind, ...crossed] }
}

function withOwnOrders({ address, value }: ClmmTickArray): ClmmTickArray {
  const hasOrders = (tick: (typeof value.ticks)[number]): boolean =>
    !tick.ordersAmount.isZero() || !tick.partFilledOrdersRemaining.isZero()
  if (!value.ticks.some(hasOrders)) return { address, value }
  return { address, value: { ...value, ticks: value.ticks.map(tick => (hasOrders(tick) ? { ...tick } : tick)) } }
}

/** What the arithmetic throws for numbers that a pool can not reach, from bn.js and from the SDK. */
const BEYOND_THE_POOL = [
  'Assertion failed',
  'Insufficient liquidity for token0 removal',
  'MaxTokenOverflow',
  'SqrtPriceX64',
  'Subtraction underflow',
  'U128 multiplication overflow',
  '!result.sqrtPriceNextX64.gte(sqrtPriceTargetX64)',
  '!sqrtPriceTargetX64.gte(result.sqrtPriceNextX64)',
]

function orNoRoute<T>(compute: () => T): T | undefined {
  try {
    return compute()
  } catch (thrown) {
    if (thrown instanceof Error && BEYOND_THE_POOL.includes(thrown.message)) return undefined
    throw thrown
  }
}
