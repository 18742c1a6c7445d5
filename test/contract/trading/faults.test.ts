import { describe, expect, it } from 'vitest'
import type { Fill } from '../../../core/events/report.ts'
import { parsePrice } from '../../../core/money/price.ts'
import { type Fault, faulty } from './fetch-faults.ts'
import type { TradingWorld, WorldOptions } from './trading-world.ts'
import { closedAfterEach } from './worlds.ts'

const world = closedAfterEach()

const withFault = (fault: Fault): WorldOptions => ({ faults: fetch => faulty(fetch, fault) })
const lost = async (): Promise<Response> => {
  throw new Error('socket hang up')
}
const status = (code: number, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(new Response('later', { status: code, headers }))
const answer = (result: unknown): Promise<Response> => Promise.resolve(Response.json({ jsonrpc: '2.0', id: 1, result }))

const withLastValidBlock =
  (height: number) =>
  async (told: Response): Promise<Response> => {
    const body = (await told.json()) as { result: { value: { lastValidBlockHeight: number } } }
    body.result.value.lastValidBlockHeight = height
    return Response.json(body)
  }

const TEN = 10_000_000n
const START_USDC = 10_000_000_000n

/** That one purchase of 10 USDC was made: no less and no more. */
async function expectBoughtOnce(here: TradingWorld): Promise<void> {
  await here.clock.run(here.clock.sleep(200_000))
  expect(START_USDC - (await here.held('USDC'))).toBe(TEN)
}

describe('a send without a clear answer', () => {
  it('is in flight, not failed: when it had arrived, nothing is bought twice', async () => {
    const here = await world(
      withFault(({ method, pass }) => (method === 'sendTransaction' ? pass().then(lost) : undefined)),
    )
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report.state).toBe('filled')
    await expectBoughtOnce(here)
  })

  it.each([
    ['is lost on the way', lost],
    ['meets a rate limit', () => status(429, { 'retry-after': '1' })],
    ['meets a broken gateway', () => status(502)],
  ])('goes out again, the same bytes, when it %s', async (_name, fail) => {
    const here = await world(
      withFault(({ method, count }) => (method === 'sendTransaction' && count < 2 ? fail() : undefined)),
    )
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report.state).toBe('filled')
    expect(here.deployment.journal.orders()[0]?.attempts).toHaveLength(1)
    await expectBoughtOnce(here)
  })

  it('is not signed anew because an endpoint told a last valid block that was long past', async () => {
    const held: (() => Promise<Response>)[] = []
    let isHeld = true
    const here = await world(
      withFault(({ method, pass }) => {
        if (method === 'getLatestBlockhash') return pass().then(withLastValidBlock(1))
        if (method !== 'sendTransaction' || !isHeld) return undefined
        held.push(pass)
        return lost()
      }),
    )
    // Relays keep what they are sent for a while: here all of it arrives after twenty seconds.
    here.clock.at(here.clock.now() + 20_000, () => {
      isHeld = false
      for (const pass of held.splice(0)) void pass()
    })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report.state).toBe('filled')
    expect(here.deployment.journal.orders()[0]?.attempts).toHaveLength(1)
    await expectBoughtOnce(here)
  })

  it('is signed anew only after the first has provably expired', async () => {
    let firstSentAt: number | undefined
    const here = await world(
      withFault(({ method }) => {
        if (method !== 'sendTransaction') return undefined
        firstSentAt ??= here.clock.now()
        return here.clock.now() - firstSentAt < 70_000 ? lost() : undefined
      }),
    )
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report.state).toBe('filled')
    const [first, second, ...more] = here.deployment.journal.orders()[0]?.attempts ?? []
    expect(more).toEqual([])
    expect(second!.createdAt - first!.createdAt).toBeGreaterThan(60_000)
    expect(report).toMatchObject({ fill: { signature: second?.signature } })
    await expectBoughtOnce(here)
  })

  it('ends as expired when no transaction ever lands, with nothing spent', async () => {
    const here = await world(withFault(({ method }) => (method === 'sendTransaction' ? lost() : undefined)))
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state: 'expired', reason: { code: 'ORDER_EXPIRED' } })
    const [order] = here.deployment.journal.orders()
    expect(order?.attempts).toHaveLength(3)
    const [first, second] = order?.attempts ?? []
    expect(second!.createdAt - first!.createdAt).toBeGreaterThan(60_000)
    expect(await here.held('USDC')).toBe(START_USDC)
  })

  it('asks a person when the endpoint keeps too little history to say', async () => {
    const here = await world(
      withFault(({ method }) => {
        if (method === 'sendTransaction') return lost()
        return method === 'getFirstAvailableBlock' ? answer(10 ** 12) : undefined
      }),
    )
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state: 'unresolved', reason: { code: 'ORDER_ATTEMPT_LOST' } })
    expect(here.deployment.journal.orders({ open: true })).toHaveLength(1)
  })

  it('is found when the statuses were out of reach for a while', async () => {
    const here = await world(
      withFault(({ method, count }) => (method === 'getSignatureStatuses' && count < 12 ? status(503) : undefined)),
    )
    expect((await here.trade(here.intent('a', '10 USDC', 'SOL'))).state).toBe('filled')
    await expectBoughtOnce(here)
  })

  it('waits for a receipt that comes late', async () => {
    const here = await world(
      withFault(({ method, count }) => (method === 'getTransaction' && count < 3 ? answer(null) : undefined)),
    )
    expect((await here.trade(here.intent('a', '10 USDC', 'SOL'))).state).toBe('filled')
  })

  it('is not taken off what can be sold twice while its receipt is late', async () => {
    let receipts = 0
    let sellable: Promise<bigint> | undefined
    const here = await world(
      withFault(({ method }) => {
        if (method !== 'getTransaction' || ++receipts > 5) return undefined
        sellable ??= here
          .trader()
          .sellable(here.intent('b', '1 USDC', 'SOL').input, here.intent('b', '1 SOL', 'USDC').input)
        return answer(null)
      }),
    )
    expect((await here.trade(here.intent('a', '10 USDC', 'SOL'))).state).toBe('filled')
    expect(await sellable).toBe(await here.held('USDC'))
  })
})

describe('before anything is sent', () => {
  const slipped = { InstructionError: [3, { Custom: 6001 }] }
  const simulated = (err: unknown): Promise<Response> =>
    answer({
      context: { slot: 1 },
      value: { err, logs: ['Program Swap failed: custom program error: 0x1771'], unitsConsumed: 1 },
    })

  it('asks for another quote when the price moved under the first', async () => {
    const here = await world(
      withFault(({ method, count }) =>
        method === 'simulateTransaction' && count === 0 ? simulated(slipped) : undefined,
      ),
    )
    expect((await here.trade(here.intent('a', '10 USDC', 'SOL'))).state).toBe('filled')
  })

  it('gives up after three, and says that it was slippage', async () => {
    let simulations = 0
    const here = await world(
      withFault(({ method }) => {
        if (method !== 'simulateTransaction') return undefined
        simulations++
        return simulated(slipped)
      }),
    )
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state: 'failed', reason: { code: 'SLIPPAGE_EXCEEDED' } })
    expect(simulations).toBe(3)
    expect(await here.held('USDC')).toBe(START_USDC)
  })

  it('repeats what fails in passing, and then trades', async () => {
    const here = await world(
      withFault(({ method, count }) => (method === 'getLatestBlockhash' && count < 7 ? status(503) : undefined)),
    )
    expect((await here.trade(here.intent('a', '10 USDC', 'SOL'))).state).toBe('filled')
  })

  it('skips a trade whose price is outside its bounds, and takes one inside', async () => {
    const here = await world()
    const pair = { base: here.cluster.tokens.find('SOL'), quote: here.cluster.tokens.find('USDC') }
    const bounded = (key: string, bounds: object) => here.trade(here.intent(key, '10 USDC', 'SOL', { bounds }))
    const low = await bounded('a', { max: parsePrice('50', pair) })
    expect(low).toMatchObject({ state: 'skipped', reason: { code: 'PRICE_ABOVE_BOUND' } })
    const high = await bounded('b', { min: parsePrice('5000', pair) })
    expect(high).toMatchObject({ state: 'skipped', reason: { code: 'PRICE_BELOW_BOUND' } })
    expect(await here.held('USDC')).toBe(START_USDC)
    expect((await bounded('c', { min: parsePrice('50', pair), max: parsePrice('5000', pair) })).state).toBe('filled')
  })

  it('tightens the slippage so that even the worst execution stays within the bound', async () => {
    const here = await world()
    const pair = { base: here.cluster.tokens.find('SOL'), quote: here.cluster.tokens.find('USDC') }
    const free = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    if (free.state !== 'filled') throw new Error(free.state)
    // 10 bps above what was just paid: within the slippage of 50.
    const paid = (10 / (Number(free.fill.output.units) / 1e9)) * 1.001
    const report = await here.trade(
      here.intent('b', '10 USDC', 'SOL', { bounds: { max: parsePrice(paid.toFixed(9), pair) } }),
    )
    if (report.state !== 'filled') throw new Error(report.state)
    const worst = 10 / (Number(report.fill.minimumOutput.units) / 1e9)
    expect(worst).toBeLessThanOrEqual(paid)
    expect(worst).toBeGreaterThan(paid * 0.9985)
  })

  it('says what is missing when the wallet holds too little', async () => {
    const poor = await world({ funds: { USDC: 3_000_000n } })
    const report = await poor.trade(poor.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state: 'failed', reason: { code: 'FUNDS_INSUFFICIENT' } })
    if (report.state !== 'failed') throw new Error(report.state)
    expect(report.reason.message).toContain('7 USDC are missing')
  })

  it('never touches the reserve of SOL', async () => {
    const here = await world({ funds: {}, lamports: 1_000_000_000n })
    const report = await here.trade(here.intent('a', '1 SOL', 'USDC'))
    expect(report).toMatchObject({ state: 'failed', reason: { code: 'FUNDS_INSUFFICIENT' } })
    expect((await here.trade(here.intent('b', '0.98 SOL', 'USDC'))).state).toBe('filled')
    expect(await here.held('SOL')).toBeGreaterThanOrEqual(10_000_000n)
  })

  it('promises no funds twice: of ten trades at once the wallet can pay three', async () => {
    const here = await world({ funds: { USDC: 35_000_000n } })
    const reports = await Promise.all(
      Array.from({ length: 10 }, (_, index) => here.trade(here.intent(`k${index}`, '10 USDC', 'SOL'))),
    )
    expect(reports.filter(({ state }) => state === 'filled')).toHaveLength(3)
    expect(reports.filter(({ state }) => state === 'failed')).toHaveLength(7)
    expect(await here.held('USDC')).toBe(5_000_000n)
  })

  it('sends nothing after the time an intent sets', async () => {
    const here = await world(withFault(({ method }) => (method === 'sendTransaction' ? lost() : undefined)))
    const intent = here.intent('a', '10 USDC', 'SOL', { expiresAt: here.clock.now() + 5_000 })
    const report = await here.trade(intent)
    expect(report.state).toBe('expired')
    expect(here.deployment.journal.orders()[0]?.attempts).toHaveLength(1)
    const late = await here.trade(here.intent('b', '10 USDC', 'SOL', { expiresAt: here.clock.now() - 1 }))
    expect(late.state).toBe('expired')
  })
})

describe('a trade that fails on the chain', () => {
  it('is failed with its reason, and its fee is all it cost', async () => {
    const here = await world()
    const lamports = await here.held('SOL')
    const reports = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        here.trade(here.intent(`k${index}`, '200 USDC', 'SOL'), { slippageBps: 1 }),
      ),
    )
    const filled = reports.filter(({ state }) => state === 'filled')
    const failed = reports.filter(({ state }) => state === 'failed')
    expect(filled.length + failed.length).toBe(40)
    expect(failed.length).toBeGreaterThan(0)
    for (const report of failed) expect(report).toMatchObject({ reason: { code: 'SLIPPAGE_EXCEEDED' } })
    expect(START_USDC - (await here.held('USDC'))).toBe(BigInt(filled.length) * 200_000_000n)
    const paid = ({ fees }: Pick<Fill, 'fees'>): bigint => Object.values(fees).reduce((sum, part) => sum + part, 0n)
    const inVain = failed.flatMap(({ failedLandings = [] }) => failedLandings)
    expect(inVain).toHaveLength(failed.length)
    const told = [
      ...filled.map(report => (report.state === 'filled' ? report.fill.output.units - paid(report.fill) : 0n)),
      ...inVain.map(landing => -paid(landing)),
    ]
    // What was told is what left the wallet and what came, to the lamport; and the journal has it beside the transactions.
    expect((await here.held('SOL')) - lamports).toBe(told.reduce((sum, change) => sum + change, 0n))
    const attempts = here.deployment.journal.orders().flatMap(order => order.attempts)
    expect(attempts.flatMap(attempt => attempt.failed?.signature ?? []).toSorted()).toEqual(
      inVain.map(({ signature }) => signature).toSorted(),
    )
  })
})

describe('an end in the middle', () => {
  it.each([
    ['a simulation', 'simulateTransaction', 'failed'],
    ['a status', 'getSignatureStatuses', 'unresolved'],
    ['a receipt', 'getTransaction', 'unresolved'],
  ])('waits for no repetition of %s, and leaves the order to the next start', async (_name, failing, state) => {
    const stop = new AbortController()
    let stoppedAt: number | undefined
    const here = await world({
      ...withFault(({ method }) => {
        if (method !== failing) return undefined
        stoppedAt ??= here.clock.now()
        stop.abort(new Error('enough'))
        return status(503)
      }),
      // The requests know nothing of the end: only the trader does.
      requestsEnd: false,
      signal: stop.signal,
    })
    const report = await here.trade(here.intent('a', '10 USDC', 'SOL'))
    expect(report).toMatchObject({ state, reason: { code: 'ORDER_INTERRUPTED' } })
    expect(here.clock.now()).toBe(stoppedAt)
    expect(here.deployment.journal.orders({ open: true })).toHaveLength(1)
    await here.clock.run(here.restart().recover())
    expect((await here.trade(here.intent('a', '10 USDC', 'SOL'))).state).toBe('filled')
    await expectBoughtOnce(here)
  })
})

describe('a restart', () => {
  it('sends the journalled bytes again when the first run never did', async () => {
    const stop = new AbortController()
    const here = await world({
      signal: stop.signal,
      ...withFault(({ method }) => {
        if (method !== 'sendTransaction') return undefined
        stop.abort(new Error('killed'))
        return lost()
      }),
    })
    const intent = here.intent('a', '10 USDC', 'SOL')
    const report = await here.trade(intent)
    expect(report).toMatchObject({ state: 'unresolved', reason: { code: 'ORDER_INTERRUPTED' } })
    const [before] = here.deployment.journal.orders({ open: true })
    const recovery = await here.clock.run(here.restart().recover())
    expect(recovery.lines).toEqual([expect.stringMatching(/the chain has it: 10 USDC for 0\.0\d+ SOL/)])
    expect(recovery.reports).toMatchObject([{ state: 'filled', recovered: true }])
    expect(recovery.reports[0]).toMatchObject({ fill: { signature: before?.attempts[0]?.signature } })
    expect(await here.trade(intent)).toEqual(recovery.reports[0])
    await expectBoughtOnce(here)
  })

  it('finds what had landed', async () => {
    const stop = new AbortController()
    const here = await world({
      signal: stop.signal,
      ...withFault(({ method, pass }) => {
        if (method !== 'sendTransaction') return undefined
        return pass().then(() => {
          stop.abort(new Error('killed'))
          return lost()
        })
      }),
    })
    await here.trade(here.intent('a', '10 USDC', 'SOL'))
    const { reports, resumable } = await here.clock.run(here.restart().recover())
    expect(reports).toMatchObject([{ state: 'filled', recovered: true }])
    expect(resumable).toEqual([])
    await expectBoughtOnce(here)
  })

  it('gives back intents that were taken and never sent, and trading them resumes them', async () => {
    const stop = new AbortController()
    const here = await world({
      signal: stop.signal,
      ...withFault(({ method }) => {
        if (method !== 'simulateTransaction') return undefined
        stop.abort(new Error('killed'))
        return lost()
      }),
    })
    const intent = here.intent('a', '10 USDC', 'SOL')
    expect(await here.trade(intent)).toMatchObject({ state: 'failed', reason: { code: 'ORDER_INTERRUPTED' } })
    const { reports, resumable } = await here.clock.run(here.restart().recover())
    expect(reports).toEqual([])
    expect(resumable).toEqual([intent])
    expect((await here.trade(resumable[0]!)).state).toBe('filled')
    await expectBoughtOnce(here)
  })

  it('ends what nothing asks for any more: what was never sent, and what has provably expired; not what has landed', async () => {
    const kills: readonly (readonly [string, Fault, (line: string) => void])[] = [
      ['simulateTransaction', lost, line => expect(line).toMatch(/taken, and nothing sent yet; nothing asks for it/)],
      ['sendTransaction', lost, line => expect(line).toMatch(/expired without landing; nothing asks for it any more/)],
      ['sendTransaction', ({ pass }) => pass().then(lost), line => expect(line).toMatch(/the chain has it: 10 USDC/)],
    ]
    for (const [at, fault, expectLine] of kills) {
      const stop = new AbortController()
      const here = await world({
        signal: stop.signal,
        ...withFault(request => {
          if (request.method !== at) return undefined
          return fault(request)?.finally(() => stop.abort(new Error('killed')))
        }),
      })
      await here.trade(here.intent('a', '10 USDC', 'SOL'))
      const isDeaf: Fault = ({ method }) => (method === 'sendTransaction' ? lost() : undefined)
      const again = here.restart({ faults: fetch => faulty(fetch, isDeaf) })
      const { lines, reports, resumable } = await here.clock.run(again.recover(() => false))
      expectLine(lines[0] ?? '')
      expect(resumable).toEqual([])
      const hasLanded = lines[0]!.includes('the chain has it')
      expect(reports).toMatchObject([
        hasLanded ? { state: 'filled' } : { state: 'skipped', reason: { code: 'ORDER_ABANDONED' } },
      ])
      expect(here.deployment.journal.orders({ open: true })).toEqual([])
      await here.clock.run(here.clock.sleep(200_000))
      expect(START_USDC - (await here.held('USDC'))).toBe(hasLanded ? TEN : 0n)
    }
  })

  it('settles an unresolved order once an endpoint can say', async () => {
    const here = await world(
      withFault(({ method, pass }) => {
        if (method === 'getSignatureStatuses') return answer({ context: { slot: 10 ** 12 }, value: [null] })
        if (method === 'getFirstAvailableBlock') return answer(10 ** 12)
        return method === 'sendTransaction' ? pass().then(lost) : undefined
      }),
    )
    expect((await here.trade(here.intent('a', '10 USDC', 'SOL'))).state).toBe('unresolved')
    const { reports } = await here.clock.run(here.restart().recover())
    expect(reports).toMatchObject([{ state: 'filled', recovered: true }])
    await expectBoughtOnce(here)
  })
})
