import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Findings } from '../findings.ts'
import { toPlain } from '../values/plain.ts'
import { readJson } from './read-json.ts'
import { SourceText } from './source-text.ts'

function read(text: string): { value: unknown; problems: readonly string[] } {
  const findings = new Findings()
  const tree = readJson(new SourceText('a.json', text), findings)
  return { value: tree && toPlain(tree, undefined).value, problems: findings.sorted().map(one => one.message) }
}

describe('JSON with places', () => {
  it('reads what JSON.stringify writes, in any spacing', () => {
    const value = fc.jsonValue({ maxDepth: 4 }).filter(one => !JSON.stringify(one).includes('__proto__'))
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space)
        expect(read(text)).toEqual({ value: JSON.parse(text), problems: [] })
      }),
    )
  })

  it('refuses exactly what JSON.parse refuses', () => {
    const broken = fc
      .tuple(
        fc.json({ maxDepth: 2 }),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', ':', '0', ' ', 'x', '-', '\\', '\n'),
      )
      .map(([text, place, insert]) => {
        const at = place % (text.length + 1)
        return text.slice(0, at) + insert + text.slice(at + (place % 2))
      })
      .filter(text => text.trim() !== '' && !text.includes('__proto__'))
    fc.assert(
      fc.property(broken, text => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        // A field that is given twice is JSON, and told all the same.
        const problems = read(text).problems.filter(message => !message.includes('given twice'))
        expect(problems.length === 0).toBe(valid)
      }),
      { numRuns: 500 },
    )
  })

  it('marks the place of each field', () => {
    const tree = readJson(new SourceText('a.json', '{\n  "a": {"b": 10}\n}'), new Findings())
    const a = tree?.type === 'map' ? tree.entries[0] : undefined
    expect(a?.keySpan.source.position(a.keySpan.start)).toEqual({ line: 2, column: 3 })
    expect(a?.value.span.source.position(a.value.span.start)).toEqual({ line: 2, column: 8 })
  })
})
