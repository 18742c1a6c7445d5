import { distance } from 'fastest-levenshtein'

/** The candidate a user most likely meant; none when all are far away. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const lower = written.toLowerCase().slice(0, 200)
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const far = distance(lower, candidate.toLowerCase())
    const longest = Math.max(lower.length, candidate.length)
    const allowed = longest <= 2 ? 1 : Math.max(2, Math.floor(longest * 0.4))
    if (far <= allowed && far < least && far < longest) {
      best = candidate
      least = far
    }
  }
  return best
}

const SHOWN = 12

/** `a, b, c and 5 more` */
export function listOf(values: readonly string[]): string {
  if (values.length <= SHOWN) return values.join(', ')
  return `${values.slice(0, SHOWN).join(', ')} and ${values.length - SHOWN} more`
}

/** `did you mean "x"?`, else the valid values under a label, else nothing. */
export function hintFor(written: string, candidates: readonly string[], label: string): string | undefined {
  const meant = nearest(written, candidates)
  if (meant !== undefined) return `did you mean "${meant}"?`
  return candidates.length > 0 ? `${label}: ${listOf(candidates)}` : undefined
}
