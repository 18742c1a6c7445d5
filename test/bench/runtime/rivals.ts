import { Subject } from 'rxjs'
import type { ForgeEvent } from '../../../core/events/event.ts'

export const HOPS = 6

type Hop = (event: ForgeEvent) => ForgeEvent

/** The work of one hop, the same for every contender: each hop is its own function, as in real pipelines. */
export function hopOf(index: number): Hop {
  return event => ({ kind: 'test/number', at: event.at, value: (event as { value: number }).value + index })
}

const hops = (): Hop[] => Array.from({ length: HOPS }, (_, index) => hopOf(index))

export function handLoop(events: readonly ForgeEvent[]): number {
  const [a, b, c, d, e, f] = hops() as [Hop, Hop, Hop, Hop, Hop, Hop]
  let out = 0
  for (const event of events) if (f(e(d(c(b(a(event)))))).at >= 0) out++
  return out
}

export function subjectChain(events: readonly ForgeEvent[]): number {
  const source = new Subject<ForgeEvent>()
  let last = source
  for (const hop of hops()) {
    const next = new Subject<ForgeEvent>()
    last.subscribe({ next: event => next.next(hop(event)), complete: () => next.complete() })
    last = next
  }
  let out = 0
  last.subscribe(() => out++)
  for (const event of events) source.next(event)
  source.complete()
  return out
}

export async function asyncIterators(events: readonly ForgeEvent[]): Promise<number> {
  async function* through(
    input: Iterable<ForgeEvent> | AsyncIterable<ForgeEvent>,
    hop: Hop,
  ): AsyncGenerator<ForgeEvent> {
    for await (const event of input) yield hop(event)
  }
  let chain: Iterable<ForgeEvent> | AsyncIterable<ForgeEvent> = events
  for (const hop of hops()) chain = through(chain, hop)
  let out = 0
  for await (const _event of chain) out++
  return out
}
