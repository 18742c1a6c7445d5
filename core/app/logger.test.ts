import { expect, test } from 'vitest'
import { createLoggers } from './logger.ts'

test('a line has the time of the clock, the level, the origin and the fields, and no secret', () => {
  const lines: string[] = []
  const loggers = createLoggers({
    level: 'info',
    clock: { now: () => Date.parse('2024-01-01T00:00:05Z') },
    write: line => lines.push(line),
    redact: line => line.replaceAll('hunter2', '***'),
  })
  const log = loggers('swap')
  log.debug('not shown')
  log.info('quoted', { out: 5n, url: 'https://x/?key=hunter2' })
  expect(lines).toEqual(['2024-01-01T00:00:05.000Z info  swap: quoted {"out":"5","url":"https://x/?key=***"}'])
})
