import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import { type AnyPlugin, definePlugin, type PluginKind } from '../plugin/contract.ts'
import { builtIn, createRegistry } from './create-registry.ts'
import { describePlugin, renderPlugin, renderPluginList } from './describe.ts'
import type { RegisteredPlugin } from './registry.ts'

function plugin(kind: PluginKind, name: string): AnyPlugin {
  return definePlugin({
    kind,
    name,
    api: 1,
    summary: `Does ${name}.`,
    config: Type.Object({
      level: Type.Integer({ default: 3, minimum: 1, maximum: 9, description: 'How high.' }),
      mode: Type.Enum(['fast', 'safe'], { description: 'Which way.' }),
      legs: Type.Optional(Type.Array(Type.Object({ size: Type.String({ format: 'amount' }) }))),
    }),
    takes: [],
    gives: ['price'],
    examples: [{ title: 'Fast', with: { mode: 'fast' } }],
    setup: () => ({}),
  })
}

const outside = (definition: AnyPlugin, path: string): RegisteredPlugin => ({
  definition,
  origin: { from: 'file', path },
})

describe('a registry', () => {
  it('finds by kind and name, and lists in the order of a pipeline', () => {
    const { registry, problems } = createRegistry(
      builtIn([plugin('sink', 'b'), plugin('source', 'z'), plugin('sink', 'a'), plugin('source', 'a')]),
    )
    expect(problems).toEqual([])
    expect(registry.find('sink', 'a')?.definition.summary).toBe('Does a.')
    expect(registry.find('order', 'a')).toBeUndefined()
    expect(registry.list().map(({ definition: { kind, name } }) => `${kind}/${name}`)).toEqual([
      'source/a',
      'source/z',
      'sink/a',
      'sink/b',
    ])
    expect(registry.list('sink')).toHaveLength(2)
  })

  it('keeps the first of two with one name and says where both come from', () => {
    const { registry, problems } = createRegistry([
      ...builtIn([plugin('sink', 'console')]),
      outside(plugin('sink', 'console'), './mine.ts'),
    ])
    expect(registry.find('sink', 'console')?.origin).toEqual({ from: 'built-in' })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      path: './mine.ts',
      error: {
        code: 'PLUGIN_DUPLICATE',
        message: 'sink/console is given twice: by built in, which is used, and by ./mine.ts',
      },
    })
  })

  it('takes one definition reached by two ways for one', () => {
    const same = plugin('sink', 'console')
    const { registry, problems } = createRegistry([outside(same, './a.ts'), outside(same, 'a-package')])
    expect(problems).toEqual([])
    expect(registry.list()).toHaveLength(1)
  })
})

describe('a description', () => {
  const described = builtIn([plugin('source', 'ladder')])[0]!

  it('has every field of the schema, with type, default and text', () => {
    expect(describePlugin(described).fields).toEqual([
      { path: 'level', type: 'integer from 1 to 9', required: false, default: 3, description: 'How high.' },
      { path: 'mode', type: 'fast | safe', required: true, description: 'Which way.' },
      { path: 'legs', type: 'list of object', required: false },
      { path: 'legs[].size', type: 'amount, as in "10 USDC"', required: true },
    ])
  })

  it('reads as text, with an example that is a node', () => {
    expect(renderPlugin(described).join('\n')).toBe(
      [
        'source/ladder  (built in)',
        'Does ladder.',
        '',
        'takes  nothing',
        'gives  price',
        '',
        'fields',
        '  level  integer from 1 to 9, default 3',
        '      How high.',
        '  mode  fast | safe, required',
        '      Which way.',
        '  legs  list of object, optional',
        '  legs[].size  amount, as in "10 USDC", required',
        '',
        '# Fast',
        'my-ladder:',
        '  source: ladder',
        '  with:',
        '    mode: fast',
      ].join('\n'),
    )
  })

  it('of all plugins is a line each under their kinds', () => {
    const { registry } = createRegistry([
      ...builtIn([plugin('source', 'ladder')]),
      outside(plugin('sink', 'x'), './x.ts'),
    ])
    expect(renderPluginList(registry.list())).toEqual([
      'source',
      '  ladder  Does ladder.',
      '',
      'sink',
      '  x       Does x.  (./x.ts)',
    ])
  })
})
