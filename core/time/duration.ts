import { ForgeError } from '../errors/forge-error.ts'

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** The text form of a duration, for schemas. */
export const DURATION_PATTERN = '^(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+$'

/**
 * Milliseconds of `500ms`, `30s`, `5m`, `1h`, `7d`, `2w` or a sum as in `1h30m`.
 *
 * @throws DURATION_INVALID, also for a bare number: a unit is never guessed.
 */
export function parseDuration(text: string): number {
  if (!new RegExp(DURATION_PATTERN).test(text)) {
    throw new ForgeError('DURATION_INVALID', { message: `"${text}" is not a duration`, context: { text } })
  }
  let total = 0
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    total += Number(value) * UNITS[unit as keyof typeof UNITS]
  }
  return Math.round(total)
}

/** The shortest exact text: 5_400_000 → `1h30m`. */
export function formatDuration(duration_ms: number): string {
  let rest = Math.round(duration_ms)
  if (rest === 0) return '0ms'
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / UNITS[unit])
    if (count > 0) text += `${count}${unit}`
    rest -= count * UNITS[unit]
  }
  return text
}
