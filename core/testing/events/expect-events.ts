import { ForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent } from '../../events/event.ts'
import { compare, differenceLines } from './compare.ts'
import { type PlainEvent, plainEvent } from './plain-event.ts'

/**
 * Compares events with what is expected of them, written as a person would: only the fields named are compared.
 *
 * @throws TEST_MISMATCH with the lines that differ.
 * @example
 * expectEvents(given, [{ kind: 'intent', key: '2026-01-01T00:00:00Z', input: '10 USDC', output: 'SOL' }])
 */
export function expectEvents(actual: readonly ForgeEvent[], expected: readonly PlainEvent[]): void {
  const differences = compare(expected, actual.map(plainEvent))
  if (differences.length === 0) return
  const lines = differences.flatMap(difference => [
    `  event ${Number(difference.path[0]) + 1}:`,
    ...differenceLines(difference, 1).map(line => `    ${line}`),
  ])
  throw new ForgeError('TEST_MISMATCH', {
    message: `${expected.length} events expected, ${actual.length} came\n${lines.join('\n')}`,
  })
}
