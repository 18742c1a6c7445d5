import { debounceTime, delay, from, interval, map, mergeMap, NEVER, Observable, of, range, take, timer } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent } from '../../../core/events/event.ts'
import {
  collect,
  intent,
  type NodeSpec,
  number,
  numberOf,
  price,
  reportOn,
  runToEnd,
  source,
  start,
} from './pipeline.ts'

describe('a run', () => {
  it('takes every event through every node, in order, and ends by itself', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      source('numbers', range(0, 1_000).pipe(map(number))),
      { id: 'double', from: ['numbers'], setup: () => ({ process: event => number(numberOf(event) * 2) }) },
      { id: 'twice', from: ['double'], setup: () => ({ process: event => [event, event] }) },
      { id: 'none', from: ['numbers'], setup: () => ({ process: () => undefined }) },
      collect('end', ['twice', 'none'], got),
    ])
    expect(result.ended).toBe('completed')
    expect(got.map(numberOf)).toEqual(Array.from({ length: 2_000 }, (_, index) => (index >> 1) * 2))
    expect(result.nodes['twice']).toMatchObject({ in: 1_000, out: 2_000, errors: 0, waiting: 0 })
    expect(result.left).toEqual({ intents: [], waiting: {} })
  })

  it('keeps order when some answers come at once and others later', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      source('numbers', range(0, 50).pipe(map(number))),
      {
        id: 'mixed',
        from: ['numbers'],
        setup: ({ clock }) => ({
          process: event => (numberOf(event) % 3 === 0 ? clock.sleep(numberOf(event)).then(() => event) : event),
        }),
      },
      { id: 'after', from: ['mixed'], setup: () => ({ process: async event => event }) },
      collect('end', ['after'], got),
    ])
    expect(result.ended).toBe('completed')
    expect(got.map(numberOf)).toEqual(Array.from({ length: 50 }, (_, index) => index))
  })

  it('runs RxJS operators on the virtual clock, and gives what they hold back at the end', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      {
        id: 'ticks',
        kind: 'source',
        setup: ({ clock }) => ({
          events: from([0, 10, 500, 510, 520]).pipe(
            mergeMap(at => timer(at, clock.scheduler).pipe(map(() => number(at)))),
          ),
        }),
      },
      {
        id: 'last',
        from: ['ticks'],
        setup: ({ clock }) => ({ operator: events => events.pipe(debounceTime(100, clock.scheduler)) }),
      },
      collect('end', ['last'], got),
    ])
    expect(result.ended).toBe('completed')
    expect(got.map(numberOf)).toEqual([10, 520])
  })

  it('gives what a node kept back when its input ends', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      source('numbers', range(1, 4).pipe(map(number))),
      {
        id: 'sum',
        from: ['numbers'],
        setup: ({ clock }) => {
          let sum = 0
          return {
            process: event => {
              sum += numberOf(event)
            },
            onInputEnd: async () => {
              await clock.sleep(5)
              return number(sum)
            },
          }
        },
      },
      collect('end', ['sum'], got),
    ])
    expect(result.ended).toBe('completed')
    expect(got.map(numberOf)).toEqual([10])
  })

  it('processes as many at once as a node allows, in order for each key', async () => {
    let most = 0
    let now = 0
    const finished: number[] = []
    const { result } = await runToEnd([
      source('numbers', range(0, 40).pipe(map(number))),
      {
        id: 'lanes',
        from: ['numbers'],
        setup: ({ clock }) => ({
          concurrency: 4,
          concurrencyKey: event => String(numberOf(event) % 3),
          process: async event => {
            most = Math.max(most, ++now)
            await clock.sleep(100 - numberOf(event))
            now--
            finished.push(numberOf(event))
          },
        }),
      },
    ])
    expect(result.ended).toBe('completed')
    expect(most).toBe(3)
    expect(finished).toHaveLength(40)
    for (const key of [0, 1, 2]) {
      const lane = finished.filter(value => value % 3 === key)
      expect(lane).toEqual([...lane].sort((a, b) => a - b))
    }
  })

  it('gives the same events byte for byte for the same seed, and others for another', async () => {
    const specs = () => [
      {
        id: 'walk',
        kind: 'source' as const,
        setup: ({ clock, random }: { clock: { scheduler: never }; random: { int(bound: number): number } }) => ({
          events: interval(1_000, clock.scheduler).pipe(
            take(200),
            map(index => price(100 + random.int(50), index * 1_000)),
          ),
        }),
      },
      {
        id: 'plan',
        kind: 'strategy' as const,
        from: ['walk'],
        setup: () => ({
          process: (event: ForgeEvent) =>
            event.kind === 'price' && event.price.scaled % 3n === 0n ? intent(`bar ${event.at}`, event.at) : undefined,
        }),
      },
      {
        id: 'swap',
        kind: 'execution' as const,
        from: ['plan'],
        setup: ({
          clock,
          random,
        }: {
          clock: { sleep(ms: number): Promise<void> }
          random: { int(b: number): number }
        }) => ({
          concurrency: 3,
          process: async (event: ForgeEvent) => {
            await clock.sleep(random.int(5_000))
            return reportOn(event, 'skipped')
          },
        }),
      },
    ]
    const once = async (seed: string): Promise<string> => {
      const { result, events } = await runToEnd(specs() as never, { seed })
      expect(result.ended).toBe('completed')
      const { timing: _timing, ...rest } = result
      return `${events.join('\n')}\n${JSON.stringify(rest, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))}`
    }
    const first = await once('a')
    expect(first.split('\n').length).toBeGreaterThan(250)
    expect(await once('a')).toBe(first)
    expect(await once('b')).not.toBe(first)
  })

  it('shows a node to taps without being slowed, and forgets the oldest when one is behind', async () => {
    const { run, finish } = await start([
      source('numbers', range(0, 5_000).pipe(map(number))),
      collect('end', ['numbers'], []),
    ])
    const all: number[] = []
    const few: number[] = []
    run.tap('numbers', 5_000).subscribe(event => all.push(numberOf(event)))
    run.tap('end', 10).subscribe(event => few.push(numberOf(event)))
    let completed = false
    run.tap('end').subscribe({ complete: () => (completed = true) })
    await finish()
    expect(all).toHaveLength(5_000)
    expect(few).toEqual([4_990, 4_991, 4_992, 4_993, 4_994, 4_995, 4_996, 4_997, 4_998, 4_999])
    expect(completed).toBe(true)
  })

  it('says whether something may be under way that no timer tells of', async () => {
    const stirsWhile = async (setup: NodeSpec['setup'], events: readonly ForgeEvent[]) => {
      const seen: boolean[] = []
      const { run, finish } = await start([
        source(
          'feed',
          new Observable(subscriber => {
            for (const event of events) {
              subscriber.next(event)
              seen.push(run.stirs())
            }
            subscriber.complete()
          }),
        ),
        { id: 'plan', kind: 'strategy', from: ['feed'], setup },
        { id: 'swap', kind: 'execution', from: ['plan'], setup: () => ({ process: each => reportOn(each, 'failed') }) },
      ])
      await finish()
      return seen
    }
    const three = [number(1), number(2), number(3)]
    const second = (event: ForgeEvent) => numberOf(event) === 2
    expect(await stirsWhile(() => ({ process: () => undefined }), three)).toEqual([false, false, false])
    const gives = { process: (event: ForgeEvent) => (second(event) ? intent('a') : undefined) }
    expect(await stirsWhile(() => gives, three)).toEqual([false, true, false])
    const awaits = { process: async () => undefined }
    expect(await stirsWhile(() => awaits, three)).toEqual([true, true, true])
    expect(await stirsWhile(() => ({ operator: map(event => event) }), three)).toEqual([true, true, true])
    const hasItsOwn: NodeSpec['setup'] = ({ clock }) => ({
      process: () => undefined,
      events: of(number(4)).pipe(delay(1, clock.scheduler)),
    })
    expect(await stirsWhile(hasItsOwn, three)).toEqual([true, true, true])
    const isTimed: NodeSpec['setup'] = context => ({ ...hasItsOwn(context), timed: true })
    expect(await stirsWhile(isTimed, three)).toEqual([false, false, false])
  })

  it('refuses a plugin that can not do what its place asks', async () => {
    const specs = [source('numbers', of(number(1))), { id: 'idle', from: ['numbers'], setup: () => ({}) }]
    await expect(start(specs)).rejects.toMatchObject({ code: 'NODE_INVALID', context: { node: 'idle' } })
  })

  it('disposes what was up when a later setup throws, and names the node', async () => {
    const disposed: string[] = []
    const failing = start([
      {
        id: 'first',
        kind: 'source',
        setup: () => ({ events: timer(1), dispose: () => void disposed.push('first') }) as never,
      },
      {
        id: 'second',
        from: ['first'],
        setup: () => {
          throw new Error('no file')
        },
      },
    ])
    await expect(failing).rejects.toMatchObject({ code: 'NODE_FAILED', message: 'second: no file' })
    expect(disposed).toEqual(['first'])
  })

  it('refuses a service that the definition does not declare', async () => {
    const failing = start([
      {
        id: 'curious',
        kind: 'source',
        setup: ({ services }) => ({ events: services.http === undefined ? of() : NEVER }),
      },
    ])
    await expect(failing).rejects.toMatchObject({ code: 'PLUGIN_SERVICE_UNDECLARED' })
  })
})
