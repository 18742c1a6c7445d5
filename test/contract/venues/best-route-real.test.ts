import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fill, PoolVenue, Report } from '../../../core/index.ts'
import { hasProgram, programHash } from './chain/programs.ts'
import { PROGRAMS } from './chain/real-market.ts'
import { onlyPool, type RealWorld, realWorld, withoutPools } from './chain/real-world.ts'
import { NEVER } from './chain/truth.ts'

type PoolName = keyof RealWorld['market']['pools']

describe.skipIf(!PROGRAMS.every(hasProgram))('the whole trader on the real programs', () => {
  let world: RealWorld
  const proven: string[] = []
  beforeAll(async () => {
    world = await realWorld()
  })
  afterAll(async () => {
    await world.close()
    const hashes = PROGRAMS.map(program => `  ${program} sha256 ${programHash(program)}`)
    process.stdout.write(`${['Trades through the guard', ...proven.map(each => `  ${each}`), ...hashes].join('\n')}\n`)
  })

  const venueOf = (pool: PoolName): PoolVenue =>
    onlyPool(pool === 'orca' ? world.orca : world.raydium, world.market.pools[pool])

  /** Trades, and proves that the fill is what the wallet's balances say, and what was quoted. */
  const prove = async (what: string, [input, output]: readonly [string, string], trade: () => Promise<Report>) => {
    const before = [await world.held(input), await world.held(output)] as const
    const fill = fillOf(await trade())
    const after = [await world.held(input), await world.held(output)] as const
    const { base_lamports, priority_lamports, tip_lamports, rent_lamports } = fill.fees
    const costs = base_lamports + priority_lamports + tip_lamports + rent_lamports
    const costOf = (symbol: string): bigint => (symbol === 'SOL' ? costs : 0n)
    expect({
      paid: before[0] - after[0] - costOf(input),
      received: after[1] - before[1] + costOf(output),
      quoted: fill.quotedOutput.units,
    }).toEqual({ paid: fill.input.units, received: fill.output.units, quoted: fill.output.units })
    proven.push(what)
    return fill
  }

  const pools: readonly PoolName[] = ['orca', 'clmm', 'cpmm', 'ammV4']
  const cases = pools.flatMap(pool =>
    (
      [
        ['1.5 SOL', 'USDC'],
        ['250 USDC', 'SOL'],
        ['0.000001 SOL', 'USDC'],
        ['20000 USDC', 'SOL'],
      ] as const
    ).map(([amount, output]) => [pool, amount, output] as const),
  )

  test.each(cases)('%s: %s into %s is filled as quoted', async (pool, amount, output) => {
    const input = amount.split(' ')[1]!
    await prove(`${pool}: ${amount} into ${output}`, [input, output], () =>
      world.trade(world.intent(amount, output), venueOf(pool), 1),
    )
  })

  test.each(pools.flatMap(pool => [[pool, 'SOL', '100 USDC'] as const, [pool, 'USDC', '0.5 SOL'] as const]))(
    '%s: %s for exactly %s',
    async (pool, input, amount) => {
      const output = amount.split(' ')[1]!
      const wanted = world.intent(amount, input)
      const intent = { ...wanted, input: wanted.output, output: wanted.input, exact: 'out' as const }
      await prove(`${pool}: ${input} for exactly ${amount}`, [input, output], () =>
        world.trade(intent, venueOf(pool), 50),
      )
    },
  )

  test('the best route over both venues is filled as quoted, and the fill names its venue', async () => {
    for (const [amount, output] of [
      ['3 SOL', 'USDC'],
      ['300 USDC', 'SOL'],
    ] as const) {
      const route = world.route([world.orca, world.raydium], { maxLegs: 1 })
      const fill = await prove(`best route: ${amount} into ${output}`, [amount.split(' ')[1]!, output], () =>
        world.trade(world.intent(amount, output), route),
      )
      expect(fill.venue).toMatch(/^(orca|raydium)$/)
    }
  })

  test('a large trade is split over two programs in one transaction', async () => {
    const route = world.route([world.orca, world.raydium], { maxLegs: 2 })
    const asked = { ...world.intent('600 SOL', 'USDC'), slippageBps: 100 }
    const { quote, comparison } = await world.clock.run(route.decide(asked, NEVER))
    const [first] = comparison.rows
    expect(first).toMatchObject({ kind: 'split', venues: ['orca', 'raydium'] })
    expect(first?.transactions).toBeUndefined()
    expect(quote?.output).toEqual(first?.output)
    const fill = await prove('split: 600 SOL into USDC', ['SOL', 'USDC'], () =>
      world.trade(world.intent('600 SOL', 'USDC'), route),
    )
    expect(fill.venue).toBe('orca+raydium')
  })

  test('three pools that no transaction holds together are traded by two, when that leaves more after the second landing', async () => {
    const route = world.route([world.orca, world.raydium], { maxLegs: 3 })
    const asked = { ...world.intent('700 SOL', 'USDC'), slippageBps: 100 }
    const { quote, comparison } = await world.clock.run(route.decide(asked, NEVER))
    const [first, ...others] = comparison.rows
    expect(first).toMatchObject({
      kind: 'split',
      transactions: 2,
      label: expect.stringMatching(/, in 2 transactions$/),
    })
    expect(first?.pools).toHaveLength(3)
    expect(first?.costs.find(({ kind }) => kind === 'base-fee')?.source).toBe('2 × 5000 lamports')
    expect(comparison.why).toContain('with what it costs to land each transaction')
    const single = others.find(row => row.transactions === undefined && row.oversize_bytes === undefined)
    expect(first!.net.units).toBeGreaterThan(single!.net.units)
    // Only what the first transaction trades is quoted: the rest is compared anew when that has landed.
    expect(quote!.input.units).toBeLessThan(asked.amount.units)
    expect(quote!.route.length).toBeLessThan(3)

    const states: string[] = []
    const fill = await prove('split in 2 transactions: 700 SOL into USDC', ['SOL', 'USDC'], () =>
      world.trade(world.intent('700 SOL', 'USDC'), route, 50, report => states.push(report.state)),
    )
    expect(states).toEqual(['accepted', 'sent', 'partly-filled', 'sent'])
    expect(fill.input.units).toBe(asked.amount.units)
    expect(fill.parts).toHaveLength(2)
    expect(fill.parts?.[0]?.input).toEqual(quote?.input)
    expect(fill.parts?.[0]?.output).toEqual(quote?.output)
    // Nobody else traded meanwhile: both together give what the comparison promised.
    const missed = first!.output.units - fill.output.units
    expect(missed * 10_000n).toBeLessThanOrEqual(first!.output.units)
    const { base_lamports, priority_lamports } = fill.fees
    expect(base_lamports).toBe(10_000n)
    expect(fill.output.units - priority_lamports).toBeGreaterThan(single!.net.units)
  })

  test('three pools are not worth a second transaction when it gains less than it costs', async () => {
    const route = world.route([world.orca, world.raydium], { maxLegs: 3 })
    const asked = { ...world.intent('0.05 SOL', 'USDC'), slippageBps: 100 }
    const { comparison } = await world.clock.run(route.decide(asked, NEVER))
    expect(comparison.rows[0]?.transactions).toBeUndefined()
  })

  test.each([
    ['2 SOL', 'ALT', 'orca+raydium'],
    ['200 ALT', 'SOL', 'raydium+orca'],
    ['200 USDC', 'MID', 'orca+raydium'],
    ['50 MID', 'USDC', 'raydium+orca'],
  ])('%s into %s goes over two hops of two programs', async (amount, output, venues) => {
    const route = world.route(
      [onlyPool(world.orca, world.market.pools.orca), withoutPools(world.raydium, Object.values(world.market.pools))],
      { maxLegs: 1 },
    )
    const fill = await prove(`two hops over ${venues}: ${amount} into ${output}`, [amount.split(' ')[1]!, output], () =>
      world.trade(world.intent(amount, output), route),
    )
    expect(fill.venue).toBe(venues)
  })
})

function fillOf(report: Report): Fill {
  if (report.state !== 'filled')
    throw new Error(`${report.state}: ${JSON.stringify('reason' in report && report.reason)}`)
  return report.fill
}
