import { describe, expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import { checkPlugin } from '../../../core/testing/index.ts'

describe.each(BUILT_IN_PLUGINS.map(plugin => [`${plugin.kind}/${plugin.name}`, plugin] as const))(
  '%s keeps the contract',
  (_name, plugin) => {
    it('in every point of the conformance kit', async () => {
      const failures = (await checkPlugin(plugin)).filter(({ ok }) => !ok)
      expect(failures.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([])
    })
  },
)
