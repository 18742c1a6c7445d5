import type { ErrorCode } from '../errors/codes.ts'
import type { Span } from './text/source-text.ts'

/** One thing that is wrong with a configuration, and where. */
export interface Diagnostic {
  /** A path as the user gave it, or the flag, as in `--set amount`. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
  /** Exclusive; on the same line. */
  readonly endColumn: number
  readonly severity: 'error' | 'warning'
  readonly code: ErrorCode
  /** Where in the pipeline, as in `nodes.swap.with.venues[0]`; may be empty. */
  readonly path: string
  readonly message: string
  /** What to do: did you mean, the valid values, an example. */
  readonly hint?: string
  /** The line of the file, for the caret. */
  readonly source: string
}

/** A piece of a value, in UTF-16 code units of the value. */
export interface TextPart {
  readonly at: number
  readonly length: number
}

/** What a finding says; its place is given beside it. */
export interface Finding {
  readonly code: ErrorCode
  readonly path: string
  readonly message: string
  readonly hint?: string | undefined
  readonly severity?: 'error' | 'warning'
  /** The piece of the value that is wrong, where that is not all of it. */
  readonly part?: TextPart | undefined
}

/** Characters that a sentence may have: names and values in it can be of any length. */
const LONGEST = 600

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 120)} … ${text.slice(-100)}` : text
}

/** The place of a piece within a value, which may stand in quotes; all of the value where it is written otherwise. */
function narrowed({ source, start, end }: Span, { at, length }: TextPart): Pick<Span, 'start' | 'end'> {
  const quote = /^["']/.test(source.text.slice(start, end)) ? 1 : 0
  const from = start + quote + at
  return from + length <= end - quote ? { start: from, end: from + length } : { start, end }
}

export function diagnosticAt(whole: Span, finding: Finding): Diagnostic {
  const span = finding.part ? { ...whole, ...narrowed(whole, finding.part) } : whole
  const { line, column } = span.source.position(span.start)
  const end = span.source.position(Math.max(span.end, span.start + 1))
  const source = span.source.line(line)
  const endColumn = end.line === line ? end.column : source.trimEnd().length + 1
  const diagnostic = {
    file: span.source.name,
    line,
    column,
    endColumn: Math.max(endColumn, column + 1),
    severity: finding.severity ?? 'error',
    code: finding.code,
    path: cut(finding.path),
    message: cut(finding.message),
    source,
  } as const
  return finding.hint === undefined ? diagnostic : { ...diagnostic, hint: cut(finding.hint) }
}

/** By file (in order of first mention), line and column; each once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map<string, number>()
  const unique = new Map<string, Diagnostic>()
  for (const one of diagnostics) {
    if (!files.has(one.file)) files.set(one.file, files.size)
    const key = JSON.stringify([one.file, one.line, one.column, one.code, one.message])
    if (!unique.has(key)) unique.set(key, one)
  }
  return [...unique.values()].sort(
    (a, b) => files.get(a.file)! - files.get(b.file)! || a.line - b.line || a.column - b.column,
  )
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(one => one.severity === 'error')
}

const WIDTH = 110

/**
 * For people: the place, what is wrong, the line with carets below, and the hint.
 *
 *     pipeline.yaml:10:5 error[CONFIG_FIELD_UNKNOWN] nodes.snipe.with.minLiquidty: unknown field "minLiquidty"
 *        10 |     minLiquidty: 5000
 *           |     ^^^^^^^^^^^
 *           = did you mean "minLiquidity"?
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, endColumn, severity, code, path, message, hint } = diagnostic
  const gutter = String(line).padStart(5)
  const blank = ' '.repeat(gutter.length)
  const from = column > WIDTH - 20 ? column - 40 : 1
  const full = printable(diagnostic.source)
  const shown = full.slice(from - 1, from - 1 + WIDTH)
  const carets = Math.max(1, Math.min(endColumn, from + shown.length) - column)
  const lines = [
    `${printable(file)}:${line}:${column} ${severity}[${code}] ${printable(path === '' ? message : `${path}: ${message}`)}`,
    `${gutter} | ${shown}`,
    `${blank} | ${' '.repeat(Math.max(0, column - from))}${'^'.repeat(carets)}`,
  ]
  if (hint !== undefined) lines.push(`${blank} = ${printable(hint)}`)
  return lines.join('\n')
}

/** For programs: plain objects without the source line, in the given order. */
export function diagnosticsToJson(
  diagnostics: readonly Diagnostic[],
): readonly (Omit<Diagnostic, 'source'> & { readonly source?: never })[] {
  return diagnostics.map(({ source: _, ...rest }) => rest)
}

/** A file may hold control characters that would move a terminal's cursor. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced.
  return text.replaceAll('\t', ' ').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '·')
}
