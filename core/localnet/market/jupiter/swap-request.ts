import type { Address } from '@solana/kit'
import { SOL_MINT } from '../../../money/token.ts'
import { HOPS_MAX } from '../../program/instructions.ts'
import { type MarketPool, marketPools } from '../pools.ts'
import { ApiError, invalid } from './api-error.ts'
import {
  addressField,
  flagField,
  optionalAddressField,
  recordField,
  swapModeField,
  unitsField,
  wholeField,
} from './fields.ts'

/** What `POST /swap` and `/swap-instructions` were asked. The priority fee is read apart, from the same body. */
export interface SwapRequest {
  readonly body: Readonly<Record<string, unknown>>
  readonly user: Address
  /** Pays the transaction fee and the rent of new accounts. */
  readonly payer: Address
  readonly wrapAndUnwrapSol: boolean
  readonly asLegacyTransaction: boolean
  readonly dynamicComputeUnitLimit: boolean
  readonly destinationTokenAccount: Address | undefined
  readonly nativeDestinationAccount: Address | undefined
  readonly quote: QuotedSwap
}

/** What of a quote a swap is built from. */
export interface QuotedSwap {
  readonly inputMint: Address
  readonly outputMint: Address
  readonly amountIn: bigint
  readonly amountOut: bigint
  readonly swapMode: 'ExactIn' | 'ExactOut'
  readonly slippageBps: number
  readonly hops: readonly { readonly pool: MarketPool; readonly side: 'base' | 'quote' }[]
}

/** Fields of the real API that the embedded one can't honour: better refused than ignored. */
const NOT_SUPPORTED = ['feeAccount', 'trackingAccount', 'blockhashSlotsToExpiry', 'programAuthorityId'] as const
const NOT_SUPPORTED_FLAGS = ['dynamicSlippage', 'useTokenLedger'] as const
/** They can't change anything here: no route has intermediate accounts, and no account is looked up. */
const WITHOUT_EFFECT = [
  'useSharedAccounts',
  'skipUserAccountsRpcCalls',
  'allowOptimizedWrappedSolTokenAccount',
] as const

/** @throws ApiError */
export function parseSwapRequest(json: unknown): SwapRequest {
  const body = recordField(json, 'the body')
  for (const field of NOT_SUPPORTED) {
    if (body[field] !== undefined && body[field] !== null) {
      throw new ApiError('NOT_SUPPORTED', `${field} is not supported by the embedded market`)
    }
  }
  for (const field of NOT_SUPPORTED_FLAGS) {
    if (flagField(body[field], field, false))
      throw new ApiError('NOT_SUPPORTED', `${field} is not supported by the embedded market`)
  }
  for (const field of WITHOUT_EFFECT) flagField(body[field], field, false)
  const user = addressField(body['userPublicKey'], 'userPublicKey')
  const quote = parseQuotedSwap(body['quoteResponse'])
  const destinationTokenAccount = optionalAddressField(body['destinationTokenAccount'], 'destinationTokenAccount')
  const nativeDestinationAccount = optionalAddressField(body['nativeDestinationAccount'], 'nativeDestinationAccount')
  const wrapAndUnwrapSol = flagField(body['wrapAndUnwrapSol'], 'wrapAndUnwrapSol', true)
  if (nativeDestinationAccount && (destinationTokenAccount || !wrapAndUnwrapSol || quote.outputMint !== SOL_MINT)) {
    throw new ApiError(
      'INVALID_REQUEST',
      'nativeDestinationAccount needs SOL as output, wrapAndUnwrapSol, and no destinationTokenAccount',
    )
  }
  return {
    body,
    user,
    payer: optionalAddressField(body['payer'], 'payer') ?? user,
    wrapAndUnwrapSol,
    asLegacyTransaction: flagField(body['asLegacyTransaction'], 'asLegacyTransaction', false),
    dynamicComputeUnitLimit: flagField(body['dynamicComputeUnitLimit'], 'dynamicComputeUnitLimit', false),
    destinationTokenAccount,
    nativeDestinationAccount,
    quote,
  }
}

function parseQuotedSwap(json: unknown): QuotedSwap {
  const quote = recordField(json, 'quoteResponse')
  const plan = quote['routePlan']
  if (!Array.isArray(plan) || plan.length === 0 || plan.length > HOPS_MAX) {
    throw invalid('quoteResponse.routePlan', `a list of 1 to ${HOPS_MAX} steps`)
  }
  const inputMint = addressField(quote['inputMint'], 'quoteResponse.inputMint')
  const outputMint = addressField(quote['outputMint'], 'quoteResponse.outputMint')
  let mint = inputMint
  const hops = plan.map((step: unknown) => {
    const info = recordField(recordField(step, 'a step of routePlan')['swapInfo'], 'swapInfo')
    const ammKey = addressField(info['ammKey'], 'swapInfo.ammKey')
    const pool = marketPools().find(each => each.address === ammKey)
    if (!pool) throw new ApiError('MARKET_NOT_FOUND', `Market ${ammKey} not found`)
    if (mint !== pool.base.mint && mint !== pool.quote.mint) throw invalid('routePlan', 'hops that follow each other')
    const side = mint === pool.base.mint ? ('base' as const) : ('quote' as const)
    mint = side === 'base' ? pool.quote.mint : pool.base.mint
    return { pool, side }
  })
  if (mint !== outputMint) throw invalid('routePlan', 'a route that ends in outputMint')
  return {
    inputMint,
    outputMint,
    amountIn: unitsField(quote['inAmount'], 'quoteResponse.inAmount'),
    amountOut: unitsField(quote['outAmount'], 'quoteResponse.outAmount'),
    swapMode: swapModeField(quote['swapMode']),
    slippageBps: wholeField(quote['slippageBps'], 'quoteResponse.slippageBps', { min: 0, max: 10_000 }),
    hops,
  }
}
