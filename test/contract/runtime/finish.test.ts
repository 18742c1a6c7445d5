import { interval, map, of, take } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent } from '../../../core/events/event.ts'
import type { PluginContext } from '../../../core/plugin/contract.ts'
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

/** Prices that never end. */
const prices: NodeSpec = {
  id: 'prices',
  kind: 'source',
  gives: ['price'],
  setup: ({ clock }) => ({ events: interval(10, clock.scheduler).pipe(map(n => price(100 + n, clock.now()))) }),
}

const swap = (from: string): NodeSpec => ({
  id: 'swap',
  kind: 'execution',
  from: [from],
  takes: ['intent'],
  setup: ({ clock }) => ({ process: event => clock.sleep(25).then(() => reportOn(event, 'skipped', clock.now())) }),
})

/** Wants one trade at each of the first so many prices, and then nothing more. */
const strategy = (id: string, trades: number, heard: ForgeEvent[] = []): NodeSpec => ({
  id,
  kind: 'strategy',
  from: ['prices'],
  takes: ['price'],
  gives: ['intent'],
  setup: context => {
    let seen = 0
    return {
      process: event => {
        if (++seen === trades) context.finish()
        return intent(`${id} ${seen}`, event.at)
      },
      onReport: report => void heard.push(report),
    }
  },
})

/** Holds each intent until the price has risen so far; is done when no more come and none is held. */
const order = (rise: number, heldAtStart = 0): NodeSpec => ({
  id: 'order',
  kind: 'order',
  from: ['prices', 'plan'],
  takes: ['price', 'intent'],
  gives: ['intent'],
  setup: (context: PluginContext) => {
    const held: ForgeEvent[] = []
    let [first, isLast, restored] = [0n, false, heldAtStart]
    const finishIfIdle = (): void => {
      if (isLast && held.length === 0 && restored === 0) context.finish()
    }
    return {
      process: event => {
        if (event.kind === 'intent') {
          held.push(event)
          return undefined
        }
        const { scaled } = (event as ReturnType<typeof price>).price
        first ||= scaled
        if (scaled - first < BigInt(rise) * 10n ** 12n) return undefined
        restored = 0
        const fired = held.splice(0)
        finishIfIdle()
        return fired
      },
      onIntentsEnd: () => {
        isLast = true
        finishIfIdle()
      },
    }
  },
})

describe('a node that wants nothing more', () => {
  it('ends the run although its prices never end, when its trades have ended', async () => {
    const heard: ForgeEvent[] = []
    const { result } = await runToEnd([prices, strategy('plan', 3, heard), swap('plan')])
    expect(result).toMatchObject({ ended: 'completed', left: { intents: [] }, finishedAt: 10 + 3 * 25 })
    expect(heard).toHaveLength(3)
    expect(result.nodes['prices']?.out).toBe(3)
  })

  it('lets the source go on for as long as another needs it', async () => {
    const got: ForgeEvent[] = []
    const both = [prices, strategy('plan', 2), strategy('other', 5), { ...swap('plan'), from: ['plan', 'other'] }]
    const { result } = await runToEnd([...both, collect('sink', ['prices'], got)])
    expect(result).toMatchObject({ ended: 'completed', left: { intents: [] } })
    expect(result.nodes['plan']).toMatchObject({ in: 2, out: 2 })
    expect(result.nodes['other']).toMatchObject({ in: 5, out: 5 })
    // A sink only looks on.
    expect(got).toHaveLength(5)
  })

  it('stops the signals between, and what feeds only them', async () => {
    const pass: NodeSpec = { id: 'pass', kind: 'signal', from: ['prices'], setup: () => ({ process: event => event }) }
    const behind = { ...strategy('plan', 2), from: ['pass'] }
    const { result } = await runToEnd([prices, pass, behind, swap('plan')])
    expect(result).toMatchObject({ ended: 'completed', nodes: { prices: { out: 2 }, pass: { out: 2 } } })
  })

  it('answers an intent that still comes in, so that nobody waits for it', async () => {
    const heard: ForgeEvent[] = []
    const plan: NodeSpec = {
      id: 'plan',
      kind: 'strategy',
      gives: ['intent'],
      setup: () => ({ events: of(intent('late')), onReport: report => void heard.push(report) }),
    }
    const closed: NodeSpec = {
      id: 'order',
      kind: 'order',
      from: ['plan'],
      setup: context => {
        context.clock.at(0, () => context.finish(), 'world')
        return { process: event => event }
      },
    }
    const { result } = await runToEnd([plan, closed, swap('order')])
    expect(result).toMatchObject({ ended: 'completed', left: { intents: [] } })
    expect(heard).toMatchObject([{ state: 'skipped', reason: { code: 'NODE_FINISHED' } }])
  })
})

describe('an order node', () => {
  const plan: NodeSpec = {
    id: 'plan',
    kind: 'strategy',
    gives: ['intent'],
    setup: ({ clock }) => ({
      events: interval(5, clock.scheduler).pipe(
        take(2),
        map(n => intent(`n${n}`)),
      ),
    }),
  }

  it('is told when no more intents come in, and ends the run when the last it held has its report', async () => {
    const { result } = await runToEnd([prices, plan, order(20), swap('order')])
    expect(result).toMatchObject({ ended: 'completed', left: { intents: [] }, nodes: { swap: { in: 2 } } })
    expect(result.nodes['prices']?.out).toBe(21)
  })

  it('that took up orders of an earlier run keeps its prices until those are done', async () => {
    const nobody: NodeSpec = { ...plan, setup: () => ({ events: of() }) }
    const { result } = await runToEnd([prices, nobody, order(30, 1), swap('order')])
    expect(result).toMatchObject({ ended: 'completed', nodes: { prices: { out: 31 } } })
  })

  it('that holds an intent keeps the run going: nothing ends it but a stop', async () => {
    const { run, clock, finish } = await start([prices, plan, order(1_000_000), swap('order')], { drainTimeout_ms: 50 })
    await clock.advanceTo(10_000)
    expect(run.openIntents()).toHaveLength(2)
    void run.drain('enough')
    expect((await finish()).left.intents).toHaveLength(2)
  })
})

it('a source that feeds nothing but a sink which has finished stops', async () => {
  const sink: NodeSpec = {
    id: 'sink',
    kind: 'sink',
    from: ['numbers'],
    setup: context => ({ process: event => void (numberOf(event) === 2 && context.finish()) }),
  }
  const { result } = await runToEnd([source('numbers', interval(1).pipe(map(number))), sink].map(fed))
  expect(result).toMatchObject({ ended: 'completed', nodes: { numbers: { out: 3 } } })
})

/** The numbers by the run's clock. */
function fed(spec: NodeSpec): NodeSpec {
  if (spec.kind !== 'source') return spec
  return { ...spec, setup: ({ clock }) => ({ events: interval(1, clock.scheduler).pipe(map(number)) }) }
}
