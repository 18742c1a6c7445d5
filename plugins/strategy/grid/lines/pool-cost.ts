import {
  type Amount,
  amountOf,
  formatAmount,
  messageOf,
  type Pair,
  type Venue,
  type VenueService,
} from '../../../../core/index.ts'
import type { PoolCost } from './costs.ts'

/** The configured assumption, named as one. */
export function assumedCost(feeBps: number): PoolCost {
  return { bps: feeBps, source: 'feeBps, assumed' }
}

/**
 * What one trade of a size loses on a venue: half of what is missing after buying and selling again. Falls back to the
 * assumption where the venue can not be asked, and says so.
 */
export async function quotedCost(
  venues: VenueService | undefined,
  name: string,
  pair: Pair,
  size: Amount,
  feeBps: number,
  signal: AbortSignal,
): Promise<PoolCost> {
  const assumed = (why: string): PoolCost => ({ bps: feeBps, source: `feeBps, assumed: ${why}` })
  if (!venues) return assumed(`this run has no chain to ask ${name} on`)
  try {
    const venue = await venues.open(name)
    const back = await thereAndBack(venue, pair, size, signal)
    if (back === undefined || back === 0n) return assumed(`${name} has no route for ${formatAmount(size)}`)
    const lost = size.units > back ? size.units - back : 0n
    return {
      bps: Number((lost * 1_000_000n) / size.units) / 200,
      source: `quoted by ${name} for ${formatAmount(size)}`,
    }
  } catch (thrown) {
    signal.throwIfAborted()
    return assumed(`${name} can not be asked: ${messageOf(thrown)}`)
  }
}

async function thereAndBack(venue: Venue, pair: Pair, size: Amount, signal: AbortSignal): Promise<bigint | undefined> {
  const ask = async (amount: Amount): Promise<bigint | undefined> => {
    const output = amount.token === pair.base ? pair.quote : pair.base
    const request = { input: amount.token, output, amount, exact: 'in', slippageBps: 1 } as const
    return (await venue.quote(request, signal))?.output.units
  }
  const base = await ask(amountOf(pair.quote, size.units))
  return base === undefined || base === 0n ? undefined : ask(amountOf(pair.base, base))
}
