import { styleText } from 'node:util'
import { expect, test } from 'vitest'
import { folded } from './fold.ts'

const screen = { isTTY: true, columns: 40 }
const LINE = '2025-02-12 17:03:20Z  triggered  SOL → USDC: the price was 139.98 USDC'

test('a line longer than the terminal goes on below itself, at a word', () => {
  expect(folded(`short\n${LINE}\n    indented and much longer than the forty columns`, screen).split('\n')).toEqual([
    'short',
    '2025-02-12 17:03:20Z  triggered  SOL →',
    '    USDC: the price was 139.98 USDC',
    '    indented and much longer than the',
    '        forty columns',
  ])
})

test('a line that just fits, and anything that is not for a terminal, stays as it is', () => {
  expect(folded('x'.repeat(20).concat(' ', 'y'.repeat(19)), screen)).not.toContain('\n')
  expect(folded(LINE, { ...screen, isTTY: false })).toBe(LINE)
})

test('a word that no line can hold stays whole and where it is: a signature is copied as one', () => {
  const signature = '5'.repeat(88)
  expect(folded(`    tx ${signature}`, screen)).toBe(`    tx ${signature}`)
})

test('colours take no room', () => {
  const painted = styleText('red', 'error', { validateStream: false })
  const line = `${painted} ${'word '.repeat(6)}end`
  expect(folded(line, screen)).toBe(line)
})
