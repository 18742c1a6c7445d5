import { afterEach, describe, expect, it } from 'vitest'
import type { Report } from '../../../core/events/report.ts'
import { formatUnits } from '../../../core/money/amount.ts'
import type { TradeOptions } from '../../../core/plugin/services.ts'
import { type MevWorld, mevWorld, PROTECTED } from './mev-world.ts'
import { SandwichAttacker } from './sandwich.ts'

const worlds: MevWorld[] = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map(world => world.close()))
})

/** 500 SOL into a pool of 50,000: enough to be worth attacking. */
const TRADE = ['500 SOL', 'JSOL'] as const
const BLIND_UNITS = 1_000_000_000_000n

interface Outcome {
  readonly report: Report
  readonly attacker: SandwichAttacker
  /** JSOL units short of the quote. */
  readonly loss: bigint
  readonly fee_lamports: bigint
}

async function attacked(title: string, size: 'careful' | bigint, options: Partial<TradeOptions>): Promise<Outcome> {
  const world = await mevWorld({ quotesMax: 1 })
  worlds.push(world)
  const attacker = new SandwichAttacker(world.localnet.ledger, size)
  world.onPublic = wire => attacker.watch(wire)
  const before = world.lamports(world.wallet)
  const report = await world.trade(world.intent('a', ...TRADE), options)
  const fill = report.state === 'filled' ? report.fill : undefined
  const loss = fill ? fill.quotedOutput.units - fill.output.units : 0n
  const paid = before - world.lamports(world.wallet) - (fill?.input.units ?? 0n)
  process.stdout.write(
    `  ${title.padEnd(44)} ${report.state.padEnd(7)} victim short of its quote by ${formatUnits(loss, 9).padStart(12)} JSOL, ` +
      `network costs ${formatUnits(paid, 9)} SOL; attacker wins ${formatUnits(attacker.profit, 9)} SOL in ${attacker.attacks} attacks\n`,
  )
  return { report, attacker, loss, fee_lamports: paid }
}

describe('a sandwich around 500 SOL into JSOL', () => {
  it('takes what a wide tolerance leaves it when the swap is public', async () => {
    const { report, attacker, loss } = await attacked('public, tolerance 500 bps', 'careful', { slippageBps: 500 })
    expect(report.state).toBe('filled')
    expect(attacker.attacks).toBe(1)
    expect(attacker.profit).toBeGreaterThan(10n * 10n ** 9n)
    const { quotedOutput, minimumOutput } = report.state === 'filled' ? report.fill : expect.fail()
    // All of the tolerance, to a few units.
    expect(quotedOutput.units - minimumOutput.units - loss).toBeLessThan(10n)
    expect(loss).toBeGreaterThan(0n)
  })

  it('takes no more than a tight minimum leaves it, which is a hundredth', async () => {
    const { report, loss } = await attacked('public, tolerance 5 bps, careful attacker', 'careful', { slippageBps: 5 })
    const { quotedOutput } = report.state === 'filled' ? report.fill : expect.fail()
    expect(Number(loss) / Number(quotedOutput.units)).toBeLessThanOrEqual(5 / 10_000)
  })

  it('makes a swap with a tight minimum fail, which costs its fee and nothing more', async () => {
    const { report, attacker, fee_lamports } = await attacked('public, tolerance 5 bps, blind attacker', BLIND_UNITS, {
      slippageBps: 5,
    })
    expect(report).toMatchObject({ state: 'failed', reason: { code: 'SLIPPAGE_EXCEEDED' } })
    expect(attacker.attacks).toBe(1)
    expect(attacker.profit).toBeLessThan(0n)
    expect(fee_lamports).toBeLessThan(20_000n)
  })

  it('sees nothing of a protected swap, even one with a wide tolerance', async () => {
    for (const size of ['careful', BLIND_UNITS] as const) {
      const { report, attacker, loss } = await attacked(`protected, tolerance 500 bps, ${size}`, size, {
        slippageBps: 500,
        protection: PROTECTED,
      })
      expect(report.state).toBe('filled')
      expect({ attacks: attacker.attacks, profit: attacker.profit, loss }).toEqual({ attacks: 0, profit: 0n, loss: 0n })
    }
  })
})
