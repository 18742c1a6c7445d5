import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../../core/events/report.ts'
import { faulty } from './fetch-faults.ts'
import { quotingAtMost } from './part-venue.ts'
import { tradingWorld } from './trading-world.ts'

/** What may happen to one request between the trader and the chain. */
const FATES = [
  'pass',
  'pass',
  'pass',
  'lost before',
  'lost after',
  '429',
  '503',
  'late',
  'late',
  'killed before',
  'killed after',
] as const
type Fate = (typeof FATES)[number]

const START_USDC = 10_000_000_000n

async function drop(): Promise<never> {
  throw new Error('connection reset')
}

/** Three purchases under these fates; after a kill, a new trader over the same journal goes on. */
async function buyThreeUnder(fates: {
  readonly sends: readonly Fate[]
  readonly others: readonly Fate[]
  readonly inParts: boolean
}): Promise<void> {
  const next = { sends: 0, others: 0 }
  const underWay: Promise<Response>[] = []
  let stop = new AbortController()
  const faults = (fetch: Parameters<typeof faulty>[0]): typeof fetch =>
    faulty(fetch, ({ method, pass }) => {
      const kind = method === 'sendTransaction' ? 'sends' : 'others'
      const fate = fates[kind][next[kind]++] ?? 'pass'
      switch (fate) {
        case 'pass':
          return undefined
        case 'lost before':
          return drop()
        case 'lost after':
          return pass().then(drop)
        case 'late':
          // It is under way for longer than anybody waits for an answer, and arrives all the same.
          here.clock.at(here.clock.now() + 30_000, () => underWay.push(pass()))
          return drop()
        case '429':
          return Promise.resolve(new Response('', { status: 429, headers: { 'retry-after': '1' } }))
        case '503':
          return Promise.resolve(new Response('', { status: 503 }))
        case 'killed before':
          stop.abort(new Error('killed'))
          return drop()
        case 'killed after':
          return pass().then(() => {
            stop.abort(new Error('killed'))
            return drop()
          })
      }
    })
  const here = await tradingWorld({
    faults,
    signal: stop.signal,
    ...(fates.inParts && { venue: venue => quotingAtMost(4_000_000n, venue) }),
  })
  const intents = ['a', 'b', 'c'].map(key => here.intent(key, '10 USDC', 'SOL'))
  let reports: Report[]
  for (;;) {
    reports = await Promise.all(intents.map(intent => here.trade(intent)))
    if (!stop.signal.aborted) break
    do {
      stop = new AbortController()
      const trader = here.restart({ faults, signal: stop.signal })
      await here.clock.run(trader.recover()).catch((thrown: unknown) => {
        if (!stop.signal.aborted) throw thrown
      })
    } while (stop.signal.aborted)
  }
  // Long enough for anything that is still under way to land.
  await here.clock.run(here.clock.sleep(300_000))
  await Promise.all(underWay)
  const spent = START_USDC - (await here.held('USDC'))
  const filled = reports.filter(report => report.state === 'filled')
  expect(spent).toBe(filled.reduce((sum, { fill }) => sum + fill.input.units, 0n))
  for (const { fill, reason } of filled) {
    if (fill.input.units !== 10_000_000n)
      expect([fill.input.units, reason?.code]).toEqual([expect.toSatisfy(isPart), 'ORDER_PARTLY_FILLED'])
  }
  const signatures = filled.flatMap(({ fill }) => fill.parts?.map(part => part.signature) ?? [fill.signature])
  expect(new Set(signatures).size).toBe(signatures.length)
  const open = here.deployment.journal.orders({ open: true })
  expect(open).toEqual([])
  await here.close()
}

/** Of ten in parts of four, a rest of which can not be traded. */
const isPart = (units: bigint): boolean => units === 4_000_000n || units === 8_000_000n

const list = (maxLength: number): fc.Arbitrary<Fate[]> => fc.array(fc.constantFrom(...FATES), { maxLength })

describe('whatever happens between the trader and the chain', () => {
  it('buys each thing at most once, and reports exactly what it bought', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ sends: list(120), others: list(60), inParts: fc.boolean() }), buyThreeUnder),
      {
        numRuns: 40,
        endOnFailure: true,
      },
    )
  }, 120_000)
})
