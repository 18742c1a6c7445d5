const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2}))?)?$/
const SHAPE = 'Write a time as 2026-01-31T09:30Z, or a day as 2026-01-31: it begins at midnight UTC.'

/** Milliseconds since the Unix epoch of `2026-01-31T09:30Z`, `2026-01-31T09:30:00.000+02:00` or `2026-01-31`. */
export function parseTime(
  text: string,
): { readonly at: number } | { readonly message: string; readonly remedy: string } {
  const match = TIME.exec(text)
  if (!match) return { message: `"${text}" is not a time`, remedy: SHAPE }
  const [, year, month, day, hour, minute, second = '0', fraction = '', zulu, sign, zoneHours, zoneMinutes] = match
  if (hour !== undefined && zulu === undefined && sign === undefined)
    return { message: `"${text}" does not say in which time zone`, remedy: `Add Z for UTC: ${text}Z.` }
  const parts = [year, month, day, hour ?? '0', minute ?? '0', second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const at = Date.UTC(parts[0], parts[1] - 1, parts[2], parts[3], parts[4], parts[5], Number(fraction.padEnd(3, '0')))
  const date = new Date(at)
  const real = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ]
  // What the calendar does not have would silently be another day.
  if (real.some((value, index) => value !== parts[index]))
    return { message: `there is no time "${text}"`, remedy: SHAPE }
  if (Number(zoneHours ?? 0) > 14 || Number(zoneMinutes ?? 0) > 59)
    return { message: `there is no time zone ${sign}${zoneHours}:${zoneMinutes}`, remedy: SHAPE }
  const zone_ms =
    sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000
  return { at: at - zone_ms }
}
