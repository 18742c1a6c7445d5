import { PublicKey } from '@solana/web3.js'
import BN from 'bn.js'
import type { PoolState } from './pool-state.ts'
import { SwapUtils, swapQuoteWithParams } from './sdk.ts'

/** A swap of a certain size on a certain state, in base units. */
export interface SwapResult {
  /** What leaves and reaches the wallet: transfer fees of the tokens are in both. */
  readonly amountIn: bigint
  readonly amountOut: bigint
  /** LP and protocol together, of the input. */
  readonly poolFee: bigint
  readonly transferFeeIn: bigint
  readonly transferFeeOut: bigint
  /** Three arrays to name in the instruction, and others it may need when the price moves before it lands. */
  readonly tickArrays: readonly [PublicKey, PublicKey, PublicKey]
  readonly supplementalTickArrays: readonly PublicKey[]
}

/** The venue computes the threshold itself; the SDK is asked for none. */
const NO_SLIPPAGE = { numerator: new BN(0), denominator: new BN(1) } as Parameters<typeof swapQuoteWithParams>[1]

/**
 * The program's result for an exact input or output, by the SDK's own arithmetic.
 *
 * @returns undefined when the pool has no route of that size: too few tick arrays or liquidity, nothing left after
 *   fees, a pool that is not open yet.
 */
export function computeSwap(state: PoolState, exact: 'in' | 'out', units: bigint): SwapResult | undefined {
  // Without a tick array ahead the price is at the end of its range.
  if (units <= 0n || state.tickArrays.length === 0) return undefined
  const { pool, aToB } = state
  const tickArrays = state.tickArrays.map(({ address, startTickIndex, data }) => ({
    address: new PublicKey(address),
    startTickIndex,
    data: data ?? null,
  }))
  const isInput = exact === 'in'
  const quote = orNoRoute(() =>
    swapQuoteWithParams(
      {
        whirlpoolData: pool,
        tokenAmount: new BN(units.toString()),
        otherAmountThreshold: SwapUtils.getDefaultOtherAmountThreshold(isInput),
        sqrtPriceLimit: SwapUtils.getDefaultSqrtPriceLimit(aToB),
        aToB,
        amountSpecifiedIsInput: isInput,
        tickArrays,
        oracleData: state.oracle ?? null,
        // The array behind, for a price that has moved back across an edge before the swap lands.
        ...(state.fallbackTickArray === undefined ? {} : { fallbackTickArray: new PublicKey(state.fallbackTickArray) }),
        tokenExtensionCtx: {
          currentEpoch: Number(state.time.epoch),
          tokenMintWithProgramA: state.mintA,
          tokenMintWithProgramB: state.mintB,
        },
        timestampInSeconds: new BN(state.time.unix_s.toString()),
      },
      NO_SLIPPAGE,
    ),
  )
  if (quote === undefined) return undefined
  const amountIn = BigInt(quote.estimatedAmountIn.toString())
  const amountOut = BigInt(quote.estimatedAmountOut.toString())
  // At the end of the price range the SDK answers with what it could fill; a part is not the size that was asked for.
  if ((isInput ? amountIn : amountOut) !== units || amountOut === 0n) return undefined
  return {
    amountIn,
    amountOut,
    poolFee: BigInt(quote.estimatedFeeAmount.toString()),
    transferFeeIn: BigInt(quote.transferFee.deductingFromEstimatedAmountIn.toString()),
    transferFeeOut: BigInt(quote.transferFee.deductedFromEstimatedAmountOut.toString()),
    tickArrays: [quote.tickArray0, quote.tickArray1, quote.tickArray2],
    supplementalTickArrays: quote.supplementalTickArrays ?? [],
  }
}

/**
 * The SDK throws for sizes it can not fill: its own error with a code, bn.js's failed assertion for a number below
 * zero, and a plain error when a transfer fee passes 2^64. Anything else is a defect and goes on.
 */
function orNoRoute<T>(compute: () => T): T | undefined {
  try {
    return compute()
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown
    const isNoRoute =
      'errorCode' in thrown ||
      thrown.message === 'Assertion failed' ||
      thrown.message === 'The total amount and fees overflow'
    if (isNoRoute) return undefined
    throw thrown
  }
}
