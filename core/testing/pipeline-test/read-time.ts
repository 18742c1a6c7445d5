import { formatProblem } from '../../config/check/formats.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { parseDuration } from '../../time/duration.ts'

/**
 * Milliseconds since the epoch of `+1h` after the start, or of a time with its zone.
 *
 * @throws DURATION_INVALID, CONFIG_TIME_INVALID
 */
export function readTime(text: string, start_ms: number): number {
  if (text.startsWith('+')) return start_ms + (/^\+0+$/.test(text) ? 0 : parseDuration(text.slice(1)))
  const problem = formatProblem('time', text)
  if (!problem) return Date.parse(text)
  throw new ForgeError(problem.code, {
    message: problem.message,
    remedy: `${problem.hint}, or "+1h" after the start`,
  })
}
