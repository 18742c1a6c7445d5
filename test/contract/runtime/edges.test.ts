import fc from 'fast-check'
import { interval, map, range, take } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent, PriceEvent } from '../../../core/events/event.ts'
import { collect, type NodeSpec, number, numberOf, price, runToEnd, source } from './pipeline.ts'

const pulled = (count: number, asked: { count: number }): NodeSpec => ({
  id: 'numbers',
  kind: 'source',
  setup: () => ({ pull: () => (asked.count < count ? number(asked.count++) : undefined) }),
})

describe('an edge that blocks', () => {
  it('holds back a source that can be pulled: it is not asked while there is no room', async () => {
    const asked = { count: 0 }
    let ahead = 0
    let taken = 0
    const { result } = await runToEnd([
      pulled(1_000, asked),
      {
        id: 'slow',
        from: ['numbers'],
        edge: { buffer: 8, whenFull: 'block' },
        setup: ({ clock }) => ({
          process: async () => {
            taken++
            await clock.sleep(1)
            ahead = Math.max(ahead, asked.count - taken)
          },
        }),
      },
    ])
    expect(result).toMatchObject({ ended: 'completed', nodes: { slow: { in: 1_000, dropped: 0 } } })
    expect(ahead).toBeLessThanOrEqual(8)
  })

  it('passes the pressure on through any chain, losing nothing and keeping order', async () => {
    const shape = fc.record({
      count: fc.integer({ min: 0, max: 120 }),
      nodes: fc.array(
        fc.record({
          buffer: fc.integer({ min: 1, max: 5 }),
          copies: fc.integer({ min: 0, max: 3 }),
          delays: fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 4 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    })
    await fc.assert(
      fc.asyncProperty(shape, async ({ count, nodes }) => {
        const got: ForgeEvent[] = []
        const asked = { count: 0 }
        const chain = nodes.map(
          ({ buffer, copies, delays }, index): NodeSpec => ({
            id: `node${index}`,
            from: [index === 0 ? 'numbers' : `node${index - 1}`],
            edge: { buffer, whenFull: 'block' },
            setup: ({ clock }) => {
              let call = 0
              return {
                process: event => {
                  const outcome = Array.from({ length: copies }, () => event)
                  const delay_ms = delays[call++ % delays.length]!
                  return delay_ms < 0 ? outcome : clock.sleep(delay_ms).then(() => outcome)
                },
              }
            },
          }),
        )
        const { result } = await runToEnd([pulled(count, asked), ...chain, collect('end', [chain.at(-1)!.id], got)])
        expect(result.ended).toBe('completed')
        let expected = Array.from({ length: count }, (_, index) => index)
        for (const { copies } of nodes) expected = expected.flatMap(value => Array<number>(copies).fill(value))
        expect(got.map(numberOf)).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('lets an Observable give up to the backlog beyond its buffer, then calls it an overrun', async () => {
    const specs = (onError: NodeSpec['onError']): NodeSpec[] => [
      { ...source('numbers', range(0, 10_000).pipe(map(number))), ...(onError ? { onError } : {}) },
      {
        id: 'slow',
        from: ['numbers'],
        edge: { buffer: 10, whenFull: 'block' },
        setup: ({ clock }) => ({ process: () => clock.sleep(1) }),
      },
    ]
    const skipped = await runToEnd(specs({ action: 'skip' }), { backlog: 100 })
    expect(skipped.result).toMatchObject({
      ended: 'completed',
      nodes: { numbers: { errors: 10_000 - 111 }, slow: { in: 111, dropped: 10_000 - 111 } },
    })
    expect(skipped.result.errors[0]).toMatchObject({
      node: 'numbers',
      error: { code: 'EDGE_OVERRUN' },
      event: { value: 111 },
    })
    const stopped = await runToEnd(specs({ action: 'stop' }), { backlog: 100 })
    expect(stopped.result).toMatchObject({ ended: 'failed', nodes: { numbers: { errors: 1 }, slow: { in: 111 } } })
  })
})

describe('an edge that drops or conflates', () => {
  it('keeps the newest when it drops the oldest', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      source('numbers', range(0, 100).pipe(map(number))),
      {
        id: 'slow',
        from: ['numbers'],
        edge: { buffer: 3, whenFull: 'drop-oldest' },
        setup: ({ clock }) => ({ process: event => clock.sleep(1).then(() => event) }),
      },
      collect('end', ['slow'], got),
    ])
    expect(got.map(numberOf)).toEqual([0, 97, 98, 99])
    expect(result.nodes['slow']).toMatchObject({ in: 4, dropped: 96 })
  })

  it('never hides a spike from a slow stop: the low and the high arrive with their times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 5 }),
        async (prices, buffer) => {
          const seen: PriceEvent[] = []
          const { result } = await runToEnd([
            {
              id: 'feed',
              kind: 'source',
              setup: ({ clock }) => ({
                events: interval(10, clock.scheduler).pipe(
                  take(prices.length),
                  map(index => price(prices[index]!, clock.now())),
                ),
              }),
            },
            {
              id: 'stop',
              kind: 'strategy',
              from: ['feed'],
              edge: { buffer, whenFull: 'conflate' },
              setup: ({ clock }) => ({
                process: async event => {
                  seen.push(event as PriceEvent)
                  await clock.sleep(75)
                },
              }),
            },
          ])
          const ONE = 10n ** 12n
          const extremes = seen.flatMap(event => [
            event,
            ...(event.low ? [event.low] : []),
            ...(event.high ? [event.high] : []),
          ])
          for (const extreme of [Math.min(...prices), Math.max(...prices)]) {
            const at = (prices.indexOf(extreme) + 1) * 10
            expect(extremes.some(entry => entry.price.scaled === BigInt(extreme) * ONE && entry.at === at)).toBe(true)
          }
          expect(seen.at(-1)?.price.scaled).toBe(BigInt(prices.at(-1)!) * ONE)
          const counts = result.nodes['stop']!
          expect(counts.in + counts.conflated).toBe(prices.length)
        },
      ),
      { numRuns: 100 },
    )
  })
})
