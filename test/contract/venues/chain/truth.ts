import type { Keypair } from '@solana/web3.js'
import { expect } from 'vitest'
import type { PoolVenue, Quote, Token } from '../../../../core/index.ts'
import { seededRandom } from '../../../../core/time/random.ts'
import { programHash } from './programs.ts'
import type { Executed, TestChain } from './test-chain.ts'

/** Counts proven cases by pool type and direction, and says them with the programs' hashes. */
export class CaseBook {
  readonly #counts = new Map<string, number>()
  #computeUnits = 0

  count(poolType: string, direction: string, exact: 'in' | 'out', computeUnits: number): void {
    const key = `${poolType}, ${direction}, exact ${exact}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    this.#computeUnits = Math.max(this.#computeUnits, computeUnits)
  }

  print(title: string, programs: readonly string[]): void {
    const lines = [...this.#counts].map(([key, count]) => `  ${key}: ${count} cases`)
    const hashes = programs.map(program => `  ${program} sha256 ${programHash(program)}`)
    const units = `  at most ${this.#computeUnits} compute units, setup and cleanup included`
    process.stdout.write(`${[title, ...lines, units, ...hashes].join('\n')}\n`)
  }
}

export const NEVER = new AbortController().signal

/** The sides of a trade, there and back. */
export const bothWays = (one: Token, two: Token): readonly (readonly [Token, Token])[] => [
  [one, two],
  [two, one],
]

export interface Trader {
  readonly chain: TestChain
  readonly venue: PoolVenue
  readonly wallet: Keypair
  readonly book: CaseBook
}

/** Quotes, executes exactly what was quoted without any slippage allowed, and compares to the unit. */
export async function proveSwap(
  { chain, venue, wallet, book }: Trader,
  poolType: string,
  [input, output]: readonly [Token, Token],
  exact: 'in' | 'out',
  units: bigint,
  pool?: string,
): Promise<Quote & { readonly executed: Executed }> {
  const amount = { token: exact === 'in' ? input : output, units }
  const request = { input, output, amount, exact, slippageBps: 0 } as const
  const quote =
    pool === undefined
      ? await venue.quote(request, NEVER)
      : (await venue.pools(input, output, NEVER)).find(curve => curve.address === pool)?.quote(request)
  if (quote === undefined)
    throw new Error(`no route for ${units} of ${input.symbol} to ${output.symbol}, exact ${exact}`)
  const plan = await venue.plan(quote, wallet.publicKey.toBase58(), NEVER)
  const executed = chain.execute(plan, wallet, input, output)
  expect({ in: executed.amountIn, out: executed.amountOut }).toEqual({ in: quote.input.units, out: quote.output.units })
  book.count(poolType, `${input.symbol}→${output.symbol}`, exact, executed.computeUnits)
  return { ...quote, executed }
}

/**
 * Many swaps one after another on a moving pool: direction, exactness and size by chance, sizes even over all
 * magnitudes up to `largest`. Dust that has no route is passed over; most have one.
 */
export async function proveScattered(
  trader: Trader,
  poolType: string,
  pair: readonly [Token, Token],
  largest: bigint,
  count = 60,
): Promise<void> {
  const random = seededRandom(poolType)
  let proven = 0
  for (let index = 0; index < count; index++) {
    const sides = random.next() < 0.5 ? pair : ([pair[1], pair[0]] as const)
    const exact = random.next() < 0.5 ? 'in' : 'out'
    const units = BigInt(Math.ceil(Number(largest) ** random.next()))
    const amount = { token: exact === 'in' ? sides[0] : sides[1], units }
    const request = { input: sides[0], output: sides[1], amount, exact, slippageBps: 0 } as const
    if ((await trader.venue.quote(request, NEVER)) === undefined) continue
    await proveSwap(trader, poolType, sides, exact, units)
    proven++
  }
  expect(proven).toBeGreaterThan(count * 0.7)
}
