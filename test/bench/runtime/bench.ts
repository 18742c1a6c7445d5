/**
 * What a hop costs: 1e6 events through six synchronous hops, in interleaved rounds, by a hand-written loop, an RxJS
 * Subject per hop, async iterators, and a pipeline with its counters and error policy on. Then 1e7 events into a slow
 * consumer, watching memory.
 *
 * Run with `npm run bench:runtime`. Exits 1 when a target is missed.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { Observable } from 'rxjs'
import type { ForgeEvent } from '../../../core/events/event.ts'
import type { PluginContext } from '../../../core/plugin/contract.ts'
import { collect, type NodeSpec, number, start } from '../../contract/runtime/pipeline.ts'
import { asyncIterators, HOPS, handLoop, hopOf, subjectChain } from './rivals.ts'

const EVENTS = 1_000_000
const ROUNDS = 7
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const format = (value: number, digits = 1): string => value.toFixed(digits)

async function ours(events: readonly ForgeEvent[]): Promise<number> {
  const hops = Array.from({ length: HOPS }, (_, index): NodeSpec => {
    const hop = hopOf(index)
    return {
      id: `hop${index}`,
      from: [index === 0 ? 'source' : `hop${index - 1}`],
      onError: { action: 'skip' },
      setup: () => ({ process: hop }),
    }
  })
  const flood = new Observable<ForgeEvent>(subscriber => {
    for (const event of events) subscriber.next(event)
    subscriber.complete()
  })
  const { finish } = await start([{ id: 'source', kind: 'source', setup: () => ({ events: flood }) }, ...hops], {
    record: false,
  })
  const result = await finish()
  return result.nodes[`hop${HOPS - 1}`]?.out ?? 0
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

async function hops(): Promise<boolean> {
  const events = Array.from({ length: EVENTS }, (_, index) => number(index))
  const contenders: Record<string, (events: readonly ForgeEvent[]) => number | Promise<number>> = {
    'hand-written loop': handLoop,
    'RxJS, a Subject per hop': subjectChain,
    'async iterators': asyncIterators,
    SniperForge: ours,
  }
  const times = new Map(Object.keys(contenders).map(name => [name, [] as number[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      await turn()
      const start_ms = performance.now()
      const out = await contender(events)
      const took_ms = performance.now() - start_ms
      if (out !== EVENTS) throw new Error(`${name} gave ${out} of ${EVENTS} events`)
      // The first round warms up.
      if (round > 0) times.get(name)?.push(took_ms)
    }
  }
  const ns = (name: string): number => (median(times.get(name)!) * 1e6) / EVENTS
  const rival = ns('RxJS, a Subject per hop')
  say(`${EVENTS} events through ${HOPS} hops, median of ${ROUNDS} interleaved rounds, Node ${process.version}`)
  for (const name of times.keys()) {
    const all = times.get(name)!.map(took_ms => (took_ms * 1e6) / EVENTS)
    const spread = `${format(Math.min(...all))}–${format(Math.max(...all))}`
    say(
      `${name.padEnd(26)} ${format(ns(name)).padStart(8)} ns/event  (${spread})  × ${format(ns(name) / rival, 2)} of the Subject chain`,
    )
  }
  const ratio = ns('SniperForge') / rival
  say(`target: at most 0.50 of the Subject chain: ${format(ratio, 2)} ${ratio <= 0.5 ? 'reached' : 'MISSED'}`)
  return ratio <= 0.5
}

async function memory(): Promise<boolean> {
  const total = 10_000_000
  const marks: { heap: number; rss: number; waiting: number }[] = []
  let given = 0
  let taken = 0
  const slow: NodeSpec = {
    id: 'slow',
    from: ['source'],
    edge: { buffer: 64, whenFull: 'block' },
    setup: ({ clock }: PluginContext) => ({
      process: event => {
        taken++
        if (taken % (total / 10) === 0) {
          globalThis.gc?.()
          const { heapUsed: heap, rss } = process.memoryUsage()
          marks.push({ heap: heap / 2 ** 20, rss: rss / 2 ** 20, waiting: run.stats()['slow']?.waiting ?? 0 })
        }
        if (taken % 10_000 === 0) return clock.sleep(1).then(() => event)
        return taken % 4 === 0 ? Promise.resolve(event) : event
      },
    }),
  }
  const { run, finish } = await start(
    [
      { id: 'source', kind: 'source', setup: () => ({ pull: () => (given < total ? number(given++) : undefined) }) },
      slow,
      { ...collect('end', ['slow'], []), setup: () => ({ process: () => undefined }) },
    ],
    { record: false },
  )
  const start_ms = performance.now()
  const result = await finish()
  say('')
  say(
    `${total} events from a source that is pulled into a slow consumer: ${format((performance.now() - start_ms) / 1_000)} s`,
  )
  say('tenth    heap MiB     RSS MiB   waiting')
  for (const [index, { heap, rss, waiting }] of marks.entries()) {
    say(
      `${String(index + 1).padStart(5)} ${format(heap).padStart(11)} ${format(rss).padStart(11)} ${String(waiting).padStart(9)}`,
    )
  }
  const heaps = marks.slice(1).map(mark => mark.heap)
  const growth = Math.max(...heaps) - heaps[0]!
  const flat = growth < 16 && marks.every(mark => mark.waiting <= 64) && result.nodes['end']?.in === total
  say(
    `target: flat (the heap grows by less than 16 MiB after the first fifth): ${format(growth)} MiB ${flat ? 'reached' : 'MISSED'}`,
  )
  return flat
}

const reached = [await hops(), await memory()]
process.exitCode = reached.every(Boolean) ? 0 : 1
