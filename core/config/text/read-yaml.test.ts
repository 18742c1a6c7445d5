import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { toPlain } from '../values/plain.ts'
import { readDocument } from './read-document.ts'

function read(text: string): { value: unknown; problems: readonly string[] } {
  const { tree, diagnostics } = readDocument('a.yaml', text)
  return { value: tree && toPlain(tree, undefined).value, problems: diagnostics.map(one => one.message) }
}

describe('YAML with places', () => {
  it('reads what the yaml library writes', () => {
    const value = fc
      .dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 })
      .map(value => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)
      .filter(value => !JSON.stringify(value).includes('__proto__'))
    fc.assert(
      fc.property(value, value => {
        expect(read(stringify(value))).toEqual({ value, problems: [] })
      }),
    )
  })

  it('takes aliases as the values they stand for', () => {
    expect(read('a: &x {n: 1}\nb: [*x, *x]\n')).toEqual({
      value: { a: { n: 1 }, b: [{ n: 1 }, { n: 1 }] },
      problems: [],
    })
  })

  it('keeps the digits of a number as they were written', () => {
    const { tree } = readDocument('a.yaml', 'price: 140.10\n')
    expect(tree?.type === 'map' && tree.entries[0]?.value).toMatchObject({ value: 140.1, text: '140.10' })
  })

  it('reads a file with a byte order mark and Windows line ends', () => {
    expect(read('\ufeffa: 1\r\nb: two\r\n')).toEqual({ value: { a: 1, b: 'two' }, problems: [] })
  })

  it('refuses an exponential alias expansion in milliseconds', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`)
    expect(read(`a0: &a0 [x]\n${levels.join('\n')}\n`).problems).toEqual([
      'the aliases of this file stand for more than 20000 values',
    ])
  })

  it('refuses a chain of aliases that nests without end', () => {
    const levels = Array.from({ length: 5_000 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]`)
    const { problems } = read(`a0: &a0 [x]\n${levels.join('\n')}\n`)
    expect(problems).toContain('the file nests deeper than 40 levels')
  })

  it.each(['[', '- ', '{a: ', '? '])('refuses fifty thousand of "%s" without exhausting the stack', part => {
    const { problems } = read(part.repeat(50_000))
    expect(problems).toHaveLength(1)
  })
})
