import { field, locate, type Tree } from '../../config/text/tree.ts'
import type { ForgeEvent } from '../../events/event.ts'
import { formatAmount } from '../../money/amount.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import type { RunResult } from '../../runtime/run.ts'
import { compare, type Difference, differenceLines } from '../events/compare.ts'
import { type PlainEvent, plainEvent, plainTime } from '../events/plain-event.ts'
import type { ReadTest } from './read-tests.ts'
import { readTime } from './read-time.ts'
import type { TestFailure } from './report.ts'

/** What a test saw. */
export interface Seen {
  readonly result: RunResult
  readonly events: ReadonlyMap<string, readonly ForgeEvent[]>
  readonly orders: readonly OrderRecord[]
  readonly output: readonly string[]
  /** Whether the run was ended by the time limit that holds without `until`. */
  readonly endless: boolean
}

/** Failures beyond these help nobody. */
const SHOWN = 8

/** Everything in which what was seen is not as expected. */
export function checkExpectations(read: ReadTest, seen: Seen): TestFailure[] {
  const { expect } = read.test
  const tree = field(read.tree, 'expect') ?? read.tree
  const start_ms = read.start_ms
  return [
    ...checkEnd(expect.ended, tree, seen),
    ...Object.entries(expect.events ?? {}).flatMap(([node, expected]) =>
      lists(
        seen.events.get(node)?.map(plainEvent) ?? [],
        absolute(expected, start_ms),
        within(tree, 'events', node),
        `${node}, event`,
      ),
    ),
    ...Object.entries(expect.counts ?? {}).flatMap(([node, count]) => {
      const came = seen.events.get(node)?.length ?? 0
      return came === count
        ? []
        : [failure(within(tree, 'counts', node), node, [`- ${count} events`, `+ ${came} events`])]
    }),
    ...(expect.orders
      ? lists(seen.orders.map(plainOrder), absolute(expect.orders, start_ms), within(tree, 'orders'), 'order')
      : []),
    ...checkOutput(expect.output ?? [], within(tree, 'output'), seen.output),
    ...lists(
      seen.result.errors.map(({ node, error, at }) => ({
        node,
        code: error.code,
        message: error.message,
        at: plainTime(at),
      })),
      absolute(expect.errors ?? [], start_ms),
      within(tree, 'errors'),
      'failure',
    ),
  ]
}

function checkEnd(expected: string | undefined, tree: Tree, { result, endless }: Seen): TestFailure[] {
  const came = `+ ${result.ended}${result.reason === undefined ? '' : `: ${result.reason}`}`
  if (endless) return [failure(tree, 'it does not end by itself', ['set `until` to the time when it is to be drained'])]
  if (expected !== undefined) {
    return result.ended === expected ? [] : [failure(within(tree, 'ended'), 'the end', [`- ${expected}`, came])]
  }
  const well = result.ended === 'completed' || result.ended === 'drained'
  return well ? [] : [failure(tree, 'the end', ['- completed', came])]
}

function checkOutput(expected: readonly string[], tree: Tree, output: readonly string[]): TestFailure[] {
  let from = 0
  for (const [index, text] of expected.entries()) {
    const found = output.findIndex((line, at) => at >= from && line.includes(text))
    if (found < 0) {
      const rest = output.slice(from, from + SHOWN).map(line => `+ ${line}`)
      return [
        failure(locate(tree, [String(index)]).tree, 'output', [
          `- ${text}`,
          ...(rest.length > 0 ? rest : ['+ (nothing)']),
        ]),
      ]
    }
    from = found + 1
  }
  return []
}

/** One failure for every item that differs. */
function lists(actual: readonly PlainEvent[], expected: readonly unknown[], tree: Tree, what: string): TestFailure[] {
  const byItem = Map.groupBy(compare(expected, actual), difference => Number(difference.path[0]))
  const failures = [...byItem].map(([index, differences]) => {
    const first = differences[0]!
    const place = index < expected.length ? locate(tree, first.path).tree : tree
    return failure(
      place,
      `${what} ${index + 1} ${index < expected.length ? `of ${expected.length}` : 'is not expected'}`,
      differences.flatMap(linesOf),
    )
  })
  if (failures.length <= SHOWN) return failures
  const rest = failure(tree, `${failures.length - SHOWN} more differ`, [
    `${expected.length} expected, ${actual.length} came`,
  ])
  return [...failures.slice(0, SHOWN), rest]
}

const linesOf = (difference: Difference): string[] => differenceLines(difference, 1)

function plainOrder(order: OrderRecord): PlainEvent {
  const { intent, fill, reason } = order
  const state = { confirmed: 'filled', cancelled: 'skipped' }[order.state as string] ?? order.state
  const { input, output } = plainEvent(intent)
  return {
    at: plainTime(order.createdAt),
    key: intent.key,
    node: intent.node,
    state,
    input,
    output,
    ...(fill ? { input: formatAmount(fill.input), output: formatAmount(fill.output), venue: fill.venue } : {}),
    ...(reason ? { code: reason.code, message: reason.message } : {}),
  }
}

/** `+1h` under `at` and `expiresAt` as the time it stands for. */
function absolute(expected: readonly unknown[], start_ms: number): readonly unknown[] {
  return expected.map(item => {
    if (typeof item !== 'object' || item === null) return item
    return Object.fromEntries(
      Object.entries(item).map(([key, value]) =>
        (key === 'at' || key === 'expiresAt') && typeof value === 'string' && !value.startsWith('/')
          ? [key, plainTime(readTime(value, start_ms))]
          : [key, value],
      ),
    )
  })
}

function within(tree: Tree, ...steps: readonly string[]): Tree {
  return locate(tree, steps).tree
}

function failure(tree: Tree, subject: string, lines: readonly string[]): TestFailure {
  const { line, column } = tree.span.source.position(tree.span.start)
  return { place: `${tree.span.source.name}:${line}:${column}`, subject, lines }
}
