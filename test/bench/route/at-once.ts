import type { Token, Venue } from '../../../core/index.ts'
import { bareTrader } from './bare.ts'
import { type BenchWorld, benchWorld, real, TRADE } from './world.ts'

const UNITS = 20_000_000n
const TARGET = 0.7

/** Every third trade on each: Orca, Raydium, and the embedded market through its Jupiter API. */
function venueOf({ orca, raydium, jupiter }: BenchWorld, index: number): Venue {
  return [orca, raydium, jupiter][index % 3]!
}

/** So many trades at once over three venues; `trade` answers the signature. Answers trades a second. */
async function rate(
  trades: number,
  tradeWith: (world: BenchWorld) => (index: number) => Promise<string>,
): Promise<number> {
  const world = await benchWorld('virtual')
  const trade = tradeWith(world)
  // One on each venue first: pools are known then, as they are to a run that goes on.
  for (let index = 0; index < 3; index++) await world.drive(trade(index))
  const from_ms = real.wall_ms()
  const all = Array.from({ length: trades }, (_, index) => trade(index + 3))
  const signatures = await world.drive(Promise.all(all))
  const perSecond = trades / ((real.wall_ms() - from_ms) / 1_000)
  await proveOnce(world, signatures, trades)
  await world.close()
  return perSecond
}

/** On the chain there is a transaction for each trade and none besides, and what they took is what was to be spent. */
async function proveOnce(world: BenchWorld, signatures: readonly string[], trades: number): Promise<void> {
  const ask = async <T>(method: string, params: readonly unknown[]): Promise<T> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    return JSON.parse(await world.localnet.rpc(body)).result
  }
  const own = await ask<{ signature: string; err: unknown }[]>('getSignaturesForAddress', [
    world.wallet.publicKey,
    { limit: 1_000, commitment: 'confirmed' },
  ])
  const landed = own.filter(({ err }) => err === null).map(({ signature }) => signature)
  const once = new Set(signatures).size === trades && signatures.every(each => landed.includes(each))
  // Three more were made to warm up.
  if (!once || own.length !== trades + 3) throw new Error(`${own.length} transactions for ${trades} trades and 3`)
  const { mint } = world.cluster.tokens.find('USDC')
  const { value } = await ask<{
    value: { account: { data: { parsed: { info: { tokenAmount: { amount: string } } } } } }[]
  }>('getTokenAccountsByOwner', [world.wallet.publicKey, { mint }, { encoding: 'jsonParsed', commitment: 'confirmed' }])
  const left = BigInt(value[0]!.account.data.parsed.info.tokenAmount.amount)
  const spent = 10n ** 12n - left
  if (spent !== UNITS * BigInt(trades + 3)) throw new Error(`${spent} units spent`)
}

function ours(world: BenchWorld): (index: number) => Promise<string> {
  return async index => {
    const report = await world.trader.trade(world.intent(index, UNITS), venueOf(world, index), TRADE)
    if (report.state !== 'filled') throw new Error(`trade ${index}: ${JSON.stringify(report)}`)
    return report.fill.signature
  }
}

function bare(world: BenchWorld): (index: number) => Promise<string> {
  const trade = bareTrader(world)
  const sides: [Token, Token] = [world.cluster.tokens.find('USDC'), world.cluster.tokens.find('SOL')]
  return index => trade(venueOf(world, index), sides, UNITS)
}

/** @returns the lines to print, and whether the target was met */
export async function atOnce(trades: number, rounds: number): Promise<{ lines: readonly string[]; met: boolean }> {
  const lines: string[] = []
  const ratios: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const [theirs, mine] = [await rate(trades, bare), await rate(trades, ours)]
    ratios.push(mine / theirs)
    const ratio = (mine / theirs).toFixed(2)
    lines.push(`  round ${round}: bare ${theirs.toFixed(0)}/s, trader ${mine.toFixed(0)}/s, ratio ${ratio}`)
  }
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0
  return {
    met: median >= TARGET,
    lines: [
      `${trades} trades at once over orca, raydium and jupiter, each exactly once on the chain:`,
      ...lines,
      `  median ratio ${median.toFixed(2)} (to reach: ${TARGET})`,
    ],
  }
}
