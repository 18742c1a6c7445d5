import type { BoundNode, BoundPipeline } from '../../config/bound-pipeline.ts'
import type { ForgeEvent } from '../../events/event.ts'
import { parseAmount } from '../../money/amount.ts'
import { type Price, parsePrice } from '../../money/price.ts'
import { sameToken, type TokenDirectory } from '../../money/token.ts'
import { startPipeline } from '../../runtime/run.ts'
import { parseDuration } from '../../time/duration.ts'
import { seededRandom } from '../../time/random.ts'
import { MemoryStates } from '../mocks/memory-state.ts'
import { mockServices } from '../mocks/mock-services.ts'
import type { PriceOf } from '../mocks/price-of.ts'
import { recordingLog } from '../mocks/recording-log.ts'
import { feedOf } from '../run-plugin.ts'
import { testClock } from '../test-clock.ts'
import type { Seen } from './expectations.ts'
import { readPair } from './read-event.ts'
import type { ReadTest } from './read-tests.ts'
import { readTime } from './read-time.ts'

/** A run that nothing ends is drained then: no test of a person takes longer. */
const LONGEST_MS = 90 * 86_400_000
const MOST_EVENTS = 1_000_000
const DRAIN_TIMEOUT_MS = 60_000

/** Runs one test on a virtual clock and says what was seen. @throws what a node's setup throws, and CLOCK_STUCK. */
export async function runTest(read: ReadTest, pipeline: BoundPipeline, tokens: TokenDirectory): Promise<Seen> {
  const { test, start_ms, until_ms, given } = read
  const clock = testClock(start_ms)
  const { trader, http, wallet } = test.mocks ?? {}
  const services = mockServices({
    clock,
    tokens,
    priceOf: pricesOf(read, tokens),
    ...(trader?.delay === undefined ? {} : { tradeDelay_ms: parseDuration(trader.delay) }),
    ...(trader?.progress === undefined ? {} : { tradeProgress: trader.progress }),
    ...(wallet === undefined ? {} : { wallet: wallet.map(text => parseAmount(text, tokens)) }),
    tradeOutcomes: trader?.outcomes ?? [],
    http: (http ?? []).map(({ delay, ...mock }) => ({
      ...mock,
      ...(delay === undefined ? {} : { delay_ms: parseDuration(delay) }),
    })),
  })
  const states = new MemoryStates()
  const events = new Map<string, ForgeEvent[]>()
  let seen = 0
  const run = await startPipeline({
    pipeline: { ...pipeline, nodes: pipeline.nodes.map(node => replaced(node, given.get(node.id))) },
    clock,
    random: seededRandom(test.seed ?? test.name),
    mode: 'test',
    log: recordingLog(),
    servicesFor: node => services.for(node.id),
    stateFor: id => states.for(id),
    drainTimeout_ms: DRAIN_TIMEOUT_MS,
    onEvent: (node, event) => {
      const list = events.get(node)
      if (list) list.push(event)
      else events.set(node, [event])
      if (++seen === MOST_EVENTS) void run.abort(`it gave ${MOST_EVENTS} events`)
    },
  })
  let endless = false
  const limit = clock.at(until_ms ?? start_ms + LONGEST_MS, () => {
    endless = until_ms === undefined
    void run.drain(endless ? 'it does not end' : 'the test says so')
  })
  const result = await clock.run(run.done)
  limit.cancel()
  return { result, events, orders: services.trader.orders, output: services.output, endless }
}

/** A node that gives what the test says, and takes whatever comes. */
function replaced(node: BoundNode, events: readonly ForgeEvent[] | undefined): BoundNode {
  if (!events) return node
  const setup: BoundNode['plugin']['setup'] = ({ clock }) => ({
    events: feedOf(events, clock),
    process: () => undefined,
  })
  return { ...node, plugin: { ...node.plugin, setup } }
}

type Step = { readonly at: number; readonly price: Price }

/** Prices of the trader's mock, and where it has none, those of the events of the test. */
function pricesOf(read: ReadTest, tokens: TokenDirectory): PriceOf {
  const mocked = Object.entries(read.test.mocks?.trader?.prices ?? {}).map(([name, prices]) => {
    const pair = readPair(name, tokens)
    const steps = Array.isArray(prices) ? prices : [{ at: '+0', price: String(prices) }]
    return steps.map((step): Step => ({ at: readTime(step.at, read.start_ms), price: parsePrice(step.price, pair) }))
  })
  const events = [...read.given.values()]
    .flat()
    .flatMap((event): Step[] => (event.kind === 'price' ? [{ at: event.at, price: event.price }] : []))
  const all = [...mocked, events.sort((a, b) => a.at - b.at)]
  return (input, output, at) => {
    for (const steps of all) {
      const step = steps.findLast(
        ({ price: { pair }, at: from }) =>
          from <= at &&
          ((sameToken(pair.base, output) && sameToken(pair.quote, input)) ||
            (sameToken(pair.base, input) && sameToken(pair.quote, output))),
      )
      if (step) return step.price
    }
    return undefined
  }
}
