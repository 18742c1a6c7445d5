import { concat, defer, map, of, range, throwError } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ErrorPolicy } from '../../../core/config/bound-pipeline.ts'
import { ForgeError } from '../../../core/errors/forge-error.ts'
import type { ForgeEvent } from '../../../core/events/event.ts'
import type { Report } from '../../../core/events/report.ts'
import { DirectPromise } from '../../../core/time/direct-promise.ts'
import { collect, type NodeSpec, number, numberOf, reportOn, runToEnd, SILENT, source, wishes } from './pipeline.ts'

const failing = (onError: ErrorPolicy, fails: (value: number, call: number) => boolean): NodeSpec => ({
  id: 'fragile',
  from: ['numbers'],
  onError,
  setup: () => {
    let calls = 0
    return {
      process: event => {
        if (fails(numberOf(event), ++calls)) throw new Error(`no ${numberOf(event)}`)
        return event
      },
    }
  },
})
const numbers = (count: number): NodeSpec => source('numbers', range(0, count).pipe(map(number)))

describe('a failing node', () => {
  it('with the policy skip loses the event, counts it and reports it with the event', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      numbers(5),
      failing({ action: 'skip' }, value => value === 2),
      collect('end', ['fragile'], got),
    ])
    expect(result.ended).toBe('completed')
    expect(got.map(numberOf)).toEqual([0, 1, 3, 4])
    expect(result.nodes['fragile']).toMatchObject({ in: 5, out: 4, errors: 1, skipped: 1 })
    expect(result.errors).toMatchObject([
      { node: 'fragile', event: { value: 2 }, error: { code: 'NODE_FAILED', message: 'fragile: no 2' } },
    ])
  })

  it('with the policy retry tries again after a doubling pause, keeping order', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      numbers(4),
      failing({ action: 'retry', attempts: 3, backoff_ms: 100 }, (value, call) => value === 1 && call < 5),
      collect('end', ['fragile'], got),
    ])
    expect(result.ended).toBe('completed')
    expect(got.map(numberOf)).toEqual([0, 1, 2, 3])
    expect(result.finishedAt).toBe(100 + 200 + 400)
    expect(result.nodes['fragile']).toMatchObject({ in: 4, errors: 3, retries: 3, skipped: 0 })
  })

  it('that fails more often than it may retry stops the run; a sink only loses the event', async () => {
    const retry: ErrorPolicy = { action: 'retry', attempts: 2, backoff_ms: 10 }
    const stopped = await runToEnd([numbers(4), failing(retry, value => value === 1)])
    expect(stopped.result).toMatchObject({ ended: 'failed', reason: 'fragile: no 1' })
    const sink = await runToEnd([
      numbers(4),
      {
        ...failing(retry, value => value === 1),
        kind: 'sink',
        gives: [],
        setup: context => {
          const { process } = failing(retry, value => value === 1).setup(context)
          return { process: event => void process?.(event) }
        },
      },
    ])
    expect(sink.result).toMatchObject({ ended: 'completed', nodes: { fragile: { in: 4, errors: 3, skipped: 1 } } })
  })

  it('with the policy stop lets the trades in flight finish, and the run ends as failed', async () => {
    const got: ForgeEvent[] = []
    let given = 0
    const { result } = await runToEnd([
      {
        id: 'numbers',
        kind: 'source',
        setup: ({ clock }) => ({
          pull: async () => {
            await clock.sleep(10)
            return number(given++)
          },
        }),
      },
      failing({ action: 'stop' }, value => value === 5),
      wishes('plan', 'numbers'),
      {
        id: 'swap',
        kind: 'execution',
        from: ['plan'],
        setup: ({ clock }) => ({
          concurrency: 100,
          process: async event => {
            await clock.sleep(5_000)
            return reportOn(event, 'skipped')
          },
        }),
      },
      collect('history', ['swap'], got),
    ])
    expect(result).toMatchObject({ ended: 'failed', reason: 'fragile: no 5', left: { intents: [], waiting: {} } })
    expect(got).toHaveLength(6)
    expect(result.finishedAt).toBe(60 + 5_000)
  })

  it('that stopped takes nothing more, and whoever wanted what waits there is told', async () => {
    const heard: string[] = []
    const plan = wishes('plan', 'numbers')
    const { result } = await runToEnd([
      numbers(4),
      {
        ...plan,
        setup: context => ({
          ...plan.setup(context),
          onReport: report =>
            heard.push(`${report.key} ${report.state} ${(report as { reason?: { code: string } }).reason?.code}`),
        }),
      },
      {
        id: 'swap',
        kind: 'execution',
        from: ['plan'],
        setup: ({ clock }) => ({
          process: async event => {
            await clock.sleep(10)
            if ((event as { key?: string }).key === 'n1') throw new Error('broken')
            return reportOn(event, 'skipped')
          },
        }),
      },
    ])
    expect(result.ended).toBe('failed')
    expect(heard).toEqual([
      'n0 skipped TEST',
      'n1 failed NODE_FAILED',
      'n2 skipped NODE_HALTED',
      'n3 skipped NODE_HALTED',
    ])
    expect(result.left.intents).toEqual([])
  })

  it('keeps the code and the remedy of its own error', async () => {
    const { result } = await runToEnd([
      numbers(1),
      {
        id: 'venue',
        from: ['numbers'],
        setup: () => ({ process: () => Promise.reject(new ForgeError('VENUE_REFUSED', { message: 'no route' })) }),
      },
    ])
    expect(result.errors[0]?.error).toMatchObject({ code: 'VENUE_REFUSED', message: 'no route' })
  })

  it('that ends the run is told by the result, with its node, and not in the log as well', async () => {
    const lines: string[] = []
    const log = { ...SILENT, error: (message: string) => void lines.push(message) }
    const failed = failing({ action: 'stop' }, value => value === 1)
    const skipping = { ...failing({ action: 'skip' }, value => value === 0), id: 'hasty' }
    const refuses = {
      id: 'venue',
      from: ['numbers'],
      setup: () => ({
        process: (event: ForgeEvent) => {
          if (numberOf(event) === 1) throw new ForgeError('VENUE_REFUSED', { message: 'no route' })
        },
      }),
    }
    const one = await runToEnd([numbers(4), skipping, refuses], { log })
    expect(one.result.failure).toMatchObject({ code: 'VENUE_REFUSED', message: 'venue: no route' })
    expect(lines).toEqual(['hasty: no 0'])
    const other = await runToEnd([numbers(4), failed], { log })
    expect(other.result.failure).toMatchObject({ message: 'fragile: no 1' })
    expect(lines).toHaveLength(1)
  })

  it('says once what the disk refuses to every node', async () => {
    const lines: string[] = []
    const log = { ...SILENT, error: (message: string) => void lines.push(message) }
    const full = new ForgeError('STORE_WRITE_FAILED', { message: 'x.db: database or disk is full' })
    const { result } = await runToEnd([numbers(2), collect('end', ['numbers'], [])], {
      log,
      stateFor: () => ({
        get: () => undefined,
        set: () => undefined,
        flush: () => {
          throw full
        },
      }),
    })
    expect(result.errors).toHaveLength(2)
    expect(lines).toHaveLength(1)
  })

  it('fails the run when its operator throws', async () => {
    const { result } = await runToEnd([
      numbers(3),
      {
        id: 'opaque',
        from: ['numbers'],
        onError: { action: 'skip' },
        setup: () => ({
          operator: events =>
            events.pipe(
              map(event => {
                if (numberOf(event) === 1) throw new Error('opaque')
                return event
              }),
            ),
        }),
      },
    ])
    expect(result).toMatchObject({ ended: 'failed', reason: 'opaque: opaque' })
  })

  it('fails the run when it gives a kind of event that it does not declare', async () => {
    const { result } = await runToEnd([
      numbers(1),
      { id: 'sly', from: ['numbers'], gives: ['price'], setup: () => ({ process: event => event }) },
    ])
    expect(result).toMatchObject({ ended: 'failed', errors: [{ error: { code: 'EVENT_UNDECLARED' } }] })
  })

  it('is counted however often it fails, while only the first failures are kept', async () => {
    const { result } = await runToEnd([numbers(1_000), failing({ action: 'skip' }, () => true)])
    expect(result.nodes['fragile']?.errors).toBe(1_000)
    expect(result.errors).toHaveLength(256)
  })
})

describe('a failing source', () => {
  const flaky = (onError: ErrorPolicy, failures: number): NodeSpec => {
    let runs = 0
    const events = defer(() =>
      runs++ < failures
        ? concat(
            of(number(runs)),
            throwError(() => new Error('lost')),
          )
        : of(number(100)),
    )
    return { ...source('numbers', events), onError }
  }

  it('is subscribed to again after a pause, and a good event forgives the failures before', async () => {
    const got: ForgeEvent[] = []
    const retry: ErrorPolicy = { action: 'retry', attempts: 1, backoff_ms: 50 }
    const { result } = await runToEnd([flaky(retry, 3), collect('end', ['numbers'], got)])
    expect(result).toMatchObject({ ended: 'completed', finishedAt: 150, nodes: { numbers: { errors: 3, retries: 3 } } })
    expect(got.map(numberOf)).toEqual([1, 2, 3, 100])
  })

  it('is over with the policy skip, and ends the run with the policy stop', async () => {
    expect((await runToEnd([flaky({ action: 'skip' }, 1)])).result.ended).toBe('completed')
    expect((await runToEnd([flaky({ action: 'stop' }, 1)])).result).toMatchObject({
      ended: 'failed',
      reason: 'numbers: lost',
    })
  })

  it('that is pulled is asked again after a pause', async () => {
    let calls = 0
    const { result } = await runToEnd([
      {
        id: 'numbers',
        kind: 'source',
        onError: { action: 'retry', attempts: 2, backoff_ms: 10 },
        setup: () => ({
          pull: () => {
            if (++calls < 3) throw new Error('not yet')
            return calls < 6 ? number(calls) : undefined
          },
        }),
      },
    ])
    expect(result).toMatchObject({ ended: 'completed', finishedAt: 30, nodes: { numbers: { out: 3, errors: 2 } } })
  })

  it('that answers by a promise which is heard directly gives within the call that settles it, and is asked again after one that fails', async () => {
    const told: string[] = []
    let calls = 0
    const { result } = await runToEnd([
      {
        id: 'numbers',
        kind: 'source',
        onError: { action: 'retry', attempts: 2, backoff_ms: 10 },
        setup: ({ clock }) => ({
          timed: true,
          pull: () => {
            const call = ++calls
            if (call > 3) return undefined
            const answer = new DirectPromise<ForgeEvent | undefined>()
            clock.at(clock.now() + 100, () => {
              if (call === 2) answer.fail(new Error('lost'))
              else answer.settle(number(call))
              told.push(`settled ${call}`)
            })
            return answer
          },
        }),
      },
      {
        id: 'end',
        kind: 'sink',
        from: ['numbers'],
        setup: () => ({ process: event => void told.push(`heard ${numberOf(event)}`) }),
      },
    ])
    expect(told).toEqual(['heard 1', 'settled 1', 'settled 2', 'heard 3', 'settled 3'])
    expect(result).toMatchObject({ ended: 'completed', finishedAt: 310, nodes: { numbers: { out: 2, errors: 1 } } })
  })
})

describe('one sink', () => {
  it('that fails on every event does not touch the others', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd([
      numbers(100),
      {
        id: 'broken',
        kind: 'sink',
        from: ['numbers'],
        onError: { action: 'skip' },
        setup: () => ({ process: () => Promise.reject(new Error('down')) }),
      },
      collect('end', ['numbers'], got),
    ])
    expect(result).toMatchObject({ ended: 'completed', nodes: { broken: { in: 100, errors: 100 } } })
    expect(got).toHaveLength(100)
  })

  it('that hangs stalls neither the others nor the end: beyond its backlog it loses events, counted and shown', async () => {
    const got: ForgeEvent[] = []
    const { result } = await runToEnd(
      [
        numbers(300),
        { id: 'hung', kind: 'sink', from: ['numbers'], setup: () => ({ process: () => new Promise(() => undefined) }) },
        collect('end', ['numbers'], got),
      ],
      { backlog: 100 },
    )
    expect(got).toHaveLength(300)
    expect(result).toMatchObject({
      ended: 'timed-out',
      reason: 'hung did not come to an end in time',
      left: { waiting: { hung: 164 } },
    })
    expect(result.nodes['hung']).toMatchObject({ in: 1, dropped: 135, errors: 135 })
    expect(result.errors[0]).toMatchObject({ node: 'hung', error: { code: 'EDGE_OVERRUN' } })
  })

  it('that is slow gets every report, in order, while trading goes on', async () => {
    const got: ForgeEvent[] = []
    const done: number[] = []
    const { result } = await runToEnd([
      numbers(500),
      wishes('plan', 'numbers'),
      {
        id: 'swap',
        kind: 'execution',
        from: ['plan'],
        setup: ({ clock }) => ({
          process: event => {
            done.push(clock.now())
            return reportOn(event, 'skipped')
          },
        }),
      },
      {
        id: 'slow',
        kind: 'sink',
        from: ['swap'],
        setup: ({ clock }) => ({
          process: async event => {
            await clock.sleep(1_000)
            got.push(event)
          },
        }),
      },
    ])
    expect(result.ended).toBe('completed')
    expect(done).toHaveLength(500)
    expect(done.at(-1)).toBe(0)
    expect(got.map(event => (event as Report).key)).toEqual(Array.from({ length: 500 }, (_, index) => `n${index}`))
  })
})

describe('a plugin that keeps nothing of the contract', () => {
  const giving = (answer: unknown): NodeSpec => ({
    id: 'strange',
    from: ['numbers'],
    setup: () => ({ process: () => answer as ForgeEvent }),
  })

  it.each([
    ['a text', 'hello', 'a string'],
    ['an object without a kind', { at: 0 }, 'an object without a `kind`'],
    ['a list with a hole', [null], 'null'],
    ['a promise of a number', Promise.resolve(7), 'a number'],
    ['a text that is empty', '', 'a string'],
  ])('is named when it gives %s, and not the node that fed it', async (_what, answer, named) => {
    const { result } = await runToEnd([numbers(1), giving(answer)])
    expect(result.ended).toBe('failed')
    expect(result.errors).toMatchObject([
      {
        node: 'strange',
        error: {
          code: 'EVENT_UNDECLARED',
          message: `strange: gave what is no event, ${named}, which its plugin does not declare`,
        },
      },
    ])
  })

  it('is named when its setup gives nothing', async () => {
    const empty: NodeSpec = { id: 'empty', from: ['numbers'], setup: () => undefined as never }
    await expect(runToEnd([numbers(1), empty])).rejects.toMatchObject({
      code: 'NODE_INVALID',
      message: 'empty: the plugin signal/empty gives nothing from `setup` that could run',
    })
  })

  it('is named when it never closes, and the run ends all the same, although virtual time stands still', async () => {
    const stuck: NodeSpec = {
      id: 'stuck',
      from: ['numbers'],
      setup: () => ({ process: () => undefined, dispose: () => new Promise(() => undefined) }),
    }
    const { result } = await runToEnd([numbers(1), stuck], { drainTimeout_ms: 50 })
    expect(result.errors).toMatchObject([
      { node: 'stuck', error: { message: 'stuck: did not close within the time for draining' } },
    ])
  })
})
