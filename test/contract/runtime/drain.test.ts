import { setTimeout } from 'node:timers/promises'
import { interval, map, NEVER, of, Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { ForgeError } from '../../../core/errors/forge-error.ts'
import type { ForgeEvent } from '../../../core/events/event.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { collect, type NodeSpec, number, numberOf, reportOn, source, start, wishes } from './pipeline.ts'

const ticks: NodeSpec = {
  id: 'ticks',
  kind: 'source',
  setup: ({ clock }) => ({ events: interval(10, clock.scheduler).pipe(map(number)) }),
}

/** A pipeline whose trades take `trade_ms`, noting who is disposed when. */
const trading = (trade_ms: number, got: ForgeEvent[], disposed: string[] = []): NodeSpec[] =>
  [
    ticks,
    wishes('plan', 'ticks'),
    {
      id: 'swap',
      kind: 'execution' as const,
      from: ['plan'],
      setup: ({
        clock,
        signal,
      }: {
        clock: { sleep(ms: number, signal: AbortSignal): Promise<void> }
        signal: AbortSignal
      }) => ({
        process: (event: ForgeEvent) => clock.sleep(trade_ms, signal).then(() => reportOn(event, 'skipped')),
      }),
    },
    collect('history', ['swap'], got),
  ].map(spec => ({
    ...spec,
    setup: context => ({ ...spec.setup(context as never), dispose: () => void disposed.push(spec.id) }),
  }))

describe('draining', () => {
  it('stops the source, finishes the trades in flight, and disposes in reverse order', async () => {
    const got: ForgeEvent[] = []
    const disposed: string[] = []
    const { run, clock, finish } = await start(trading(25, got, disposed))
    await clock.advanceTo(105)
    void run.drain('SIGINT')
    const result = await finish()
    expect(result).toMatchObject({ ended: 'drained', reason: 'SIGINT', left: { intents: [], waiting: {} } })
    expect(result.nodes['ticks']?.out).toBe(10)
    expect(got).toHaveLength(10)
    expect(result.finishedAt).toBe(10 + 10 * 25)
    expect(disposed).toEqual(['history', 'swap', 'plan', 'ticks'])
    expect(clock.nextTimer_ms()).toBeUndefined()
  })

  it('says what was left when the time is over, and leaves no timer behind', async () => {
    const { run, clock, finish } = await start(trading(25, []), { drainTimeout_ms: 60 })
    await clock.advanceTo(105)
    void run.drain('SIGTERM')
    const result = await finish()
    expect(result).toMatchObject({ ended: 'timed-out', reason: 'SIGTERM', finishedAt: 165 })
    expect(result.left.intents.map(open => `${open.intent.key} ${open.at}`)).toEqual([
      'n6 swap',
      'n7 swap',
      'n8 swap',
      'n9 swap',
    ])
    expect(result.left.waiting).toEqual({ swap: 3 })
    expect(clock.nextTimer_ms()).toBeUndefined()
  })

  it('that is asked for while a timer of a node gives its last event ends that node too', async () => {
    const told = new Subject<ForgeEvent>()
    const order: NodeSpec = {
      id: 'order',
      kind: 'order',
      from: ['ticks'],
      setup: ({ clock }) => {
        clock.at(55, () => told.next(number(-1)))
        return { events: told, process: () => undefined, onInputEnd: () => told.complete() }
      },
    }
    const { run, finish } = await start([ticks, order, collect('history', ['order'], [])], {
      onEvent: (_, event) => numberOf(event) === -1 && run.drain('it has said so'),
    })
    expect(await finish()).toMatchObject({ ended: 'drained', reason: 'it has said so', finishedAt: 55 })
  })

  it('that is asked for twice is one draining', async () => {
    const { run, clock, finish } = await start(trading(25, []))
    await clock.advanceTo(15)
    void run.drain('first')
    void run.drain('second')
    expect(await finish()).toMatchObject({ ended: 'drained', reason: 'first' })
  })

  it('that is asked for before the first event still ends well', async () => {
    const { run, finish } = await start(trading(25, []))
    void run.drain('at once')
    expect(await finish()).toMatchObject({ ended: 'drained', nodes: { ticks: { out: 0 } } })
  })

  it('commits the state that no open intent carries, and only that', async () => {
    const flushed: string[] = []
    const stateFor = (id: string) => ({ get: () => undefined, set: () => {}, flush: () => void flushed.push(id) })
    const { run, clock, finish } = await start(trading(1_000_000, []), { stateFor, drainTimeout_ms: 10 })
    await clock.advanceTo(15)
    void run.drain('enough')
    await finish()
    expect(flushed).toEqual(['ticks', 'swap', 'history'])
  })
})

it('commits nothing of a node whose intent the store refused: the next run wants it again', async () => {
  const flushed: string[] = []
  const stateFor = (id: string) => ({ get: () => undefined, set: () => {}, flush: () => void flushed.push(id) })
  const refusing = (spec: NodeSpec): NodeSpec =>
    spec.id !== 'swap'
      ? spec
      : {
          ...spec,
          setup: ({ clock }) => ({
            process: event => {
              if ('key' in event && event.key === 'n0') return reportOn(event, 'skipped')
              return clock.sleep(5).then(() => {
                throw new ForgeError('STORE_BUSY', { message: 'locked by another program' })
              })
            },
          }),
        }
  const { finish } = await start(trading(0, []).map(refusing), { stateFor })
  expect(await finish()).toMatchObject({ ended: 'failed', left: { intents: [] } })
  expect(flushed).toEqual(['ticks', 'swap', 'history'])
})

describe('aborting', () => {
  it('ends at once, cuts off what is under way by the signal, and disposes', async () => {
    const disposed: string[] = []
    const { run, clock, finish } = await start(trading(1_000_000, [], disposed))
    await clock.advanceTo(45)
    void run.abort('SIGINT twice')
    const result = await finish()
    expect(result).toMatchObject({ ended: 'aborted', reason: 'SIGINT twice', finishedAt: 45 })
    expect(result.left.intents).toHaveLength(4)
    expect(disposed).toEqual(['history', 'swap', 'plan', 'ticks'])
    expect(clock.nextTimer_ms()).toBeUndefined()
  })

  it('follows the signal that was handed in, during the run and before it', async () => {
    const controller = new AbortController()
    const { clock, finish } = await start(trading(10, []), { signal: controller.signal })
    await clock.advanceTo(45)
    controller.abort(new Error('closing'))
    expect(await finish()).toMatchObject({ ended: 'aborted', reason: 'closing' })
    await expect(start(trading(10, []), { signal: controller.signal })).rejects.toMatchObject({ code: 'RUN_ABORTED' })
  })

  it('does not wait for ever for a node that does not close', async () => {
    const { run, finish } = await start([
      {
        id: 'stuck',
        kind: 'source',
        setup: () => ({ events: NEVER, dispose: () => Promise.reject(new Error('busy')) }),
      },
      source('other', of(number(1))),
    ])
    void run.abort('enough')
    expect((await finish()).errors).toMatchObject([{ node: 'stuck', error: { message: 'stuck: busy' } }])
  })
})

describe('on the real clock', () => {
  it('a run gives what is due, drains when told, and leaves the process with nothing to do', async () => {
    const got: ForgeEvent[] = []
    const { run } = await start(trading(5, got), { clock: createRealClock() })
    await setTimeout(60)
    const result = await run.drain('SIGTERM')
    expect(result).toMatchObject({ ended: 'drained', left: { intents: [], waiting: {} } })
    expect(got.length).toBeGreaterThan(0)
    expect(got).toHaveLength(result.nodes['ticks']?.out ?? 0)
    expect(result.timing.wall_ms).toBeGreaterThan(50)
  })
})
