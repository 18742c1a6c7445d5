import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { boundNode } from '../../../test/bound-node.ts'
import type { BoundNode, BoundPipeline } from '../../config/bound-pipeline.ts'
import type { AnyPlugin, PluginKind } from '../../plugin/contract.ts'
import { composeDesk } from './compose-desk.ts'
import { OrderArrivals } from './order-arrivals.ts'
import { type OrderPlan, planOf } from './order-plan.ts'

const plugin = (kind: PluginKind, name: string): AnyPlugin => ({
  kind,
  name,
  api: 1,
  summary: 'A test.',
  config: Type.Object({}),
  takes: [],
  gives: [],
  examples: [],
  setup: () => ({}),
})

const node = (id: string, kind: PluginKind, name: string, from: readonly string[], config: object = {}): BoundNode =>
  boundNode(id, plugin(kind, name), from, config)

/** As `order-create` binds one. */
function planned(type: string, pair: string, venue = 'jupiter'): OrderPlan {
  const pipeline: BoundPipeline = {
    name: 'order-create',
    summary: '',
    file: 'test',
    params: {},
    nodes: [
      node('ask', 'strategy', 'single-order', [], { any: Math.PI, pair }),
      node('prices', 'source', 'pool-price', [], { pair }),
      node('order', 'order', type, ['ask', 'prices']),
      node('swap', 'execution', venue, ['order']),
      node('out', 'sink', 'console', ['order', 'swap']),
    ],
  }
  return planOf(pipeline, { versionOf: () => '1', withoutSecrets: value => value })
}

const compose = (plans: readonly OrderPlan[]) =>
  composeDesk(plans, new OrderArrivals().node, ({ kind, plugin: name, config }) => ({
    plugin: plugin(kind, name),
    config,
  }))

test('ten thousand orders of one kind are as many nodes as one', () => {
  const one = compose([planned('stop-loss', 'SOL/USDC')])
  const many = compose(Array.from({ length: 10_000 }, () => planned('stop-loss', 'SOL/USDC')))
  expect(many.nodes.map(({ id }) => id)).toEqual(one.nodes.map(({ id }) => id))
  expect(one.nodes).toHaveLength(5)
})

test('orders of two kinds share their price and their execution, and each kind has its node', () => {
  const desk = compose([planned('stop-loss', 'SOL/USDC'), planned('limit', 'SOL/USDC'), planned('limit', 'JSOL/USDC')])
  const count = (kind: PluginKind): number => desk.nodes.filter(each => each.kind === kind).length
  expect({
    sources: count('source'),
    orders: count('order'),
    executions: count('execution'),
    sinks: count('sink'),
  }).toEqual({
    sources: 2,
    orders: 3,
    executions: 1,
    sinks: 1,
  })
})

test('the same orders give the same nodes, wires and order, however they come', () => {
  const plans = [planned('stop-loss', 'SOL/USDC'), planned('limit', 'JSOL/USDC', 'orca'), planned('limit', 'SOL/USDC')]
  const shapeOf = (pipeline: BoundPipeline) => pipeline.nodes.map(({ id, from }) => ({ id, from }))
  expect(shapeOf(compose(plans.toReversed()))).toEqual(shapeOf(compose(plans)))
})

test('givers come before their takers, and every order node hears of new orders', () => {
  const { nodes } = compose([planned('stop-loss', 'SOL/USDC'), planned('limit', 'JSOL/USDC')])
  const seen = new Set<string>()
  for (const { id, from, kind } of nodes) {
    expect(from.every(giver => seen.has(giver))).toBe(true)
    if (kind === 'order') expect(from).toContain('orders')
    seen.add(id)
  }
})
