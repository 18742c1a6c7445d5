import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SwapPlan } from '../../plugin/venue.ts'
import { rank } from '../../routing/candidates.ts'
import type { Curve } from '../../routing/curve.ts'
import { Wallet } from '../wallet/wallet.ts'
import type { Comparison } from './comparison.ts'
import { fitComparison } from './fit-comparison.ts'
import type { Route } from './route.ts'

const PAYER = Wallet.fromSeed(new Uint8Array(32).fill(1)).publicKey
const PROGRAM = Wallet.fromSeed(new Uint8Array(32).fill(2)).publicKey
/** What landing one more transaction costs, in units of the output. */
const LANDING = 10n

interface Way {
  /** Left in the wallet, if one transaction holds it. */
  readonly net: bigint
  /** Bytes of data each leg's instruction has. */
  readonly legs: readonly number[]
}

const planOf = (bytes: number): SwapPlan => ({
  instructions: [{ programId: PROGRAM, accounts: [], data: new Uint8Array(bytes) }],
  lookupTables: [],
})

function routeOf({ net, legs }: Way): Route {
  const curve = (id: string): Curve => ({
    id,
    venue: 'v',
    label: id,
    pools: [id],
    out: () => 1n,
    mid: { input: 1n, output: 1n },
    feeBps: 0,
    computeUnits: 1,
  })
  const route = {
    kind: legs.length > 1 ? 'split' : 'direct',
    label: `${net} over ${legs.join('+')}`,
    legs: legs.map((bytes, index) => ({ curve: curve(`${index}`), input: BigInt(bytes), output: 1n })),
    output: net,
    quotes: legs.map(() => [{ venue: 'v' }]),
    cost: { lines: [], netOutput: net, totalBps: 0 },
    over: (transactions: readonly (readonly number[])[]) => ({
      ...route,
      transactions,
      cost: { ...route.cost, netOutput: net - LANDING * BigInt(transactions.length - 1) },
    }),
  } as unknown as Route
  return route
}

async function fitted(ways: readonly Way[]): Promise<{ compared: Comparison; planned: readonly string[] }> {
  const planned: string[] = []
  const routes = rank(ways.map(routeOf))
  const compared = await fitComparison({ routes, oversized: new Map() } as unknown as Comparison, {
    owner: PAYER,
    room_bytes: 0,
    plansOf: async route => {
      planned.push(route.label)
      return route.legs.map(leg => planOf(Number(leg.input)))
    },
  })
  return { compared, planned }
}

test('the best route that one transaction holds is first, and nothing behind it is planned', async () => {
  const { compared, planned } = await fitted([
    { net: 100n, legs: [300, 300] },
    { net: 99n, legs: [600, 600] },
    { net: 98n, legs: [50] },
  ])
  expect(compared.routes.map(route => route.label)).toEqual(['100 over 300+300', '99 over 600+600', '98 over 50'])
  expect(compared.routes[0]?.transactions).toBeUndefined()
  expect(planned).toEqual(['100 over 300+300'])
})

test('a split that no transaction holds is chosen when it leaves more by more than the landing of another', async () => {
  const { compared } = await fitted([
    { net: 111n, legs: [600, 600] },
    { net: 100n, legs: [50] },
  ])
  expect(compared.routes[0]).toMatchObject({ transactions: [[0], [1]], cost: { netOutput: 101n } })
  expect(compared.oversized.size).toBe(0)
})

test('it is not chosen when that is all it gains: at equal results fewer transactions come first', async () => {
  const { compared } = await fitted([
    { net: 110n, legs: [600, 600] },
    { net: 100n, legs: [50] },
  ])
  expect(compared.routes.map(route => [route.cost.netOutput, route.transactions?.length])).toEqual([
    [100n, undefined],
    [100n, 2],
  ])
})

test('the largest legs go first, each transaction filled with what still fits', async () => {
  const { compared } = await fitted([{ net: 200n, legs: [100, 700, 200, 600, 300] }])
  expect(compared.routes[0]?.transactions).toEqual([[1, 2], [3, 4], [0]])
})

test('what has a leg that fits into no transaction is named with its bytes, and passed over', async () => {
  const { compared } = await fitted([
    { net: 500n, legs: [2_000, 10] },
    { net: 100n, legs: [50] },
  ])
  expect(compared.routes[0]?.label).toBe('100 over 50')
  const [[route, bytes] = []] = compared.oversized
  expect(route?.label).toBe('500 over 2000+10')
  expect(bytes).toBeGreaterThan(2_010)
  const none = await fitted([{ net: 500n, legs: [2_000, 10] }])
  expect(none.compared.routes.map(({ label }) => label)).toEqual(['500 over 2000+10'])
})

test('the first leaves most of all that can be sent, whatever the sizes; no leg is lost and none sent twice', async () => {
  const way = fc.record({
    net: fc.bigInt({ min: 1n, max: 60n }),
    legs: fc.array(fc.integer({ min: 1, max: 1_400 }), { minLength: 1, maxLength: 5 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(way, { minLength: 1, maxLength: 6 }), async ways => {
      const { compared } = await fitted(ways)
      const [best] = compared.routes
      const all = await Promise.all(ways.map(async each => (await fitted([each])).compared))
      const sendable = all.flatMap(({ routes, oversized }) => routes.filter(route => !oversized.has(route)))
      if (sendable.length > 0) expect(compared.oversized.has(best!)).toBe(false)
      for (const { cost } of sendable) expect(best!.cost.netOutput).toBeGreaterThanOrEqual(cost.netOutput)
      if (best?.transactions) {
        expect(best.transactions.flat().toSorted()).toEqual([...best.legs.keys()].map(Number).toSorted())
      }
      expect(compared.routes).toHaveLength(ways.length)
    }),
    { numRuns: 300 },
  )
})
