import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fullKeyOf, orderIdOf } from './order-key.ts'

it('a full key is its five parts as JSON, so that no two orders share one whatever is in their names', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 5, maxLength: 5 }), parts => {
      const [genesisHash, wallet, deploymentId, node, key] = parts as [string, string, string, string, string]
      const scope = { genesisHash, wallet, deploymentId }
      // Twice: what is remembered of a scope changes nothing.
      expect([fullKeyOf(scope, node, key), fullKeyOf(scope, node, key)]).toEqual([
        JSON.stringify(parts),
        JSON.stringify(parts),
      ])
    }),
  )
})

it('an id follows from the full key alone', () => {
  const scope = { genesisHash: 'g', wallet: 'w', deploymentId: 'd' }
  expect(orderIdOf(fullKeyOf(scope, 'plan', 'a'))).toBe('312af63bbeb6c34c')
})
