import { Type } from 'typebox'
import { expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import type { BoundNode } from '../../../core/config/bound-pipeline.ts'
import type { IntentEvent } from '../../../core/events/event.ts'
import { formatAmount } from '../../../core/money/amount.ts'
import { type AnyPlugin, definePlugin } from '../../../core/plugin/contract.ts'
import { startPipeline } from '../../../core/runtime/run.ts'
import {
  MemoryStates,
  type MockServices,
  mockServices,
  TEST_START_MS,
  testClock,
  testTokens,
} from '../../../core/testing/index.ts'
import { configOf } from '../../../core/testing/node-config.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { boundNode } from '../../bound-node.ts'
import { market, plugin, price } from './order-trial.ts'

const MINUTE = 60_000
const NOWHERE = {
  name: 'test',
  quote: async () => undefined,
  plan: async () => ({ instructions: [], lookupTables: [] }),
}
const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const DCA = BUILT_IN_PLUGINS.find(({ kind, name }) => kind === 'strategy' && name === 'dca')!
const PURCHASES = { token: 'SOL', amount: '10 USDC', interval: '1h', slots: 3, budget: '20 USDC' }

function nodeOf(id: string, definition: AnyPlugin, from: readonly string[], settings = {}): BoundNode {
  return boundNode(id, definition, from, configOf(definition, settings, testTokens()))
}

/** Buys by a calendar through an order node, from a time on, and dies at another. */
async function run(
  order: BoundNode,
  states: MemoryStates,
  times: { readonly from_min: number; readonly until_min: number },
  before?: MockServices,
): Promise<MockServices> {
  const clock = testClock(TEST_START_MS + times.from_min * MINUTE)
  const services = mockServices({ ...market([price('100', 0)]), clock, ...(before && { journal: before.journal }) })
  const swap = definePlugin({
    kind: 'execution',
    name: 'swap',
    api: 1,
    summary: 'Part of a test.',
    config: Type.Object({}),
    takes: ['intent'],
    gives: ['report'],
    examples: [],
    setup: ({ report }) => ({
      process: event => {
        const options = { onReport: report, slippageBps: 50, priorityFee_microLamports: 0n }
        return services.trader.trade(event as IntentEvent, NOWHERE, options)
      },
    }),
  })
  await startPipeline({
    pipeline: {
      name: 'test',
      summary: 'A test.',
      file: 'test',
      params: {},
      nodes: [nodeOf('plan', DCA, [], PURCHASES), order, nodeOf('swap', swap, [order.id])],
    },
    clock,
    random: seededRandom('test'),
    mode: 'test',
    log: QUIET,
    servicesFor: ({ id }) => services.for(id),
    stateFor: id => states.for(id),
    drainTimeout_ms: MINUTE,
    onEvent: () => undefined,
  })
  await clock.advanceTo(TEST_START_MS + times.until_min * MINUTE)
  return services
}

/** What was bought for in all. */
function spent({ journal }: MockServices): string {
  const [first, ...others] = journal.orders().flatMap(({ fill }) => fill?.input ?? [])
  return formatAmount({ ...first!, units: others.reduce((sum, { units }) => sum + units, first!.units) })
}

it.each([
  [
    'in slices, when it dies between two',
    nodeOf('order', plugin('twap'), ['plan'], { duration: '10m', interval: '1m' }),
  ],
  ['by an entry that is guarded', nodeOf('order', plugin('bracket'), ['plan'], { stop: '50%', target: '90%' })],
])('a purchase that was made %s counts once of its budget after a restart', async (_how, order) => {
  const states = new MemoryStates()
  const first = await run(order, states, { from_min: 0, until_min: 5 })
  const second = await run(order, states, { from_min: 6, until_min: 200 }, first)
  expect(spent(second)).toBe('20 USDC')
})
