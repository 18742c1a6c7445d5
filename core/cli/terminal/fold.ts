import { stripVTControlCharacters } from 'node:util'

/** How much further in a line goes on below itself. */
const HANGING = 4

/**
 * Text as a person can read it there: on a terminal lines longer than it is wide go on below themselves, a word at a
 * time. A word that no line can hold stays whole, so that it can be copied; elsewhere nothing is changed.
 */
export function folded(text: string, { isTTY, columns }: { isTTY?: boolean; columns?: number }): string {
  if (!isTTY) return text
  const width = columns ?? 80
  return text
    .split('\n')
    .map(line => foldedLine(line, width))
    .join('\n')
}

function foldedLine(line: string, width: number): string {
  if (lengthOf(line) <= width) return line
  const indent = ' '.repeat(Math.min(line.length - line.trimStart().length + HANGING, Math.floor(width / 3)))
  const lines = ['']
  // Each word with the gap before it: where a line is not broken, gaps stay as they are.
  for (const [word, gap = '', letters = ''] of line.matchAll(/(\s*)(\S+)/g)) {
    const last = lines.at(-1)!
    const fits = lengthOf(last + word) <= width || last === '' || indent.length + lengthOf(letters) > width
    if (fits) lines[lines.length - 1] = last + gap + letters
    else lines.push(indent + letters)
  }
  return lines.join('\n')
}

function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
