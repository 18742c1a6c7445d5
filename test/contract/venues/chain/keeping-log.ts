import type { Logger } from '../../../../core/index.ts'

/** Keeps what a venue logs, for tests that look at it. */
export function keepingLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = []
  const keep = (message: string): void => {
    lines.push(message)
  }
  return { lines, debug: keep, info: keep, warn: keep, error: keep }
}
