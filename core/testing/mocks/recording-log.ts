import type { Logger } from '../../plugin/contract.ts'

export interface LogEntry {
  readonly level: keyof Logger
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A logger that prints nothing and keeps everything. */
export function recordingLog(): Logger & { readonly entries: readonly LogEntry[] } {
  const entries: LogEntry[] = []
  const at =
    (level: keyof Logger): Logger['info'] =>
    (message, fields = {}) => {
      entries.push({ level, message, fields })
    }
  return { entries, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
