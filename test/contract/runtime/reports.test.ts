import fc from 'fast-check'
import { interval, map, of, range, Subject, take } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent, IntentEvent } from '../../../core/events/event.ts'
import type { Report } from '../../../core/events/report.ts'
import { collect, intent, type NodeSpec, number, numberOf, reportOn, runToEnd, source, start } from './pipeline.ts'

/** A strategy that gives an intent for every number, and notes what it hears. */
const strategy = (id: string, from: readonly string[], heard: string[]): NodeSpec => ({
  id,
  kind: 'strategy',
  from,
  setup: () => ({
    process: event => intent(`n${numberOf(event)}`, event.at),
    onReport: report => heard.push(`${id} ${report.key} ${report.state}`),
  }),
})

const order = (id: string, from: readonly string[], heard: string[]): NodeSpec => ({
  id,
  kind: 'order',
  from,
  setup: () => ({ process: event => event, onReport: report => heard.push(`${id} ${report.key} ${report.state}`) }),
})

const execution = (id: string, from: readonly string[], duration_ms: number): NodeSpec => ({
  id,
  kind: 'execution',
  from,
  setup: ({ clock, report }) => ({
    process: async event => {
      report(reportOn(event, 'accepted'))
      await clock.sleep(duration_ms)
      return reportOn(event, 'skipped')
    },
  }),
})

describe('reports', () => {
  it('return to every node their intent passed, nearest first, and go on to the sinks', async () => {
    const heard: string[] = []
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      source('numbers', of(number(1), number(2))),
      strategy('plan', ['numbers'], heard),
      order('limits', ['plan'], heard),
      order('slices', ['limits'], heard),
      execution('swap', ['slices'], 100),
      collect('history', ['swap'], got),
    ])
    expect(result.ended).toBe('completed')
    const each = (key: string, state: string): string[] =>
      ['slices', 'limits', 'plan'].map(id => `${id} ${key} ${state}`)
    expect(heard).toEqual([
      ...each('n1', 'accepted'),
      ...each('n1', 'skipped'),
      ...each('n2', 'accepted'),
      ...each('n2', 'skipped'),
    ])
    expect(got.map(event => `${(event as Report).key} ${(event as Report).state} ${(event as Report).node}`)).toEqual([
      'n1 accepted plan',
      'n1 skipped plan',
      'n2 accepted plan',
      'n2 skipped plan',
    ])
    expect(result.left.intents).toEqual([])
  })

  it('about a part go to whoever split the intent, too', async () => {
    const heard: string[] = []
    const { result, events } = await runToEnd([
      source('numbers', of(number(1))),
      strategy('plan', ['numbers'], heard),
      {
        id: 'split',
        kind: 'order',
        from: ['plan'],
        setup: ({ report, clock }) => {
          let parent: IntentEvent | undefined
          let open = 0
          return {
            process: event => {
              parent = event as IntentEvent
              open = 2
              return [1, 2].map(part => ({ ...(event as IntentEvent), key: `${parent?.key}/${part}` }))
            },
            onReport: part => {
              heard.push(`split ${part.key} ${part.state}`)
              if (part.state === 'skipped' && --open === 0) report(reportOn(parent!, 'failed', clock.now()))
            },
          }
        },
      },
      execution('swap', ['split'], 100),
    ])
    expect(result.ended).toBe('completed')
    expect(heard.filter(line => line.startsWith('plan'))).toEqual([
      'plan n1/1 accepted',
      'plan n1/1 skipped',
      'plan n1/2 accepted',
      'plan n1/2 skipped',
      'plan n1 failed',
    ])
    expect(heard.filter(line => line.startsWith('split'))).toHaveLength(4)
    expect(
      events.filter(line => line.startsWith('split {"kind":"intent"')).every(line => line.includes('"node":"plan"')),
    ).toBe(true)
  })

  it('come before data of the same instant, and never into a running process', async () => {
    const seen: string[] = []
    let inside = false
    const { result } = await runToEnd([
      {
        id: 'ticks',
        kind: 'source',
        setup: ({ clock }) => ({ events: interval(10, clock.scheduler).pipe(take(6), map(number)) }),
      },
      {
        id: 'plan',
        kind: 'strategy',
        from: ['ticks'],
        setup: ({ clock }) => ({
          process: async event => {
            inside = true
            seen.push(`data ${clock.now()}`)
            await clock.sleep(25)
            inside = false
            return intent(`n${numberOf(event)}`, event.at)
          },
          onReport: report => {
            expect(inside).toBe(false)
            seen.push(`report ${report.key}`)
          },
        }),
      },
      {
        id: 'swap',
        kind: 'execution',
        from: ['plan'],
        setup: () => ({ process: event => reportOn(event, 'skipped') }),
      },
    ])
    expect(result.ended).toBe('completed')
    expect(seen.slice(0, 4)).toEqual(['data 10', 'report n0', 'data 35', 'report n1'])
    expect(seen).toHaveLength(12)
  })

  it('get through a circle of full edges, whatever the sizes and speeds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          events: fc.integer({ min: 1, max: 60 }),
          buffer: fc.integer({ min: 1, max: 3 }),
          copies: fc.integer({ min: 1, max: 4 }),
          plan_ms: fc.integer({ min: 0, max: 3 }),
          limit_ms: fc.integer({ min: 0, max: 3 }),
          swap_ms: fc.integer({ min: 0, max: 5 }),
          concurrency: fc.integer({ min: 1, max: 3 }),
        }),
        async ({ events, buffer, copies, plan_ms, limit_ms, swap_ms, concurrency }) => {
          const edge = { buffer, whenFull: 'block' } as const
          const finals: string[] = []
          let pulled = 0
          const work = async <T>(clock: { sleep(ms: number): Promise<void> }, ms: number, outcome: T): Promise<T> => {
            if (ms > 0) await clock.sleep(ms)
            return outcome
          }
          const { result } = await runToEnd([
            {
              id: 'numbers',
              kind: 'source',
              setup: () => ({ pull: () => (pulled < events ? number(pulled++) : undefined) }),
            },
            {
              id: 'plan',
              kind: 'strategy',
              from: ['numbers'],
              edge,
              setup: ({ clock }) => ({
                process: event =>
                  work(
                    clock,
                    plan_ms,
                    Array.from({ length: copies }, (_, copy) => intent(`${numberOf(event)}.${copy}`)),
                  ),
                onReport: report => {
                  if (report.state === 'skipped') finals.push(report.key)
                },
              }),
            },
            {
              id: 'limits',
              kind: 'order',
              from: ['plan'],
              edge,
              setup: ({ clock }) => ({ process: event => work(clock, limit_ms, event), onReport: () => undefined }),
            },
            {
              id: 'swap',
              kind: 'execution',
              from: ['limits'],
              edge,
              setup: ({ clock, report }) => ({
                concurrency,
                process: event => {
                  report(reportOn(event, 'accepted'))
                  return work(clock, swap_ms, reportOn(event, 'skipped'))
                },
              }),
            },
            { ...collect('history', ['swap'], []), edge },
          ])
          expect(result.ended).toBe('completed')
          expect(finals).toHaveLength(events * copies)
          expect(new Set(finals).size).toBe(events * copies)
          expect(result.nodes['history']?.in).toBe(2 * events * copies)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('are awaited: the run goes on until each intent has its final one', async () => {
    const { result } = await runToEnd([
      source('numbers', range(0, 3).pipe(map(number))),
      strategy('plan', ['numbers'], []),
      {
        id: 'later',
        kind: 'execution',
        from: ['plan'],
        setup: ({ clock, report }) => ({
          process: event => {
            clock.at(clock.now() + 20_000, () => report(reportOn(event, 'skipped')))
          },
        }),
      },
    ])
    expect(result.ended).toBe('completed')
    expect(result.finishedAt).toBe(20_000)
  })

  it('that never come do not hold the run for ever: it says which intents are left, and with whom', async () => {
    const { result } = await runToEnd([
      source('numbers', of(number(7))),
      strategy('plan', ['numbers'], []),
      { id: 'silent', kind: 'execution', from: ['plan'], setup: () => ({ process: () => undefined }) },
    ])
    expect(result.ended).toBe('timed-out')
    expect(result.finishedAt).toBe(30_000)
    expect(result.left.intents).toMatchObject([{ intent: { key: 'n7', node: 'plan' }, path: ['plan'], at: 'silent' }])
  })

  it('are not awaited for intents that only sinks see', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      source('numbers', of(number(7))),
      strategy('plan', ['numbers'], []),
      collect('show', ['plan'], got),
    ])
    expect(result.ended).toBe('completed')
    expect(got).toMatchObject([{ key: 'n7', node: 'plan' }])
  })

  it('may lead to the next intent from within onReport', async () => {
    const next = new Subject<ForgeEvent>()
    const { result } = await runToEnd([
      {
        id: 'cycle',
        kind: 'strategy',
        setup: () => ({
          events: next,
          onReport: report => {
            const level = Number(report.key)
            if (level < 5) next.next(intent(String(level + 1)))
            else next.complete()
          },
        }),
      },
      {
        id: 'swap',
        kind: 'execution',
        from: ['cycle'],
        setup: () => ({ process: event => reportOn(event, 'skipped') }),
      },
      {
        id: 'first',
        kind: 'source',
        setup: ({ clock }) => ({
          events: interval(1, clock.scheduler).pipe(
            take(1),
            map(() => {
              next.next(intent('1'))
              return number(0)
            }),
          ),
        }),
      },
    ])
    expect(result.ended).toBe('completed')
    expect(result.nodes['swap']?.in).toBe(5)
  })

  it('come to nodes of their path also while the run is draining', async () => {
    const heard: string[] = []
    const { run, clock, finish } = await start([
      source('numbers', of(number(1))),
      strategy('plan', ['numbers'], heard),
      execution('swap', ['plan'], 1_000),
    ])
    await clock.advanceTo(10)
    expect(run.openIntents()).toMatchObject([{ at: 'swap' }])
    const drained = run.drain('enough')
    await finish()
    expect(await drained).toMatchObject({ ended: 'drained', reason: 'enough' })
    expect(heard).toEqual(['plan n1 accepted', 'plan n1 skipped'])
  })
})
