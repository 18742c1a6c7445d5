import { LOCAL_TOKENS } from '../../../core/localnet/market/tokens.ts'
import { bareBuyer } from '../trade/bare.ts'
import type { Stop } from './prices.ts'
import { type BenchChain, SEED } from './world.ts'

/**
 * What somebody would write without us: a list of stops that each price goes through, and a swap by the usual packages
 * for each that it fires. Nothing is kept, nothing is checked, nothing is sent twice.
 *
 * @param sent called with each send, before it
 * @returns takes a price; answers the swaps that it fired
 */
export function bareStops(
  chain: Pick<BenchChain, 'rpcUrl' | 'fetch' | 'clock'>,
  stops: readonly Stop[],
  sent: () => void,
): (price: number) => Promise<void>[] {
  const fetch: BenchChain['fetch'] = (input, init) => {
    if (typeof init?.body === 'string' && init.body.includes('"sendTransaction"')) sent()
    return chain.fetch(input, init)
  }
  const sell = bareBuyer({ rpcUrl: chain.rpcUrl, fetch }, chain.clock, SEED, 2_000)
  const waiting = stops.map(({ price, lamports }) => ({ price: Number(price), lamports, isOver: false }))
  return price =>
    waiting.flatMap(stop => {
      if (stop.isOver || price > stop.price) return []
      stop.isOver = true
      return [sell(LOCAL_TOKENS.SOL.mint, LOCAL_TOKENS.USDC.mint, stop.lamports)]
    })
}
