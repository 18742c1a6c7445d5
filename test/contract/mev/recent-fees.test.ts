import { afterEach, describe, expect, it } from 'vitest'
import { limitFor, priorityFee_lamports } from '../../../core/chain/transaction/compute-budget.ts'
import type { Report } from '../../../core/events/report.ts'
import { type MevWorld, mevWorld } from './mev-world.ts'

const worlds: MevWorld[] = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map(made => made.close()))
})

/** A chain on which three swaps paid 20,000, 40,000 and 60,000 for the same pool. */
async function busyWorld(): Promise<MevWorld> {
  const here = await mevWorld()
  worlds.push(here)
  for (const price of [20_000n, 40_000n, 60_000n]) {
    const report = await here.trade(here.intent(`at ${price}`, '1 SOL', 'JSOL'), { priorityFee_microLamports: price })
    expect(report.state).toBe('filled')
  }
  return here
}

/** The price that a fill paid, in micro-lamports for each compute unit of its limit. */
function paid(report: Report): { price: (units: number) => bigint; used: number; lamports: bigint } {
  if (report.state !== 'filled') throw new Error(JSON.stringify(report))
  const { computeUnits: used, fees } = report.fill
  return {
    price: units => (fees.priority_lamports * 1_000_000n) / BigInt(units),
    used,
    lamports: fees.priority_lamports,
  }
}

describe('a priority fee that follows recent fees', () => {
  it('is the percentile of what was paid to write the same pool', async () => {
    const here = await busyWorld()
    for (const [percentile, price] of [
      [1, 20_000n],
      [50, 40_000n],
    ] as const) {
      const recentFees = { percentile, max_microLamports: 1_000_000n }
      const report = await here.trade(here.intent(`p${percentile}`, '1 SOL', 'JSOL'), { recentFees })
      const { used, lamports } = paid(report)
      expect(lamports).toBe(priorityFee_lamports(limitFor(used), price))
    }
  })

  it('is capped', async () => {
    const here = await busyWorld()
    const recentFees = { percentile: 99, max_microLamports: 30_000n }
    const { used, lamports } = paid(await here.trade(here.intent('capped', '1 SOL', 'JSOL'), { recentFees }))
    expect(lamports).toBe(priorityFee_lamports(limitFor(used), 30_000n))
  })
})
