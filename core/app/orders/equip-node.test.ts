import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { definePlugin } from '../../plugin/contract.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import { testTokens } from '../../testing/index.ts'
import type { Environment } from '../environment.ts'
import { equipper, withoutSecrets } from './equip-node.ts'
import { KnownSecrets } from './known-secrets.ts'
import type { PlannedNode } from './order-plan.ts'

const KEY = '6d0c-a-key-of-somebody'

const venue = definePlugin({
  kind: 'execution',
  name: 'jupiter',
  api: 1,
  summary: 'A test.',
  config: Type.Object({ apiKey: Type.String() }),
  takes: [],
  gives: [],
  examples: [],
  setup: () => ({}),
})
const registry = { find: () => ({ definition: venue, origin: { from: 'package', version: '1' } }) }

test('a secret is no part of a plan, is there when an order is taken up, and stays out of what is logged then', () => {
  const planned = withoutSecrets({ apiKey: KEY }, new Map([['JUPITER', KEY]]))
  expect(planned).toEqual({ apiKey: '${secret.JUPITER}' })
  const secrets = new KnownSecrets()
  const equip = equipper({
    registry: registry as unknown as PluginRegistry,
    tokens: testTokens(),
    environment: { variables: { JUPITER: KEY } } as unknown as Environment,
    tell: () => undefined,
    secrets,
  })
  const node = { id: 'swap', kind: 'execution', plugin: 'jupiter', version: '1', config: planned, from: [] } as const
  expect(equip(node as unknown as PlannedNode).config).toEqual({ apiKey: KEY })
  expect(secrets.redact(`Jupiter answered 401: ${KEY} is no key`)).toBe('Jupiter answered 401: *** is no key')
})
