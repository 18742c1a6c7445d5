import { toJson } from '../events/serialize.ts'
import type { Logger } from '../plugin/contract.ts'
import type { Clock } from '../time/clock.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Loggers by origin: one line a message, with the clock's time, the origin and the fields as JSON. */
export function createLoggers(options: {
  readonly level: LogLevel
  readonly clock: Pick<Clock, 'now'>
  readonly write: (line: string) => void
  /** Takes secrets out of a line. */
  readonly redact: (line: string) => string
}): (origin: string) => Logger {
  const threshold = LOG_LEVELS.indexOf(options.level)
  return origin => {
    const writer = (level: LogLevel) => {
      if (LOG_LEVELS.indexOf(level) < threshold) return () => undefined
      return (message: string, fields?: Record<string, unknown>): void => {
        const time = new Date(options.clock.now()).toISOString()
        const detail = fields && Object.keys(fields).length > 0 ? ` ${toJson(fields)}` : ''
        options.write(options.redact(`${time} ${level.padEnd(5)} ${origin}: ${message}${detail}`))
      }
    }
    return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') }
  }
}
