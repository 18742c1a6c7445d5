import { formatUnits } from '../../../money/amount.ts'
import { bpsOf } from '../../../money/rounding.ts'
import type { LedgerPort } from '../../ledger-port.ts'
import { SWAP_PROGRAM_LABEL } from '../../program/swap-program.ts'
import { readReserves } from '../pool-reserves.ts'
import { LOCAL_TOKENS } from '../tokens.ts'
import { ApiError } from './api-error.ts'
import type { QuoteRequest } from './quote-request.ts'
import { bestRoute, findRoutes, priceImpact, type QuotedRoute } from './routes.ts'

/** The answer of `GET /quote`, with Jupiter's field names. Amounts are base units as text. */
export interface QuoteResponse {
  readonly inputMint: string
  readonly inAmount: string
  readonly outputMint: string
  readonly outAmount: string
  readonly otherAmountThreshold: string
  readonly swapMode: 'ExactIn' | 'ExactOut'
  readonly slippageBps: number
  readonly platformFee: null
  /** A fraction of 1, as decimal text: 0.01 is one percent. Pool fees are not in it. */
  readonly priceImpactPct: string
  readonly routePlan: readonly RoutePlanStep[]
  readonly contextSlot: number
  /** Seconds of chain time, which does not pass while a quote is made. */
  readonly timeTaken: number
}

interface RoutePlanStep {
  readonly swapInfo: {
    readonly ammKey: string
    readonly label: string
    readonly inputMint: string
    readonly outputMint: string
    readonly inAmount: string
    readonly outAmount: string
  }
  readonly percent: number
  readonly bps: number
}

/** The best route from the pools' state in this slot. @throws ApiError */
export function quote(ledger: LedgerPort, request: QuoteRequest): QuoteResponse {
  for (const mint of [request.inputMint, request.outputMint]) {
    if (!Object.values(LOCAL_TOKENS).some(token => token.mint === mint)) {
      throw new ApiError('TOKEN_NOT_TRADABLE', `The token ${mint} is not tradable`)
    }
  }
  if (request.inputMint === request.outputMint) {
    throw new ApiError('CIRCULAR_ARBITRAGE_IS_DISABLED', 'Input and output mints are not allowed to be equal')
  }
  const isWelcome = request.dexes?.has(SWAP_PROGRAM_LABEL) ?? true
  const pools = isWelcome && !request.excludeDexes.has(SWAP_PROGRAM_LABEL) ? readReserves(ledger) : []
  const routes = findRoutes(pools, request)
  if (routes.length === 0) throw new ApiError('NO_ROUTES_FOUND', 'No routes found')
  const best = bestRoute(routes, request.swapMode, request.amount)
  if (!best) throw new ApiError('COULD_NOT_FIND_ANY_ROUTE', 'Could not find any route')
  return {
    inputMint: request.inputMint,
    inAmount: String(best.amountIn),
    outputMint: request.outputMint,
    outAmount: String(best.amountOut),
    otherAmountThreshold: String(slippageLimit(request.swapMode, best.amountIn, best.amountOut, request.slippageBps)),
    swapMode: request.swapMode,
    slippageBps: request.slippageBps,
    platformFee: null,
    priceImpactPct: formatUnits(priceImpact(best), 12),
    routePlan: routePlan(best),
    contextSlot: ledger.slot(),
    timeTaken: 0,
  }
}

/** The least output (ExactIn) or the most input (ExactOut) that the slippage allows; rounded in the user's favour. */
export function slippageLimit(
  swapMode: 'ExactIn' | 'ExactOut',
  amountIn: bigint,
  amountOut: bigint,
  slippageBps: number,
): bigint {
  return swapMode === 'ExactIn'
    ? amountOut - bpsOf(amountOut, slippageBps, 'down')
    : amountIn + bpsOf(amountIn, slippageBps, 'down')
}

function routePlan(route: QuotedRoute): RoutePlanStep[] {
  return route.hops.map(hop => ({
    swapInfo: {
      ammKey: hop.reserves.pool.address,
      label: SWAP_PROGRAM_LABEL,
      inputMint: hop.inputMint,
      outputMint: hop.outputMint,
      inAmount: String(hop.quote.amountIn),
      outAmount: String(hop.quote.amountOut),
    },
    percent: 100,
    bps: 10_000,
  }))
}
