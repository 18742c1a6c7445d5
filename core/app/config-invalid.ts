import { type Diagnostic, diagnosticsToJson, formatDiagnostic } from '../config/diagnostic.ts'
import { ForgeError } from '../errors/forge-error.ts'

/** A configuration with errors: all of its diagnostics, for people and for programs. */
export class ConfigInvalid extends ForgeError {
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    const files = [...new Set(errors.map(({ file }) => file))]
    const count = errors.length === 1 ? 'an error' : `${errors.length} errors`
    const first = errors[0]
    super('CONFIG_INVALID', {
      message: `${count} in ${files.join(', ')}`,
      context: first ? { file: first.file, line: first.line, column: first.column } : {},
    })
    this.diagnostics = diagnostics
  }

  /** Every diagnostic with its line and carets. */
  get text(): string {
    return this.diagnostics.map(formatDiagnostic).join('\n\n')
  }

  get json(): readonly object[] {
    return diagnosticsToJson(this.diagnostics)
  }
}
