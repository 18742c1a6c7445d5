import { Type } from 'typebox'
import { expect, it } from 'vitest'
import type { BoundNode } from '../../../core/config/bound-pipeline.ts'
import type { ForgeEvent, IntentEvent } from '../../../core/events/event.ts'
import { type AnyPlugin, definePlugin, type PluginKind } from '../../../core/plugin/contract.ts'
import { startPipeline } from '../../../core/runtime/run.ts'
import { MemoryStates, mockServices, testClock, testTokens } from '../../../core/testing/index.ts'
import { configOf } from '../../../core/testing/node-config.ts'
import { feedOf } from '../../../core/testing/run-plugin.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { boundNode } from '../../bound-node.ts'
import { market, plugin, price, reports, wants } from './order-trial.ts'

const NOWHERE = {
  name: 'test',
  quote: async () => undefined,
  plan: async () => ({ instructions: [], lookupTables: [] }),
}
const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function nodeOf(id: string, definition: AnyPlugin, from: readonly string[], settings = {}): BoundNode {
  return boundNode(id, definition, from, configOf(definition, settings, testTokens()))
}

const bare = (kind: PluginKind, takes: AnyPlugin['takes'], gives: AnyPlugin['gives']) =>
  ({
    kind,
    name: kind,
    api: 1,
    summary: 'Part of a test.',
    config: Type.Object({}),
    takes,
    gives,
    examples: [],
  }) as const

it('a stop that fires after trading has stopped sells nothing, and ends in the journal', async () => {
  const events = [
    price('100', 0),
    wants('entry', '500 USDC', { terms: { trigger: '100' } }, 1),
    wants('exit', '5 SOL', { terms: { trigger: '85' } }, 2),
    price('101', 3),
    price('88', 4),
    price('80', 5),
  ]
  const clock = testClock()
  const services = mockServices({ ...market(events), clock })
  const states = new MemoryStates()
  const feed = (kind: 'source' | 'strategy', gives: 'price' | 'intent'): AnyPlugin =>
    definePlugin({
      ...bare(kind, [], [gives]),
      setup: ({ clock }) => ({
        events: feedOf(
          events.filter(event => event.kind === gives),
          clock,
        ),
      }),
    })
  const swap = definePlugin({
    ...bare('execution', ['intent'], ['report']),
    setup: ({ report }) => ({
      process: event => {
        const options = { onReport: report, slippageBps: 50, priorityFee_microLamports: 0n }
        return services.trader.trade(event as IntentEvent, NOWHERE, options)
      },
    }),
  })
  const given: ForgeEvent[] = []
  const nodes = [
    nodeOf('prices', feed('source', 'price'), []),
    nodeOf('plan', feed('strategy', 'intent'), []),
    nodeOf('stop', plugin('stop-loss'), ['plan', 'prices']),
    nodeOf('risk', plugin('risk-limits'), ['stop', 'prices'], { maxDrawdown: 5, capital: '1000 USDC' }),
    nodeOf('swap', swap, ['risk']),
  ]
  const run = await startPipeline({
    pipeline: { name: 'test', summary: 'A test.', file: 'test', params: {}, nodes },
    clock,
    random: seededRandom('test'),
    mode: 'test',
    log: QUIET,
    servicesFor: ({ id }) => services.for(id),
    stateFor: id => states.for(id),
    drainTimeout_ms: 60_000,
    onEvent: (_node, event) => void given.push(event),
  })
  const result = await clock.run(run.done)
  expect(result).toMatchObject({ ended: 'completed', left: { intents: [] } })
  expect(reports(given).filter(text => /filled|skipped/.test(text))).toEqual([
    'entry filled',
    'exit skipped RISK_DRAWDOWN',
  ])
  expect(services.journal.orders().map(({ intent, state }) => `${intent.key} ${state}`)).toEqual([
    'entry confirmed',
    'exit cancelled',
  ])
})
