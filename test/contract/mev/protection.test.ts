import { afterEach, describe, expect, it } from 'vitest'
import { createHttp } from '../../../core/chain/http.ts'
import { createBlockEngine } from '../../../core/chain/mev/block-engine.ts'
import { DONT_FRONT } from '../../../core/chain/mev/tip-instruction.ts'
import type { Fill, Report } from '../../../core/events/report.ts'
import type { Attempt } from '../../../core/orders/journal.ts'
import type { Venue } from '../../../core/plugin/venue.ts'
import { type MevWorld, mevWorld, PROTECTED, TIP_ACCOUNTS } from './mev-world.ts'
import { SandwichAttacker } from './sandwich.ts'
import { decodedTransfers } from './transfers.ts'

const worlds: MevWorld[] = []
async function world(...settings: Parameters<typeof mevWorld>): Promise<MevWorld> {
  const made = await mevWorld(...settings)
  worlds.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map(made => made.close()))
})

function fillIn(report: Report): Fill {
  if (report.state !== 'filled' && report.state !== 'simulated') {
    throw new Error(JSON.stringify(report, (_k, v) => (typeof v === 'bigint' ? String(v) : v)))
  }
  return report.fill
}

function attemptsOf(here: MevWorld): readonly Attempt[] {
  return here.deployment.journal.orders().flatMap(order => order.attempts)
}

const protectedTrade = { protection: PROTECTED }
const costs = ({ fees }: Fill): bigint =>
  fees.base_lamports + fees.priority_lamports + fees.tip_lamports + fees.rent_lamports

describe('a protected swap', () => {
  it('tips as its last instruction, carries the mark against front-running, and no public endpoint sees it', async () => {
    const here = await world()
    const before = here.lamports(here.wallet)
    const fill = fillIn(await here.trade(here.intent('a', '1 SOL', 'JSOL'), protectedTrade))
    const [attempt] = attemptsOf(here)
    expect(attempt?.channel).toBe('jito')
    const [tip, ...others] = decodedTransfers(attempt!.wire).filter(({ to }) => TIP_ACCOUNTS.includes(to as never))
    expect(others).toEqual([])
    expect(tip).toMatchObject({ lamports: 4_000n, index: tip!.of - 1, others: [DONT_FRONT] })
    expect(here.lamports(tip!.to)).toBe(1_000_004_000n)
    expect(here.publicWires).toEqual([])
    expect(here.engine.taken).toEqual([[fill.signature]])
    // The receipt accounts for every lamport.
    expect(fill.fees.tip_lamports).toBe(4_000n)
    expect(fill.input.units).toBe(1_000_000_000n)
    expect(before - here.lamports(here.wallet)).toBe(fill.input.units + costs(fill))
    expect(fill.protection?.join('\n')).toMatch(/block engine only.*dontfront.*tip 4000 lamports/s)
  })

  it('pays the least tip where tips are low, and never more than the cap', async () => {
    for (const [tips, percentile, paid] of [
      [1e-9, 50, 1_000n],
      [0.01, 95, 50_000n],
      [0.00002, 99, 20_000n],
    ] as const) {
      const here = await world()
      here.engine.tips = { ...here.engine.tips, [percentile]: tips }
      const protection = { ...PROTECTED, tipPercentile: percentile }
      const fill = fillIn(await here.trade(here.intent('a', '1 SOL', 'JSOL'), { protection }))
      expect(fill.fees.tip_lamports).toBe(paid)
    }
  })

  it('is dry run with its tip, to the unit what the trade then does, and nothing is sent', async () => {
    const dry = await world()
    dry.restart({ dryRun: true })
    const simulated = fillIn(await dry.trade(dry.intent('a', '1 SOL', 'JSOL'), protectedTrade))
    expect([dry.publicWires, dry.engine.taken]).toEqual([[], []])
    const live = await world()
    const filled = fillIn(await live.trade(live.intent('a', '1 SOL', 'JSOL'), protectedTrade))
    const plain = (fill: Fill) => ({ ...fill, slot: 0, at: 0, signature: '' })
    expect(plain(simulated)).toEqual(plain(filled))
  })

  it('goes out again by the same way after a dead line, a "too many" and a lost answer, and lands once', async () => {
    const here = await world()
    here.engine.faults.push('down', 'rate-limited', 'lost-answer')
    const fill = fillIn(await here.trade(here.intent('a', '1 SOL', 'JSOL'), protectedTrade))
    expect(here.engine.faults).toEqual([])
    expect(here.publicWires).toEqual([])
    expect(new Set(here.engine.taken.flat())).toEqual(new Set([fill.signature]))
    expect(attemptsOf(here)).toHaveLength(1)
  })

  it('keeps to one request a second, however many trades there are', async () => {
    const here = await world()
    const reports = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map(key =>
        here.trade(here.intent(key, '1 SOL', 'JSOL'), { ...protectedTrade, slippageBps: 500 }),
      ),
    )
    expect(reports.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'filled'))
    expect(here.engine.tooFast).toBe(0)
    expect(here.publicWires).toEqual([])
  })

  it('that would fail on chain is in no block and costs nothing; the order goes on at the new price', async () => {
    const here = await world()
    const attacker = new SandwichAttacker(here.localnet.ledger, 1_000_000_000_000n)
    here.engine.faults.push('down')
    const started = here.trade(here.intent('a', '500 SOL', 'JSOL'), { ...protectedTrade, slippageBps: 5 })
    const before = here.lamports(here.wallet)
    // Somebody else moves the price between the first try and the second.
    here.clock.at(here.clock.now() + 2_500, () => void attacker.watch(attemptsOf(here)[0]!.wire))
    const fill = fillIn(await started)
    const attempts = attemptsOf(here)
    expect(attempts.map(({ channel }) => channel)).toEqual(['jito', 'jito'])
    expect(fill.signature).toBe(attempts[1]!.signature)
    expect(before - here.lamports(here.wallet)).toBe(fill.input.units + costs(fill))
    expect(here.publicWires).toEqual([])
  })

  it('ends with what the block engine says when it refuses, and is not tried another way', async () => {
    const here = await world()
    here.engine.minTip_lamports = 1_000_000n
    const report = await here.trade(here.intent('a', '1 SOL', 'JSOL'), protectedTrade)
    expect(report).toMatchObject({
      state: 'expired',
      reason: {
        code: 'RELAY_REFUSED',
        message: expect.stringContaining('a tip of 4000 lamports is below the minimum'),
      },
    })
    expect(attemptsOf(here)).toHaveLength(1)
    expect([here.publicWires, here.engine.taken]).toEqual([[], []])
  })

  it('is not signed when the block engine can not be asked for its tip accounts', async () => {
    const here = await world({ retriesMax: 1 })
    await here.engine.close()
    const report = await here.trade(here.intent('a', '1 SOL', 'JSOL'), protectedTrade)
    expect(report).toMatchObject({ state: 'failed', reason: { code: 'RELAY_UNAVAILABLE' } })
    expect([attemptsOf(here), here.publicWires]).toEqual([[], []])
  })
})

describe('a protected swap that waits for its leader', () => {
  it('tells the slot of the leader it was sent to', async () => {
    const here = await world()
    const protection = { ...PROTECTED, sendWhen: 'jito-leader-near' } as const
    const slot = here.localnet.ledger.slot()
    const fill = fillIn(await here.trade(here.intent('a', '1 SOL', 'JSOL'), { protection }))
    expect(fill.protection).toContain(`next Jito leader: slot ${slot}, waited 0 slots for it`)
  })
})

describe('a protected swap after a restart', () => {
  async function interrupted(): Promise<MevWorld> {
    const here = await world()
    const stop = new AbortController()
    here.restart({ signal: stop.signal })
    here.engine.faults.push('down', 'down')
    here.clock.at(here.clock.now() + 3_500, () => stop.abort(new Error('killed')))
    const report = await here.trade(here.intent('a', '1 SOL', 'JSOL'), protectedTrade)
    expect(report).toMatchObject({ state: 'unresolved', reason: { code: 'ORDER_INTERRUPTED' } })
    expect([here.engine.taken, here.publicWires]).toEqual([[], []])
    here.engine.faults.length = 0
    return here
  }

  it('is sent by the journal’s way, and lands', async () => {
    const here = await interrupted()
    const { reports } = await here.clock.run(here.restart().recover())
    expect(reports.map(({ state }) => state)).toEqual(['filled'])
    expect(here.engine.taken.length).toBeGreaterThan(0)
    expect(here.publicWires).toEqual([])
  })

  it('is sent nowhere when the cluster has no block engine any more: it expires, and is traded anew', async () => {
    const here = await interrupted()
    const { lines, resumable } = await here.clock.run(here.restart({ engine: false }).recover())
    expect(lines[0]).toMatch(/expired without landing/)
    expect(resumable).toHaveLength(1)
    expect([here.engine.taken, here.publicWires]).toEqual([[], []])
  })
})

describe('where there is no block engine', () => {
  it('a protected swap goes out publicly, without a tip, and its fill says so', async () => {
    const here = await world()
    here.restart({ engine: false })
    const fill = fillIn(await here.trade(here.intent('a', '1 SOL', 'JSOL'), protectedTrade))
    expect(fill.protection?.[0]).toBe(
      'private relay: not available on localnet: public sending, protected by minimum and quote age only',
    )
    expect(fill.fees.tip_lamports).toBe(0n)
    expect(here.publicWires.length).toBeGreaterThan(0)
    expect(attemptsOf(here)[0]?.channel).toBeUndefined()
  })
})

describe('the age of a quote', () => {
  /** A venue whose plans take their time, so often. */
  function slow(here: MevWorld, times: number): { venue: Venue; quotes: () => number } {
    let [quotes, plans] = [0, 0]
    const venue: Venue = {
      name: here.venue.name,
      quote: (...asked) => {
        quotes++
        return here.venue.quote(...asked)
      },
      plan: async (quote, owner, signal) => {
        if (plans++ < times) await here.clock.sleep(15 * 400, signal)
        return here.venue.plan(quote, owner, signal)
      },
    }
    return { venue, quotes: () => quotes }
  }

  it('that is too great leads to another quote before anything is signed', async () => {
    const here = await world()
    const { venue, quotes } = slow(here, 1)
    fillIn(await here.trade(here.intent('a', '1 SOL', 'JSOL'), { ...protectedTrade, slippageBps: 500 }, venue))
    expect(quotes()).toBe(2)
  })

  it('that stays too great ends the order, unsigned', async () => {
    const here = await world()
    const options = { ...protectedTrade, slippageBps: 500 }
    const report = await here.trade(here.intent('a', '1 SOL', 'JSOL'), options, slow(here, 9).venue)
    expect(report).toMatchObject({ state: 'failed', reason: { code: 'QUOTE_STALE' } })
    expect(attemptsOf(here)).toEqual([])
  })
})

describe('the block engine', () => {
  it('refuses a bundle in which another transaction comes before a marked one', async () => {
    const here = await world()
    here.engine.faults.push('down', 'down', 'down')
    const stop = new AbortController()
    here.restart({ signal: stop.signal })
    here.clock.at(here.clock.now() + 3_000, () => stop.abort(new Error('enough')))
    await here.trade(here.intent('a', '1 SOL', 'JSOL'), protectedTrade)
    here.engine.faults.length = 0
    const [leaked] = attemptsOf(here)
    const http = createHttp(here.clock)
    const { url, tipFloorUrl } = here.engine
    const attacker = createBlockEngine({ url, tipFloorUrl, fetch: http.fetch, clock: here.clock })
    const inFront = here.clock.run(attacker.sendBundle([leaked!.wire, leaked!.wire]))
    await expect(inFront).rejects.toMatchObject({
      code: 'RELAY_REFUSED',
      message: expect.stringContaining('must be the first of its bundle'),
    })
    await http.close()
  })
})
