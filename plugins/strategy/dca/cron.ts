import { Cron, CronDate, CronPattern } from 'croner'

/** The first match after a time, in milliseconds; undefined when none comes any more. */
export type NextByCron = (after_ms: number) => number | undefined

/** Whole minutes from UTC; a number keeps the computation free of time zones and of the machine's settings. */
const UTC = 0

/**
 * A pattern of five fields (minute, hour, day, month, weekday, in UTC). Only the matching of `croner` is used: its
 * `nextRun` looks at the machine's clock, even when it is told the time.
 *
 * @throws what `croner` says of a pattern that it can not read.
 */
export function readCron(text: string): NextByCron {
  const { options } = new Cron(text, { utcOffset: UTC, paused: true, mode: '5-part' })
  const pattern = new CronPattern(text, undefined, { mode: '5-part' })
  return after_ms => new CronDate(new Date(after_ms), UTC).increment(pattern, options, false)?.getTime()
}
