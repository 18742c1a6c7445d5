import { type Diagnostic, diagnosticAt, type Finding, sortDiagnostics } from './diagnostic.ts'
import type { Span } from './text/source-text.ts'

/** Beyond this many a reader is helped no more. */
const MOST = 200

/** Gathers what is wrong, so that all of it is told at once. */
export class Findings {
  readonly #diagnostics: Diagnostic[] = []

  add(span: Span, finding: Finding): void {
    this.#diagnostics.push(diagnosticAt(span, finding))
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    this.#diagnostics.push(...diagnostics)
  }

  get errors(): number {
    return this.#diagnostics.filter(one => one.severity === 'error').length
  }

  sorted(): readonly Diagnostic[] {
    const all = sortDiagnostics(this.#diagnostics)
    if (all.length <= MOST) return all
    const last = all[MOST]!
    const rest = `${all.length - MOST} more problems are not shown`
    return [
      ...all.slice(0, MOST),
      { ...last, code: 'CONFIG_MANY_PROBLEMS', path: '', message: rest, severity: 'error' },
    ]
  }
}
