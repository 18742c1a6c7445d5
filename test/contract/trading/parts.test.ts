import { describe, expect, it } from 'vitest'
import { DRY_RUN } from '../../../core/chain/trader/sender.ts'
import type { Fill, Report } from '../../../core/events/report.ts'
import { parsePrice } from '../../../core/money/price.ts'
import type { Quote, Venue } from '../../../core/plugin/venue.ts'
import { type Fault, type Fetch, faulty } from './fetch-faults.ts'
import { quotingAtMost } from './part-venue.ts'
import type { TradingWorld } from './trading-world.ts'
import { closedAfterEach } from './worlds.ts'

const USDC = 1_000_000n
const FOUR = 4n * USDC
/** Worlds whose venue takes 4 USDC at once: an order of 10 is three transactions. */
const world = closedAfterEach({ venue: venue => quotingAtMost(FOUR, venue) })
const START_USDC = 10_000n * USDC

const lost = async (): Promise<Response> => {
  throw new Error('socket hang up')
}
const answer = (result: unknown): Promise<Response> => Promise.resolve(Response.json({ jsonrpc: '2.0', id: 1, result }))

/** The parts' venue, with something else to the quotes from that one on (the first is 1). */
function changing(from: number, change: (quote: Quote) => Quote | undefined): (venue: Venue) => Venue {
  let asked = 0
  return venue => {
    const parts = quotingAtMost(FOUR, venue)
    return {
      ...parts,
      quote: async (request, signal) => {
        const quote = await parts.quote(request, signal)
        return ++asked >= from ? quote && change(quote) : quote
      },
    }
  }
}

function filled(report: Report): Fill {
  if (report.state !== 'filled') throw new Error(JSON.stringify('reason' in report ? report.reason : report.state))
  return report.fill
}

const costs = ({ fees }: Fill): bigint =>
  fees.base_lamports + fees.priority_lamports + fees.tip_lamports + fees.rent_lamports

/** That exactly so much was spent in the end, and that the journal has the same. */
async function expectSpent(here: TradingWorld, units: bigint): Promise<void> {
  await here.clock.run(here.clock.sleep(200_000))
  expect(START_USDC - (await here.held('USDC'))).toBe(units)
  const [order] = here.deployment.journal.orders()
  expect(order?.state).toBe('confirmed')
  expect(order?.fill?.input.units).toBe(units)
}

describe('an order that its venue takes in parts', () => {
  it('is traded by several transactions, one after the other, and filled with their sum to the unit', async () => {
    const here = await world()
    const before = await here.held('SOL')
    const fill = filled(await here.trade(here.intent('a', '10 USDC', 'SOL')))
    expect(here.reports.map(({ state }) => state)).toEqual([
      'accepted',
      'sent',
      'partly-filled',
      'sent',
      'partly-filled',
      'sent',
    ])
    const parts = here.reports.flatMap(report => (report.state === 'partly-filled' ? [report] : []))
    expect(parts.map(({ fill, left }) => [fill.input.units, left.units])).toEqual([
      [FOUR, 6n * USDC],
      [FOUR, 2n * USDC],
    ])
    expect(fill.parts?.map(({ input }) => input.units)).toEqual([FOUR, FOUR, 2n * USDC])
    expect((await here.held('SOL')) - before).toBe(fill.output.units - costs(fill))
    expect(fill.fees.base_lamports).toBe(15_000n)
    await expectSpent(here, 10n * USDC)
    const [order] = here.deployment.journal.orders()
    expect(order?.attempts.map(({ number, fill: part }) => [number, part?.signature])).toEqual(
      fill.parts?.map(({ signature }, index) => [index + 1, signature]),
    )
    expect(await here.trade(here.intent('a', '10 USDC', 'SOL'))).toMatchObject({ state: 'filled', fill })
  })

  it('is quoted anew for each part, on the state that the part before has left', async () => {
    const asked: bigint[] = []
    const here = await world({
      venue: venue => {
        const parts = quotingAtMost(2_000n * USDC, venue)
        return {
          ...parts,
          quote: (request, signal) => {
            asked.push(request.amount.units)
            return parts.quote(request, signal)
          },
        }
      },
    })
    const fill = filled(await here.trade(here.intent('a', '4000 USDC', 'SOL')))
    expect(asked).toEqual([4_000n * USDC, 2_000n * USDC])
    const [first, second] = fill.parts ?? []
    expect(second!.output.units).toBeLessThan(first!.output.units)
    expect(fill.slippageBps).toBe(0)
  })

  it('counts expired transactions against attemptsMax, and not those that landed', async () => {
    const here = await world({ settings: { attemptsMax: 1 } })
    expect(filled(await here.trade(here.intent('a', '10 USDC', 'SOL'))).parts).toHaveLength(3)
  })

  it('says in a dry run that it tried the first part only', async () => {
    const here = await world({ sender: () => DRY_RUN })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({
      state: 'simulated',
      fill: { input: { units: FOUR } },
      reason: { code: 'ORDER_PARTLY_SIMULATED', message: expect.stringContaining('4 USDC of 10 USDC') },
    })
  })

  it.each([
    ['more than was asked', (quote: Quote) => ({ ...quote, input: { ...quote.input, units: 11n * USDC } })],
    ['nothing', (quote: Quote) => ({ ...quote, input: { ...quote.input, units: 0n } })],
  ])('is refused when the venue quotes %s', async (_name, change) => {
    const here = await world({ venue: changing(1, change) })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state: 'failed', reason: { code: 'VENUE_REFUSED' } })
    expect(here.deployment.journal.orders()[0]?.attempts).toEqual([])
    expect(await here.held('USDC')).toBe(START_USDC)
  })

  it('is not begun when the wallet does not hold all of it', async () => {
    const here = await world({ funds: { USDC: 9n * USDC } })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state: 'failed', reason: { code: 'FUNDS_INSUFFICIENT' } })
    expect(await here.held('USDC')).toBe(9n * USDC)
  })
})

describe('the rest of an order that can not be traded', () => {
  const partly = (message: string) => ({
    state: 'filled',
    reason: { code: 'ORDER_PARTLY_FILLED', message: expect.stringContaining(message) },
  })

  it('is left when there is no route any more: the order is filled with what was traded, and says why not all', async () => {
    const here = await world({ venue: changing(3, () => undefined) })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject(partly('2 USDC of 10 USDC were not traded: jupiter has no route'))
    await expectSpent(here, 8n * USDC)
    expect(here.deployment.journal.orders()[0]?.reason?.code).toBe('ORDER_PARTLY_FILLED')
  })

  it('is left when the price has left its bounds', async () => {
    const worse = (quote: Quote): Quote => ({ ...quote, output: { ...quote.output, units: quote.output.units / 20n } })
    const here = await world({ venue: changing(2, worse) })
    const { tokens } = here.cluster
    const max = parsePrice('500', { base: tokens.find('SOL'), quote: tokens.find('USDC') })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL', { bounds: { max } }))
    expect(report).toMatchObject(partly('6 USDC of 10 USDC were not traded: the price is'))
    await expectSpent(here, FOUR)
  })

  it('is left when its time runs out', async () => {
    const here = await world()
    const expiresAt = here.clock.now() + 600
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL', { expiresAt }))
    expect(report).toMatchObject(partly('its time ran out'))
    expect(filled(report).input.units).toBeLessThan(10n * USDC)
    await expectSpent(here, filled(report).input.units)
  })

  it('is left when so many transactions have landed', async () => {
    const here = await world({ settings: { partsMax: 2 } })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject(partly('2 USDC of 10 USDC were not traded: 2 transactions have landed'))
    await expectSpent(here, 8n * USDC)
  })

  it('is left when its transaction fails on the chain, and the fee of that one is all it cost', async () => {
    let other: Promise<Report> | undefined
    const here = await world({
      venue: venue => quotingAtMost(2_000n * USDC, venue),
      faults: fetch =>
        faulty(fetch, ({ method, body }) => {
          const second = here.deployment.journal.orders()[0]?.attempts[1]
          if (!second || method !== 'sendTransaction' || here.clock.now() > second.createdAt + 5_000) return undefined
          if (!body.includes(Buffer.from(second.wire).toString('base64'))) return undefined
          // While the second part is on its way, somebody moves the price by more than it tolerates.
          other ??= here.trade(here.intent('b', '4000 USDC', 'SOL'), { slippageBps: 500 })
          return lost()
        }),
    })
    const before = await here.held('SOL')
    const report = await here.trade(here.intent('a', '4000 USDC', 'SOL'), { slippageBps: 1 })
    expect(report).toMatchObject(partly('2000 USDC of 4000 USDC were not traded'))
    const [own, others] = [filled(report), filled(await other!)]
    expect(own.input.units).toBe(2_000n * USDC)
    expect(START_USDC - (await here.held('USDC'))).toBe(6_000n * USDC)
    const [order] = here.deployment.journal.orders()
    expect(order?.attempts).toHaveLength(2)
    const [failed] = await here.rpc.signatureStatuses([order!.attempts[1]!.signature], { searchHistory: true })
    expect(failed?.err).not.toBeNull()
    const spent =
      own.output.units - costs(own) + others.output.units - costs(others) - ((await here.held('SOL')) - before)
    expect(spent).toBe(own.fees.base_lamports + own.fees.priority_lamports)
  })

  it('is left for good when nobody could say whether its transaction landed: what did land counts', async () => {
    const hidden: Fault = ({ method, pass }) => {
      const landed = here.deployment.journal.orders()[0]?.attempts.some(({ fill }) => fill) === true
      if (!landed) return undefined
      if (method === 'getSignatureStatuses') return answer({ context: { slot: 10 ** 12 }, value: [null] })
      if (method === 'getFirstAvailableBlock') return answer(10 ** 12)
      return method === 'sendTransaction' ? pass().then(lost) : undefined
    }
    const here = await world({ faults: fetch => faulty(fetch, hidden) })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state: 'unresolved', reason: { code: 'ORDER_ATTEMPT_LOST' } })
    const { reports, resumable } = await here.clock.run(here.restart().recover())
    expect(reports).toMatchObject([partly('2 USDC of 10 USDC were not traded')])
    expect(resumable).toEqual([])
    await expectSpent(here, 8n * USDC)
  })
})

describe('an end between the parts', () => {
  const kills: readonly (readonly [string, (count: Counts, stop: () => void) => Fault])[] = [
    [
      'when the first part has landed, and the journal has not heard of it',
      (_count, stop) =>
        ({ method }) => {
          if (method !== 'getTransaction') return undefined
          stop()
          return lost()
        },
    ],
    [
      'when the journal has the first part, and nothing of the second was signed',
      (count, stop) =>
        ({ method }) => {
          if (method !== 'simulateTransaction' || ++count.simulations < 2) return undefined
          stop()
          return lost()
        },
    ],
    [
      'when the second part was signed, and its bytes never left',
      (count, stop) =>
        ({ method }) => {
          if (method !== 'sendTransaction' || ++count.sends < 2) return undefined
          stop()
          return lost()
        },
    ],
    [
      'when the second part has arrived, and the answer is lost',
      (count, stop) =>
        ({ method, pass }) => {
          if (method !== 'sendTransaction' || ++count.sends < 2) return undefined
          return pass().then(() => {
            stop()
            return lost()
          })
        },
    ],
    [
      'when the last part has landed, and the journal has not heard of it',
      (count, stop) =>
        ({ method }) => {
          if (method !== 'getTransaction' || ++count.receipts < 3) return undefined
          stop()
          return lost()
        },
    ],
  ]

  it.each(kills)('%s: the next start trades what is left, once', async (_name, faultOf) => {
    const stop = new AbortController()
    const fault = faultOf({ simulations: 0, sends: 0, receipts: 0 }, () => stop.abort(new Error('killed')))
    const here = await world({ signal: stop.signal, faults: fetch => faulty(fetch, fault) })
    const intent = here.intent('a', '10 USDC', 'SOL')
    expect(await here.trade(intent)).toMatchObject({ reason: { code: 'ORDER_INTERRUPTED' } })
    expect(here.deployment.journal.orders({ open: true })).toHaveLength(1)
    await here.clock.run(here.restart().recover())
    const report = await here.trade(intent)
    expect(report).toMatchObject({ state: 'filled', recovered: true })
    expect(filled(report).parts?.map(({ input }) => input.units)).toEqual([FOUR, FOUR, 2n * USDC])
    await expectSpent(here, 10n * USDC)
  })

  it('tells at the next start what has landed and what is left, and reports the part that nobody had heard of', async () => {
    const stop = new AbortController()
    const here = await world({
      signal: stop.signal,
      faults: (fetch: Fetch) =>
        faulty(fetch, ({ method }) => {
          if (method !== 'getTransaction') return undefined
          stop.abort(new Error('killed'))
          return lost()
        }),
    })
    const intent = here.intent('a', '10 USDC', 'SOL')
    await here.trade(intent)
    const recovery = await here.clock.run(here.restart().recover())
    expect(recovery.lines).toEqual([expect.stringMatching(/a part of it has landed.*6 USDC are left: it is resumed/)])
    expect(recovery.reports).toMatchObject([{ state: 'partly-filled', left: { units: 6n * USDC } }])
    expect(recovery.resumable).toEqual([intent])
    // Once more, before anything else was traded: the journal has the part now, and nothing is told twice.
    const again = await here.clock.run(here.restart().recover())
    expect(again).toMatchObject({ reports: [], resumable: [intent] })
    // Nobody asks for the rest any more: what has landed is its fill, and says how much was left.
    const { lines, reports } = await here.clock.run(here.restart().recover(() => false))
    expect(lines).toEqual([expect.stringMatching(/6 USDC are left; nothing asks for it any more: it has ended/)])
    expect(reports).toMatchObject([
      {
        state: 'filled',
        fill: { input: { units: FOUR } },
        reason: { code: 'ORDER_PARTLY_FILLED', message: expect.stringMatching(/6 USDC of 10 USDC were not traded/) },
      },
    ])
  })
})

interface Counts {
  simulations: number
  sends: number
  receipts: number
}
