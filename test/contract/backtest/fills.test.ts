import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FillChoice } from '../../../core/backtest/fills/create-fill-model.ts'
import { SimulatedPool } from '../../../core/backtest/fills/simulated-pool.ts'
import type { IntentEvent, PriceEvent } from '../../../core/events/event.ts'
import type { Report } from '../../../core/events/report.ts'
import { parsePrice } from '../../../core/money/price.ts'
import { BAR_MS, backtest, barsOf, buy, PAIR, POOL, pipelineOf, START_MS, sell, strategyOf, walkOf } from './toys.ts'

type Step = (event: PriceEvent, at: number) => IntentEvent | undefined

/** Gives what each bar's number says, and keeps the reports. */
function script(steps: Readonly<Record<number, Step>>, reports: Report[] = []) {
  let count = 0
  return strategyOf(({ clock }) => ({
    process: event => steps[count++]?.(event as PriceEvent, clock.now()),
    onReport: report => void reports.push(report),
  }))
}

const SOL_1 = 10n ** 9n
const flat = (price: number, count: number) =>
  Array.from({ length: count }, () => [price, price, price, price] as const)
const stopAt = (price: string): Pick<IntentEvent, 'trigger'> => ({
  trigger: { price: parsePrice(price, PAIR), when: 'at-or-below' },
})
const targetAt = (price: string): Pick<IntentEvent, 'trigger'> => ({
  trigger: { price: parsePrice(price, PAIR), when: 'at-or-above' },
})
const withSol = {
  capital: [
    { token: PAIR.base, units: 10n * SOL_1 },
    { token: PAIR.quote, units: 10n ** 10n },
  ],
}

describe('fills by bars', () => {
  it('are at the open of the next bar, whatever the close was that decided', async () => {
    const bars = barsOf([
      [100, 101, 99, 101],
      [90, 95, 85, 95],
      [95, 95, 95, 95],
    ])
    const { fills } = await backtest(pipelineOf(script({ 0: (_event, at) => buy(at, 'a', 900n) })), bars)
    expect(fills).toHaveLength(1)
    expect(fills[0]!.fill).toMatchObject({ at: START_MS + BAR_MS, output: { units: 10n * SOL_1 }, venue: 'exchange' })
  })

  it('of what guards a holding are of what is there of it, and say so', async () => {
    const bars = barsOf(flat(100, 4))
    const reports: Report[] = []
    const guards = { upTo: true } as const
    const steps = { 0: (_event: PriceEvent, at: number) => sell(at, 'guards', 11n * SOL_1, guards) }
    const { fills } = await backtest(pipelineOf(script(steps, reports)), bars, withSol)
    expect(fills.map(({ fill }) => fill.input.units)).toEqual([10n * SOL_1])
    const short = '10 SOL were traded instead of 11 SOL: the wallet had no more to give'
    expect(reports.at(-1)).toMatchObject({ state: 'filled', fill: { short }, reason: { message: short } })
  })

  it('of a stop are at its price, and at the open where that was a gap below it', async () => {
    const bars = barsOf([
      [100, 101, 99, 100],
      [100, 100, 85, 95],
      [80, 82, 70, 81],
    ])
    const pipeline = pipelineOf(
      script({
        1: (_event, at) => sell(at, 'touched', SOL_1, stopAt('90')),
        2: (_event, at) => sell(at, 'gapped', SOL_1, stopAt('90')),
      }),
    )
    const { fills } = await backtest(pipeline, bars, withSol)
    expect(fills.map(({ fill }) => fill.output.units)).toEqual([90_000_000n, 80_000_000n])
    expect(fills.map(({ fill }) => (fill.at - START_MS) / BAR_MS)).toEqual([2, 3])
  })

  it('of a target are at its price, and at the open where that was beyond it', async () => {
    const bars = barsOf([
      [100, 101, 99, 100],
      [100, 120, 99, 110],
      [125, 130, 120, 121],
    ])
    const pipeline = pipelineOf(
      script({
        1: (_event, at) => sell(at, 'touched', SOL_1, targetAt('115')),
        2: (_event, at) => sell(at, 'gapped', SOL_1, targetAt('115')),
      }),
    )
    const { fills } = await backtest(pipeline, bars, withSol)
    expect(fills.map(({ fill }) => fill.output.units)).toEqual([115_000_000n, 125_000_000n])
  })

  it('take the fee from what is paid, and round against the trader', async () => {
    const fee: FillChoice = { model: 'bar', feeBps: 30 }
    const pipeline = pipelineOf(
      script({
        0: (_event, at) => buy(at, 'in', 1_000n),
        1: (_event, at) => buy(at, 'out', 0n, { exact: 'out', amount: { token: PAIR.base, units: SOL_1 } }),
      }),
    )
    const { fills } = await backtest(pipeline, barsOf(flat(100, 4)), { fill: fee })
    expect(fills[0]!.fill.output.units).toBe(9_970_000_000n)
    // 100 ÷ 0.997, rounded up, and a unit for the rounding of the price.
    expect(fills[1]!.fill.input.units).toBe(100_300_904n)
    expect(fills[1]!.fill.output.units).toBe(SOL_1)
  })

  it('hold to the bounds of the price, and to what the wallet has', async () => {
    const reports: Report[] = []
    const pipeline = pipelineOf(
      script(
        {
          0: (_event, at) => buy(at, 'dear', 10n, { bounds: { max: parsePrice('99', PAIR) } }),
          1: (_event, at) => buy(at, 'large', 20_000n),
          2: (_event, at) => buy(at, 'late', 10n, { expiresAt: at - 1 }),
        },
        reports,
      ),
    )
    const { fills, result } = await backtest(pipeline, barsOf(flat(100, 5)))
    expect(fills).toEqual([])
    const ends = reports.flatMap(report => ('reason' in report ? [[report.state, report.reason.code]] : []))
    expect(ends).toEqual([
      ['skipped', 'PRICE_ABOVE_BOUND'],
      ['failed', 'FUNDS_INSUFFICIENT'],
      ['expired', 'ORDER_EXPIRED'],
    ])
    expect(result.fees_lamports).toBe(0n)
  })

  it('never promise two trades of one bar what the wallet has once', async () => {
    const twice = strategyOf(({ clock }) => {
      let isDone = false
      return {
        process: () => {
          if (isDone) return undefined
          isDone = true
          return [buy(clock.now(), 'a', 6_000n), buy(clock.now(), 'b', 6_000n)]
        },
      }
    })
    const { fills, result } = await backtest(pipelineOf(twice), barsOf(flat(100, 4)))
    expect(fills).toHaveLength(1)
    expect(result.orders.map(({ state }) => state).toSorted()).toEqual(['confirmed', 'failed'])
  })
})

describe('fills against a pool', () => {
  it('move the price by the mathematics of the pool, and the market maker moves it back', async () => {
    const seen: number[] = []
    const strategy = strategyOf(({ clock }) => {
      let count = 0
      return {
        process: event => {
          seen.push(Number((event as PriceEvent).price.scaled) / 1e12)
          return ++count === 1 ? buy(clock.now(), 'large', 9_000n) : undefined
        },
      }
    })
    const shallow: FillChoice = { ...POOL, depth_units: 1_000n * SOL_1 } as FillChoice
    const { fills } = await backtest(pipelineOf(strategy), barsOf(flat(100, 2)), { fill: shallow })
    // 1,000 SOL and 100,000 USDC: out = 1000 − 1000 × 100000 ÷ (100000 + 9000 × 0.9996).
    const net = 9_000 * 0.9996
    expect(Number(fills[0]!.fill.output.units) / 1e9).toBeCloseTo(1_000 - (1_000 * 100_000) / (100_000 + net), 6)
    expect(fills[0]!.fill.priceImpactBps).toBeGreaterThan(800)
    // Mid after it: all that was paid against what is left.
    expect(seen[1]).toBeCloseTo(109_000 / (1_000 - Number(fills[0]!.fill.output.units) / 1e9), 4)
    expect(seen[2]).toBe(100)
  })

  it('land so many slots later, and are refused there when the price has gone past the tolerance', async () => {
    const reports: Report[] = []
    // After a third of the bar the price is a tenth up: the trade lands after it.
    const bars = barsOf([
      [100, 110, 100, 110],
      [110, 110, 110, 110],
    ])
    const later: FillChoice = { ...POOL, latency_slots: 600 } as FillChoice
    const { fills, result } = await backtest(pipelineOf(script({ 0: (_e, at) => buy(at, 'a', 10n) }, reports)), bars, {
      fill: later,
    })
    expect(fills).toEqual([])
    expect(reports.at(-1)).toMatchObject({
      state: 'failed',
      reason: { code: 'SLIPPAGE_EXCEEDED' },
      at: START_MS + 240_000,
    })
    // A transaction that fails on chain costs its fees all the same.
    expect(result.refused.count).toBe(1)
    expect(result.fees_lamports).toBe(5_720n)
    const soon = await backtest(pipelineOf(script({ 0: (_e, at) => buy(at, 'a', 10n) })), bars, {
      fill: { ...POOL, latency_slots: 2 } as FillChoice,
    })
    expect(soon.fills[0]!.fill.at).toBe(START_MS + 800)
  })

  it('fail by the draw of the seed, each trade by its own', async () => {
    const every = strategyOf(({ clock }) => ({ process: () => buy(clock.now(), String(clock.now()), 1n) }))
    const half: FillChoice = { ...POOL, failRate: 0.5 } as FillChoice
    const keysOf = async (seed: string): Promise<string[]> =>
      (await backtest(pipelineOf(every), walkOf(50), { fill: half, seed })).fills.map(({ intent }) => intent.key)
    const first = await keysOf('a')
    expect(first.length).toBeGreaterThan(60)
    expect(first.length).toBeLessThan(140)
    expect(await keysOf('a')).toEqual(first)
    expect(await keysOf('b')).not.toEqual(first)
  })

  it('never give money for nothing, whatever is traded and wherever the price goes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 50, max: 200 }), fc.bigInt(1n, 10n ** 12n), fc.boolean()), {
          maxLength: 30,
        }),
        steps => {
          const pool = new SimulatedPool({ pair: PAIR, depth_units: 1_000n * SOL_1, feeBps: 30, firstPrice: 100 })
          for (const [price, units, isBase] of steps) {
            pool.moveTo(price)
            expect(Math.abs(pool.price() / price - 1)).toBeLessThan(1e-4)
            const side = isBase ? 'base' : 'quote'
            const there = pool.quote(side, units, 'in')
            if (!there) continue
            pool.trade(side, there)
            const back = pool.quote(isBase ? 'quote' : 'base', there.amountOut, 'in')
            expect((back?.amountOut ?? 0n) < units).toBe(true)
          }
        },
      ),
    )
  })
})
