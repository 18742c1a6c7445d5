import { type TObject, Type } from 'typebox'
import { type AnyPlugin, definePlugin, type PluginDefinition, type PluginKind } from '../../../core/plugin/contract.ts'
import { Field } from '../../../core/plugin/fields.ts'
import type { PluginRegistry } from '../../../core/registry/registry.ts'

/** Plugins that do nothing, one or two of each kind: what tests of configurations wire together. */
function toy<Schema extends TObject>(
  definition: Omit<PluginDefinition<Schema>, 'api' | 'summary' | 'examples' | 'setup'>,
): AnyPlugin {
  return definePlugin({
    api: 1,
    summary: `A toy ${definition.kind}.`,
    examples: [],
    setup: () => ({}),
    ...definition,
  })
}

const side = Type.Union([Type.Literal('buy'), Type.Literal('sell')], { default: 'buy', description: 'Which way.' })

export const TOYS: readonly AnyPlugin[] = [
  toy({
    kind: 'source',
    name: 'ticker',
    takes: [],
    gives: ['price'],
    config: Type.Object({
      pair: Field.pair({ description: 'What is quoted.' }),
      every: Field.duration({ default: '1s', description: 'How often.' }),
    }),
  }),
  toy({ kind: 'source', name: 'quotes', takes: [], gives: ['price'], config: Type.Object({}) }),
  toy({
    kind: 'signal',
    name: 'candles',
    takes: ['price'],
    gives: ['candle'],
    config: Type.Object({ interval: Field.duration({ default: '1m', description: 'The length of a bar.' }) }),
  }),
  toy({
    kind: 'signal',
    name: 'cross',
    takes: ['candle'],
    gives: ['signal'],
    config: Type.Object({
      fast: Type.Integer({ minimum: 1, maximum: 500, default: 9, description: 'Bars of the fast average.' }),
      slow: Type.Integer({ minimum: 2, maximum: 500, default: 21, description: 'Bars of the slow average.' }),
    }),
  }),
  toy({
    kind: 'strategy',
    name: 'calendar',
    takes: [],
    gives: ['intent', 'notice'],
    config: Type.Object({
      spend: Field.amount({ description: 'How much each time.' }),
      buy: Field.token({ default: 'SOL', description: 'What is bought.' }),
      interval: Type.Optional(Field.duration({ description: 'The pause between purchases.' })),
      cron: Type.Optional(Field.cron({ description: 'The times of purchases.' })),
      start: Type.Optional(Field.time({ description: 'When it begins.' })),
      slots: Type.Optional(Type.Integer({ minimum: 1, description: 'How many purchases.' })),
      maxPrice: Type.Optional(Field.price({ description: 'Above it nothing is bought.' })),
      catchUp: Type.Optional(
        Type.Union([Type.Literal('skip'), Type.Literal('one'), Type.Literal('all')], { description: 'After a pause.' }),
      ),
    }),
  }),
  toy({
    kind: 'strategy',
    name: 'follow',
    takes: ['signal'],
    gives: ['intent'],
    config: Type.Object({
      spend: Field.amount({ description: 'How much each time.' }),
      side,
      exit: Type.Optional(
        Type.Union([
          Type.Object({ type: Type.Literal('stop'), percent: Type.Number({ exclusiveMinimum: 0, maximum: 100 }) }),
          Type.Object({ type: Type.Literal('after'), time: Field.duration() }),
        ]),
      ),
    }),
  }),
  toy({
    kind: 'order',
    name: 'limits',
    takes: ['intent'],
    gives: ['intent'],
    comesLast: true,
    config: Type.Object({
      maxOpen: Type.Integer({ minimum: 1, default: 10, description: 'Orders that may be open.' }),
      maxDaily: Type.Optional(Field.amount({ description: 'The most of a day.' })),
    }),
  }),
  toy({ kind: 'order', name: 'halves', takes: ['intent'], gives: ['intent', 'report'], config: Type.Object({}) }),
  toy({
    kind: 'execution',
    name: 'swap',
    takes: ['intent'],
    gives: ['report'],
    config: Type.Object({
      venues: Type.Array(Type.Union([Type.Literal('jupiter'), Type.Literal('orca'), Type.Literal('raydium')]), {
        minItems: 1,
        uniqueItems: true,
        default: ['jupiter'],
        description: 'Where it may trade.',
      }),
      slippageBps: Type.Integer({ minimum: 1, maximum: 5000, default: 50, description: 'How much worse it may get.' }),
      simulate: Type.Boolean({ default: true, description: 'Whether it is simulated first.' }),
    }),
  }),
  toy({
    kind: 'sink',
    name: 'console',
    takes: ['report', 'notice', 'intent', 'price', 'candle'],
    gives: [],
    config: Type.Object({ format: Type.Optional(Type.Union([Type.Literal('short'), Type.Literal('long')])) }),
  }),
  toy({
    kind: 'sink',
    name: 'webhook',
    takes: ['report', 'notice'],
    gives: [],
    config: Type.Object({
      url: Type.String({ format: 'url', description: 'Where it is sent.' }),
      headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'HTTP headers.' })),
    }),
  }),
]

/** A registry of exactly these plugins. */
export function registryOf(plugins: readonly AnyPlugin[]): PluginRegistry {
  const all = plugins.map(definition => ({ definition, origin: { from: 'built-in' as const } }))
  return {
    find: (kind: PluginKind, name: string) =>
      all.find(one => one.definition.kind === kind && one.definition.name === name),
    list: (kind?: PluginKind) => (kind === undefined ? all : all.filter(one => one.definition.kind === kind)),
  }
}
