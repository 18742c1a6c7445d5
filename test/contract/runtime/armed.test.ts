import { interval, map, of, take } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent, IntentEvent } from '../../../core/events/event.ts'
import { collect, intent, type NodeSpec, number, numberOf, reportOn, runToEnd, source, start } from './pipeline.ts'

const ticks = (count: number): NodeSpec => ({
  id: 'ticks',
  kind: 'source',
  setup: ({ clock }) => ({ events: interval(1_000, clock.scheduler).pipe(map(number), take(count)) }),
})

const plan = (heard: string[]): NodeSpec => ({
  id: 'plan',
  kind: 'strategy',
  from: ['ticks'],
  setup: () => ({
    process: event => (numberOf(event) === 0 ? intent('k', event.at) : undefined),
    onReport: report => heard.push(`plan ${report.key} ${report.state}`),
  }),
})

const limits = (heard: string[]): NodeSpec => ({
  id: 'limits',
  kind: 'order',
  from: ['plan'],
  setup: () => ({
    process: event => event,
    onReport: report => heard.push(`limits ${report.key} ${report.state}`),
  }),
})

/** Keeps every intent waiting until the number; of those it is given at the start as well. */
const stop = (at: number, restored: readonly IntentEvent[] = [], from = ['limits', 'ticks']): NodeSpec => ({
  id: 'stop',
  kind: 'order',
  from,
  setup: ({ hold, report }) => {
    const waiting: IntentEvent[] = [...restored]
    for (const each of restored) hold(each)
    return {
      process: (event): readonly ForgeEvent[] => {
        if (event.kind === 'intent') {
          const given = event as IntentEvent
          waiting.push(given)
          hold(given)
          report(reportOn(given, 'accepted'))
          return []
        }
        return numberOf(event) === at ? waiting.splice(0).map(each => ({ ...each, at: event.at })) : []
      },
    }
  },
})

const swap: NodeSpec = {
  id: 'swap',
  kind: 'execution',
  from: ['stop'],
  takes: ['intent'],
  setup: () => ({ process: event => reportOn(event, 'skipped') }),
}

describe('an intent that an order node keeps waiting', () => {
  it('goes on after a price, and its reports return to all whom it passed', async () => {
    const heard: string[] = []
    const { result } = await runToEnd([ticks(5), plan(heard), limits(heard), stop(3), swap])
    expect(result).toMatchObject({ ended: 'completed', left: { intents: [] } })
    expect(heard).toEqual(['limits k accepted', 'plan k accepted', 'limits k skipped', 'plan k skipped'])
  })

  it('does not hold a drain up: it is left where it is, and said to rest', async () => {
    const { run, clock, finish } = await start([ticks(1_000), plan([]), limits([]), stop(-1), swap])
    await clock.advanceTo(5_500)
    void run.drain('SIGINT')
    const result = await finish()
    expect(result).toMatchObject({ ended: 'drained', finishedAt: 5_500 })
    expect(result.left.intents).toMatchObject([
      { intent: { key: 'k', node: 'plan' }, path: ['plan', 'limits'], at: 'stop', resting: true },
    ])
    expect(clock.nextTimer_ms()).toBeUndefined()
  })

  it('does not keep a run going whose prices have ended', async () => {
    const { result } = await runToEnd([ticks(3), plan([]), limits([]), stop(-1), swap])
    expect(result).toMatchObject({ ended: 'completed', finishedAt: 3_000, left: { intents: [{ resting: true }] } })
  })

  it('is awaited again once it went on: a report that never comes is told as an intent left', async () => {
    const silent: NodeSpec = { ...swap, setup: () => ({ process: () => undefined }) }
    const { result } = await runToEnd([ticks(5), plan([]), limits([]), stop(3), silent])
    expect(result).toMatchObject({ ended: 'timed-out', reason: '1 intents were left without a final report' })
    expect(result.left.intents).toMatchObject([{ at: 'swap', path: ['plan', 'limits', 'stop'], resting: false }])
  })

  it('of an earlier run stays its strategy’s, and the nodes between hear of it', async () => {
    const heard: string[] = []
    const got: ForgeEvent[] = []
    const earlier = { ...intent('earlier'), node: 'plan' }
    const { result } = await runToEnd([
      ticks(5),
      { ...plan(heard), setup: context => ({ ...plan(heard).setup(context), process: () => undefined }) },
      limits(heard),
      stop(2, [earlier]),
      swap,
      collect('history', ['swap'], got),
    ])
    expect(result.ended).toBe('completed')
    expect(heard).toEqual(['limits earlier skipped', 'plan earlier skipped'])
    expect(got).toMatchObject([{ kind: 'report', node: 'plan', key: 'earlier' }])
  })

  it('of a strategy that is no longer there keeps its name, and so its key', async () => {
    const got: ForgeEvent[] = []
    const gone = { ...intent('earlier'), node: 'gone' }
    const { result } = await runToEnd([ticks(5), stop(2, [gone], ['ticks']), swap, collect('history', ['swap'], got)])
    expect(result).toMatchObject({ ended: 'completed', left: { intents: [] } })
    expect(got).toMatchObject([{ kind: 'report', node: 'gone', key: 'earlier' }])
  })

  it('is one intent when its strategy gives it again after a restart', async () => {
    const heard: string[] = []
    const again = { ...intent('k'), node: 'plan' }
    const once: NodeSpec = {
      ...stop(3, [again], ['plan', 'ticks']),
      setup: context => {
        const inner = stop(3, [again]).setup(context)
        // The journal has the key: it is held already.
        return { ...inner, process: event => (event.kind === 'intent' ? undefined : inner.process?.(event)) }
      },
    }
    const { result } = await runToEnd([ticks(5), plan(heard), once, swap])
    expect(result.ended).toBe('completed')
    expect(result.nodes['swap']?.in).toBe(1)
    expect(heard).toEqual(['plan k skipped'])
  })

  it('that another order gives while one comes in stays what it was', async () => {
    const got: ForgeEvent[] = []
    const other = { ...intent('other'), node: 'plan' }
    const { result } = await runToEnd([
      source('ticks', of(number(0))),
      plan([]),
      {
        id: 'stop',
        kind: 'order',
        from: ['plan'],
        setup: ({ hold }) => {
          hold(other)
          return { process: event => [other, event] }
        },
      },
      swap,
      collect('history', ['swap'], got),
    ])
    expect(result).toMatchObject({ ended: 'completed', left: { intents: [] } })
    expect(got).toMatchObject([
      { key: 'other', node: 'plan' },
      { key: 'k', node: 'plan' },
    ])
  })
})
