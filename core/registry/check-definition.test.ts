import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import { checkDefinition } from './check-definition.ts'

const GOOD = {
  kind: 'signal',
  name: 'above',
  api: 1,
  summary: 'Passes prices above a level.',
  config: Type.Object({}),
  takes: ['price', 'acme/depth'],
  gives: ['price'],
  examples: [],
  setup: () => ({}),
}

describe('what a file exports as default', () => {
  it('is taken when it has the shape of a plugin', () => {
    expect(checkDefinition(GOOD, 'mine.ts')).toBe(GOOD)
  })

  it.each([
    ['nothing', undefined, 'mine.ts is not a plugin: has no default export'],
    ['a function', () => GOOD, 'mine.ts is not a plugin: exports a function as default, where a plugin belongs'],
    ['a list', [GOOD], 'mine.ts is not a plugin: exports a list as default, where a plugin belongs'],
    [
      'another kind',
      { ...GOOD, kind: 'indicator' },
      '"kind" must be equal to one of the allowed values: source, signal',
    ],
    ['a name with capitals', { ...GOOD, name: 'Above' }, '"name" must match pattern'],
    ['no config', { ...GOOD, config: undefined }, "must have required property 'config'"],
    [
      'a config that is no object schema',
      { ...GOOD, config: Type.String() },
      '"config.type" must be equal to constant',
    ],
    ['an event kind nobody knows', { ...GOOD, gives: ['prices'] }, '"gives.0" must match pattern'],
    ['no setup', { ...GOOD, setup: undefined }, "must have required property 'setup'"],
    ['a setup that is no function', { ...GOOD, setup: {} }, '"setup" must be a function'],
    ['no api', { ...GOOD, api: undefined }, "must have required property 'api'"],
  ])('is refused with the reason when it is or has %s', (_what, value, message) => {
    expect(() => checkDefinition(value, 'mine.ts')).toThrow(
      expect.objectContaining({ code: 'PLUGIN_INVALID', message: expect.stringContaining(message) }),
    )
  })

  it('is refused when it is made for another version of the contract, whatever else it has', () => {
    expect(() => checkDefinition({ api: 2 }, 'mine.ts')).toThrow(
      expect.objectContaining({
        code: 'PLUGIN_API_MISMATCH',
        message: 'mine.ts is written for plugin api 2, and this SniperForge has 1',
        remedy: 'Update SniperForge, or install an older version of the plugin.',
      }),
    )
  })
})
