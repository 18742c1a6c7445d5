import type { Address } from '@solana/kit'
import { SOL_MINT } from '../../../money/token.ts'
import { type PoolQuote, quoteExactIn, quoteExactOut } from '../../../routing/constant-product.ts'
import { type PoolReserves, sidesOf } from '../pool-reserves.ts'
import { LOCAL_TOKENS } from '../tokens.ts'

/** One pool in a direction. */
export interface RouteHop {
  readonly reserves: PoolReserves
  /** The side that the trade pays in. */
  readonly side: 'base' | 'quote'
  readonly inputMint: Address
  readonly outputMint: Address
}

/** A route with what each hop takes and gives. */
export interface QuotedRoute {
  readonly hops: readonly (RouteHop & { readonly quote: PoolQuote })[]
  readonly amountIn: bigint
  readonly amountOut: bigint
}

/** What routes may pass through while `restrictIntermediateTokens` is on. */
const INTERMEDIATE_MINTS: ReadonlySet<string> = new Set([SOL_MINT, LOCAL_TOKENS.USDC.mint])
/** Of the swap instruction, with its program: five, and four for each hop. */
const ACCOUNTS_FIXED = 5
const ACCOUNTS_PER_HOP = 4

/** Every route of one hop and, unless only direct ones are wanted, of two. */
export function findRoutes(
  pools: readonly PoolReserves[],
  wanted: {
    readonly inputMint: Address
    readonly outputMint: Address
    readonly onlyDirectRoutes: boolean
    readonly restrictIntermediateTokens: boolean
    readonly maxAccounts: number
  },
): RouteHop[][] {
  const edges = pools.flatMap(hopsOf)
  const starts = edges.filter(edge => edge.inputMint === wanted.inputMint)
  const routes: RouteHop[][] = []
  for (const first of starts) {
    if (first.outputMint === wanted.outputMint) {
      routes.push([first])
      continue
    }
    if (wanted.onlyDirectRoutes) continue
    if (wanted.restrictIntermediateTokens && !INTERMEDIATE_MINTS.has(first.outputMint)) continue
    for (const second of edges) {
      if (second.inputMint === first.outputMint && second.outputMint === wanted.outputMint) routes.push([first, second])
    }
  }
  return routes.filter(route => ACCOUNTS_FIXED + ACCOUNTS_PER_HOP * route.length <= wanted.maxAccounts)
}

/** The route that gives most (ExactIn) or costs least (ExactOut); the first of equals. */
export function bestRoute(
  routes: readonly (readonly RouteHop[])[],
  swapMode: 'ExactIn' | 'ExactOut',
  amount: bigint,
): QuotedRoute | undefined {
  let best: QuotedRoute | undefined
  for (const route of routes) {
    const quoted = swapMode === 'ExactIn' ? quoteForward(route, amount) : quoteBackward(route, amount)
    if (!quoted) continue
    const isBetter =
      !best || (swapMode === 'ExactIn' ? quoted.amountOut > best.amountOut : quoted.amountIn < best.amountIn)
    if (isBetter) best = quoted
  }
  return best
}

/**
 * How much worse the route's price is than its pools' mid prices, fees apart: a fraction of 1, times 10^12.
 * 1 - out ÷ (in × Π (1 - fee) × reserveOut ÷ reserveIn).
 */
export function priceImpact(route: QuotedRoute): bigint {
  let [ideal, divisor] = [route.amountIn, 1n]
  for (const { reserves, side } of route.hops) {
    const { reserveIn, reserveOut, feeBps } = sidesOf(reserves, side)
    ideal *= reserveOut * BigInt(10_000 - feeBps)
    divisor *= reserveIn * 10_000n
  }
  const lost = ideal - route.amountOut * divisor
  return lost > 0n ? (lost * 10n ** 12n) / ideal : 0n
}

function hopsOf(reserves: PoolReserves): RouteHop[] {
  const { base, quote } = reserves.pool
  return [
    { reserves, side: 'base', inputMint: base.mint, outputMint: quote.mint },
    { reserves, side: 'quote', inputMint: quote.mint, outputMint: base.mint },
  ]
}

function quoteForward(route: readonly RouteHop[], amountIn: bigint): QuotedRoute | undefined {
  const hops: QuotedRoute['hops'][number][] = []
  let amount = amountIn
  for (const hop of route) {
    const quote = quoteExactIn(sidesOf(hop.reserves, hop.side), amount)
    if (!quote) return undefined
    hops.push({ ...hop, quote })
    amount = quote.amountOut
  }
  return { hops, amountIn, amountOut: amount }
}

function quoteBackward(route: readonly RouteHop[], amountOut: bigint): QuotedRoute | undefined {
  const hops: QuotedRoute['hops'][number][] = []
  let amount = amountOut
  for (const hop of route.toReversed()) {
    const quote = quoteExactOut(sidesOf(hop.reserves, hop.side), amount)
    if (!quote) return undefined
    hops.unshift({ ...hop, quote })
    amount = quote.amountIn
  }
  return { hops, amountIn: amount, amountOut }
}
