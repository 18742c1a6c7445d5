import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../core/errors/codes.ts'
import { diagnose, readCase, shown } from './config/broken-case.ts'

const ROOT = join(import.meta.dirname, 'broken-pipelines')
const paths = globSync('*/*.txt', { cwd: ROOT }).sort()
const cases = paths.map(path => ({ path, ...readCase(readFileSync(join(ROOT, path), 'utf8')) }))

describe('broken pipelines', () => {
  it('are at least eighty, each another mistake', () => {
    expect(cases.length).toBeGreaterThanOrEqual(80)
    expect(new Set(cases.map(one => one.title)).size).toBe(cases.length)
  })

  it('show every code of the configuration that a pipeline can lead to', () => {
    const shownCodes = new Set(
      cases.flatMap(one => [...one.expected.matchAll(/\[([A-Z_]+)\]/g)].map(match => match[1])),
    )
    const codes = Object.keys(ERROR_CODES).filter(code => code.startsWith('CONFIG_'))
    // What the command ends with, and what stands for the problems beyond the first two hundred.
    const others = ['CONFIG_INVALID', 'CONFIG_MANY_PROBLEMS']
    expect(codes.filter(code => !shownCodes.has(code) && !others.includes(code))).toEqual([])
  })

  it.each(cases)('$path: $title', async one => {
    expect(one.expected).not.toBe('')
    const diagnostics = await diagnose(one)
    expect(shown(diagnostics)).toBe(one.expected)
    // Every place exists: the marked columns are in the line that is shown.
    for (const { line, column, endColumn } of diagnostics) {
      expect(line).toBeGreaterThan(0)
      expect(column).toBeGreaterThan(0)
      expect(endColumn).toBeGreaterThan(column)
    }
  })
})
