import { Observable, type Subscriber } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent, IntentEvent, PriceEvent } from '../../../core/events/event.ts'
import { toJson } from '../../../core/events/serialize.ts'
import { priceToNumber } from '../../../core/money/price.ts'
import { seededRandom } from '../../../core/time/random.ts'
import {
  BAR_MS,
  backtest,
  barsOf,
  buy,
  NEXT_OPEN,
  PAIR,
  POOL,
  pipelineOf,
  SOL,
  START_MS,
  sell,
  strategyOf,
  walkOf,
} from './toys.ts'

/** Buys after a rise, sells all after a fall or at a stop: enough to depend on every price it sees. */
const follower = strategyOf(({ clock }) => {
  let last = 0
  let held = 0n
  let isBusy = false
  return {
    process: event => {
      const now = event as PriceEvent
      const close = priceToNumber(now.price)
      const low = priceToNumber((now.low ?? now).price)
      const before = last
      last = close
      if (before === 0 || isBusy) return undefined
      const key = new Date(clock.now()).toISOString()
      if (held === 0n && close > before * 1.004) {
        isBusy = true
        return buy(clock.now(), `${key} buy`, 1_000n)
      }
      if (held > 0n && (close < before * 0.996 || low < before * 0.99)) {
        isBusy = true
        return sell(clock.now(), `${key} sell`, held)
      }
      return undefined
    },
    onReport: report => {
      if (report.state !== 'filled') {
        if ('reason' in report) isBusy = false
        return
      }
      isBusy = false
      held = report.fill.output.token.symbol === 'SOL' ? report.fill.output.units : 0n
    },
  }
})

describe('a replay', () => {
  it('tells each bar once, at its close, with its four prices and their times', async () => {
    const seen: [number, PriceEvent][] = []
    const watcher = strategyOf(({ clock }) => ({
      process: event => {
        seen.push([clock.now(), event as PriceEvent])
      },
    }))
    await backtest(
      pipelineOf(watcher),
      barsOf([
        [100, 104, 99, 103],
        [103, 103.5, 98.25, 99],
      ]),
    )
    expect(seen.map(([now]) => now)).toEqual([START_MS + BAR_MS, START_MS + 2 * BAR_MS])
    const { price, open, low, high, at } = seen[1]![1]
    expect(at).toBe(START_MS + 2 * BAR_MS)
    expect([open, low, high].map(each => priceToNumber(each!.price))).toEqual([103, 98.25, 103.5])
    expect(priceToNumber(price)).toBe(99)
    expect(low!.price.scaled).toBe(98_250_000_000_000n)
    expect(open!.at).toBe(START_MS + BAR_MS)
    expect(open!.at < low!.at && low!.at < high!.at && high!.at < at).toBe(true)
  })

  it('takes the path of the embedded market with the pool model: open, the nearer extreme, the other, close', async () => {
    const seen: [number, number][] = []
    const watcher = strategyOf(({ clock }) => ({
      process: event => {
        seen.push([clock.now() - START_MS, priceToNumber((event as PriceEvent).price)])
      },
    }))
    await backtest(
      pipelineOf(watcher),
      barsOf([
        [100, 104, 99, 103],
        [103, 103.5, 98.25, 99],
      ]),
      { fill: POOL },
    )
    expect(seen).toEqual([
      [0, 100],
      [100_000, 99],
      [200_000, 104],
      [300_000, 103],
      // The second bar opens where the first has closed: that is no news.
      [400_000, 103.5],
      [500_000, 98.25],
      [600_000, 99],
    ])
  })

  it('lets a source know of a move as late as it would hear of it, with what has moved since', async () => {
    const seen: [number, number][] = []
    const watcher = strategyOf(({ clock }) => ({
      process: event => {
        seen.push([clock.now() - START_MS, priceToNumber((event as PriceEvent).price)])
      },
    }))
    const bars = barsOf([
      [100, 104, 99, 103],
      [103.5, 104, 98, 99],
    ])
    await backtest(pipelineOf(watcher), bars, { fill: { ...POOL, priceLag_slots: 1 } as typeof POOL })
    expect(seen).toEqual([
      [0, 100],
      [100_400, 99],
      [200_400, 104],
      // When the close of 300 s is heard of, the market is at the next open already.
      [300_400, 103.5],
      [400_400, 104],
      [500_400, 98],
      [600_400, 99],
    ])
  })

  it('moves timers, calendars and bars in the order of time, on the clock alone', async () => {
    const order: string[] = []
    const calendar = strategyOf(({ clock }) => {
      const minute = async (): Promise<undefined> => {
        for (let count = 1; count <= 15; count++) {
          await clock.sleep(60_000)
          order.push(`timer ${(clock.now() - START_MS) / 60_000}`)
        }
      }
      void minute()
      return { process: event => void order.push(`price ${(event.at - START_MS) / 60_000}`) }
    })
    await backtest(pipelineOf(calendar), walkOf(3))
    const times = order.map(text => Number(text.split(' ')[1]))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(order.filter(text => text.startsWith('price'))).toEqual(['price 5', 'price 10', 'price 15'])
    // The world moves first.
    expect(order.indexOf('price 5')).toBeLessThan(order.indexOf('timer 5'))
  })

  it.each([
    ['bar', NEXT_OPEN],
    ['pool', { ...POOL, latency_slots: 3, priceLag_slots: 1 } as typeof POOL],
  ] as const)(
    'decides the same whether its nodes act by timers or by promises, which are waited for (%s)',
    async (_name, fill) => {
      const seen = async (isTimed: boolean): Promise<string[]> => {
        const strategy = strategyOf(context => {
          const { clock } = context
          let out: Subscriber<ForgeEvent> | undefined
          let trades = 0
          let held = 0n
          const give = (event: ForgeEvent) => out?.next(event)
          const later = (work: () => void) => (isTimed ? work() : void Promise.resolve().then(work))
          return {
            timed: isTimed,
            events: new Observable<ForgeEvent>(subscriber => {
              out = subscriber
            }),
            // In the middle of every third bar it wants something.
            process: event => {
              if (Math.floor((event.at - START_MS) / 100_000) % 9 !== 0) return
              clock.at(event.at + 100_000, () =>
                later(() => {
                  trades++
                  give(
                    held > 0n ? sell(clock.now(), `${trades} sell`, held) : buy(clock.now(), `${trades} buy`, 1_000n),
                  )
                }),
              )
            },
            onReport: report => {
              if (report.state === 'filled') held = report.output.symbol === 'SOL' ? report.fill.output.units : 0n
            },
            onInputEnd: () => out?.complete() as undefined,
          }
        })
        const { fills, events } = await backtest(pipelineOf(strategy), walkOf(120), { fill })
        const intents = events.filter(({ event }) => event.kind === 'intent').map(({ event }) => toJson(event))
        expect(fills.length).toBeGreaterThan(20)
        return [...intents, ...fills.map(toJson)]
      }
      expect(await seen(true)).toEqual(await seen(false))
    },
  )

  it.each([
    ['bar', NEXT_OPEN],
    ['pool', POOL],
  ] as const)(
    'shows no node what its clock has not reached: another future changes no decision before it (%s)',
    async (_name, fill) => {
      const bars = walkOf(400)
      const decisionsOf = async (which: typeof bars, until: number): Promise<string[]> => {
        const { events } = await backtest(pipelineOf(follower), which, { fill })
        return events
          .filter(({ event }) => event.kind === 'intent' && event.at <= until)
          .map(({ event }) => toJson(event))
      }
      const random = seededRandom('cuts')
      for (let round = 0; round < 5; round++) {
        const cut = 50 + random.int(300)
        const until = bars.start_ms[cut]!
        const future = walkOf(400, `another ${round}`)
        const mixed = { ...bars }
        for (const column of ['open', 'high', 'low', 'close'] as const) {
          mixed[column] = Float64Array.from([...bars[column].subarray(0, cut), ...future[column].subarray(cut)])
        }
        const seen = await decisionsOf(bars, until)
        expect(await decisionsOf(mixed, until)).toEqual(seen)
        expect(seen.length).toBeGreaterThan(5)
      }
    },
  )

  it.each([
    ['bar', NEXT_OPEN],
    ['pool', POOL],
  ] as const)('gives the same again for the same seed and data, its times apart (%s)', async (_name, fill) => {
    const once = async (): Promise<string> => {
      const { result, fills, equity, events } = await backtest(pipelineOf(follower), walkOf(300), { fill })
      const { timing: _timing, ...run } = result.run
      return toJson({ ...result, run, fills, equity, events })
    }
    const first = await once()
    expect(first).toContain('"filled"')
    expect(await once()).toBe(first)
  })

  it('values the account at each close, and to the last bar also when the run has ended before', async () => {
    const once = strategyOf(({ clock, finish }) => {
      let count = 0
      return {
        process: () => (++count === 2 ? buy(clock.now(), 'only', 1_000n) : undefined),
        onReport: report => {
          if (report.state === 'filled') finish()
        },
      }
    })
    const flat = Array.from({ length: 6 }, (_, index) => [100, 100, 100, 100 + (index > 3 ? 10 : 0)] as const)
    flat[4] = [100, 110, 100, 110] as never
    flat[5] = [110, 110, 110, 110] as never
    const { equity, result } = await backtest(
      pipelineOf(once),
      barsOf(flat.map(row => [row[0], row[1], row[2], row[3]] as const)),
    )
    expect(result.run.ended).toBe('completed')
    expect(equity.map(([at]) => at)).toEqual([0, 1, 2, 3, 4, 5, 6].map(bar => START_MS + bar * BAR_MS))
    expect(equity[2]![1]).toBe(10_000)
    // A tenth of the account is in SOL, which has risen by a tenth; the fees were paid in SOL beside it.
    expect(equity[6]![1]).toBeCloseTo(10_100, 2)
    expect(equity[6]![1]).toBeLessThan(10_100)
  })

  it('lets a calendar trade that listens to no price at all', async () => {
    const hourly = strategyOf(
      ({ clock }) => {
        let count = 0
        return {
          pull: async () => {
            if (count === 3) return undefined
            await clock.sleep(3_600_000)
            return buy(clock.now(), `slot ${++count}`, 10n)
          },
        }
      },
      { takes: [] },
    )
    const { fills, result } = await backtest(pipelineOf(hourly, [], true), walkOf(60))
    expect(fills.map(({ intent }) => intent.key)).toEqual(['slot 1', 'slot 2', 'slot 3'])
    expect(fills.map(({ fill }) => (fill.at - START_MS) / 3_600_000)).toEqual([1, 2, 3])
    expect(result.run.ended).toBe('completed')
  })

  it('ends with the data what goes on for ever, and tells what could not be traded any more', async () => {
    const eager = strategyOf(({ clock }) => ({
      process: () => buy(clock.now(), String(clock.now()), 10n),
      pull: () => clock.sleep(10_000_000_000).then(() => undefined),
    }))
    const { fills, result } = await backtest(pipelineOf(eager), walkOf(4))
    expect(fills).toHaveLength(3)
    expect(result.orders.at(-1)).toMatchObject({ state: 'expired', reason: { code: 'DATA_ENDED' } })
    expect(result.run).toMatchObject({ ended: 'completed', left: { intents: [] } })
  })

  it('refuses a source of another pair, and data without a bar', async () => {
    const other = { ...walkOf(3), pair: { base: SOL, quote: { ...PAIR.quote, mint: 'other', symbol: 'USDT' } } }
    await expect(backtest(pipelineOf(follower), other)).rejects.toMatchObject({ code: 'BACKTEST_PAIR_MISSING' })
    await expect(backtest(pipelineOf(follower), barsOf([]))).rejects.toMatchObject({ code: 'BACKTEST_DATA_EMPTY' })
  })

  it('keeps to the bar the order in which one node hears of another within a call chain', async () => {
    const answers: string[] = []
    const strategy = strategyOf(({ clock }) => {
      let wake: (() => void) | undefined
      return {
        process: event => {
          if ((event.at - START_MS) / BAR_MS === 2) return buy(clock.now(), 'refused', 10n) as IntentEvent
          return undefined
        },
        onReport: report => {
          answers.push(`${report.state} ${(clock.now() - START_MS) / BAR_MS}`)
          wake?.()
        },
        pull: async () => {
          await new Promise<void>(resolve => (wake = resolve))
          wake = undefined
          answers.push(`woken ${(clock.now() - START_MS) / BAR_MS}`)
          return undefined
        },
      }
    })
    const refuser = strategyOf(
      () => ({
        process: event => {
          const { key, node, input, output, at } = event as IntentEvent
          return {
            kind: 'report',
            at,
            orderId: key,
            key,
            node,
            input,
            output,
            state: 'skipped',
            reason: { code: 'NO', message: 'no' },
          } as const
        },
      }),
      { kind: 'order', name: 'refuser', takes: ['intent'], gives: ['intent', 'report'] },
    )
    await backtest(pipelineOf(strategy, [{ id: 'risk', plugin: refuser, from: ['plan'] }]), walkOf(6))
    expect(answers).toEqual(['skipped 2', 'woken 2'])
  })
})
