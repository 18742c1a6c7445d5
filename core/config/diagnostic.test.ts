import { describe, expect, it } from 'vitest'
import { diagnosticAt, diagnosticsToJson, formatDiagnostic, sortDiagnostics } from './diagnostic.ts'
import { SourceText } from './text/source-text.ts'

const source = new SourceText('a.yaml', 'one: 1\n\ttwo: 2\n')
const finding = { code: 'CONFIG_FIELD_UNKNOWN', path: 'two', message: 'unknown field "two"' } as const

describe('a diagnostic', () => {
  it('is shown with its line, carets below the place, and its hint', () => {
    const at = source.span(8, 11)
    expect(formatDiagnostic(diagnosticAt(at, { ...finding, hint: 'did you mean "one"?' }))).toBe(
      [
        'a.yaml:2:2 error[CONFIG_FIELD_UNKNOWN] two: unknown field "two"',
        '    2 |  two: 2',
        '      |  ^^^',
        '      = did you mean "one"?',
      ].join('\n'),
    )
  })

  it('shows the part of a long line that it is about', () => {
    const long = new SourceText('a.yaml', `${'x'.repeat(500)}HERE${'y'.repeat(500)}`)
    const [, line = '', carets = ''] = formatDiagnostic(diagnosticAt(long.span(500, 504), finding)).split('\n')
    expect(line.length).toBeLessThan(130)
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('HERE')
  })

  it('prints no control characters of the file', () => {
    const evil = new SourceText('a.yaml', 'a: \u001b[31mred\u009b\u202e')
    expect(formatDiagnostic(diagnosticAt(evil.span(0, 1), finding))).toContain('a: ·[31mred··')
  })

  it('points at the piece of a value that is wrong, in quotes too, and at all of it when it is written otherwise', () => {
    const part = { at: 3, length: 3 }
    const quoted = new SourceText('a', 'when: "one two"')
    expect(diagnosticAt(quoted.span(6, 15), { ...finding, part })).toMatchObject({ column: 11, endColumn: 14 })
    expect(diagnosticAt(quoted.span(6, 15), { ...finding, part: { at: 9, length: 9 } })).toMatchObject({
      column: 7,
      endColumn: 16,
    })
  })

  it('is told once, by file, line and column', () => {
    const later = diagnosticAt(source.span(8, 11), finding)
    const first = diagnosticAt(source.span(0, 3), finding)
    expect(sortDiagnostics([later, first, later])).toEqual([first, later])
  })

  it('is plain data for programs', () => {
    expect(diagnosticsToJson([diagnosticAt(source.span(0, 3), finding)])).toEqual([
      { file: 'a.yaml', line: 1, column: 1, endColumn: 4, severity: 'error', ...finding },
    ])
  })
})
