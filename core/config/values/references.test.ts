import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitReferences } from './references.ts'

describe('references in a text', () => {
  it('are found with the text around them', () => {
    expect(splitReferences('a ${params.x} b ${settings.list[0].y}')).toEqual([
      { type: 'text', text: 'a ' },
      { type: 'reference', reference: { scope: 'params', steps: ['x'], raw: '${params.x}' } },
      { type: 'text', text: ' b ' },
      { type: 'reference', reference: { scope: 'settings', steps: ['list', '0', 'y'], raw: '${settings.list[0].y}' } },
    ])
  })

  it('are plain text when the dollar is doubled', () => {
    expect(splitReferences('$${params.x}')).toEqual([{ type: 'text', text: '${params.x}' }])
  })

  it('leave a text without "${" as it is', () => {
    fc.assert(
      fc.property(
        fc.string().filter(text => !text.includes('${')),
        text => {
          expect(splitReferences(text)).toEqual([{ type: 'text', text }])
        },
      ),
    )
  })

  it('never lose a character: what is written comes back part by part', () => {
    const pieces = fc.array(fc.constantFrom('${params.x}', '${', '}', '$', 'a', ' ', '${env.A}', '${x', '.'), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(pieces, pieces => {
        const text = pieces.join('')
        fc.pre(!text.includes('$${'))
        const parts = splitReferences(text)
        const again = parts.map(part =>
          part.type === 'text' ? part.text : part.type === 'reference' ? part.reference.raw : part.raw,
        )
        expect(again.join('')).toBe(text)
      }),
    )
  })
})
