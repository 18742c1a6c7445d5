import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainFill } from '../../test/plain-fill.ts'
import type { IntentEvent } from '../events/event.ts'
import type { Fill } from '../events/report.ts'
import type { Token } from '../money/token.ts'
import type { Arming, Attempt, Journal, OrderRecord } from '../orders/journal.ts'
import { ORDER_MOVES, type OrderState } from '../orders/state-machine.ts'
import { seededRandom } from '../time/random.ts'
import type { Deployment } from './deployment.ts'
import { MemoryJournal, MemoryNodeState } from './memory-journal.ts'
import { openMemoryStore } from './store.ts'

const SOL: Token = { cluster: 'x', mint: 'So1', symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { cluster: 'x', mint: 'Usd', symbol: 'USDC', decimals: 6, program: 'spl-token' }

function intentOf(key: string, units = 10n): IntentEvent {
  const amount = { token: USDC, units }
  return { kind: 'intent', at: 1, key, node: 'plan', input: USDC, output: SOL, amount, exact: 'in', reason: 'a test' }
}

function attemptOf(orderId: string, number: number, signature = `${orderId}-${number}`): Attempt {
  return {
    orderId,
    number,
    signature,
    wire: new Uint8Array([1, 2, 3]),
    lastValidBlockHeight: 150,
    slot: 7,
    venue: 'v',
    promise: { inputUnits: 10n, quotedOutputUnits: 2n ** 64n - 1n, minimumOutputUnits: 1n },
    createdAt: 2,
  }
}

const fillOf = (orderId: string): Fill =>
  plainFill({
    orderId,
    key: 'a',
    signature: `${orderId}-1`,
    at: 3,
    input: { token: USDC, units: 4n },
    output: { token: SOL, units: 9n },
  })

/** What every journal of a deployment must be able to do, wherever it is kept. */
const JOURNALS: readonly (readonly [string, () => Journal])[] = [
  ['in SQLite', () => deploy().journal],
  ['in memory', () => new MemoryJournal({ genesisHash: 'g', wallet: 'w', deploymentId: 'd' })],
]

function deploy(): Deployment {
  return openMemoryStore({ random: seededRandom('t') }).deploy({
    pipeline: 'p',
    genesisHash: 'g',
    wallet: 'w',
    nodes: ['plan'],
    fingerprint: 'f',
    onChange: 'refuse',
    now: 0,
  })
}

describe.each(JOURNALS)('the journal %s', (_where, open) => {
  it('takes a key once and gives the record back the second time', () => {
    const journal = open()
    const first = journal.take(intentOf('a'), 1)
    const second = journal.take(intentOf('a', 99n), 2)
    expect(first.taken).toBe(true)
    expect(second).toEqual({ taken: false, order: first.order })
    expect(journal.take({ ...intentOf('a'), node: 'other' }, 3).taken).toBe(true)
  })

  it('keeps amounts of 64 unsigned bits and bytes to the unit', () => {
    const journal = open()
    const { order } = journal.take(intentOf('a', 2n ** 64n - 1n), 1)
    journal.attempt(attemptOf(order.id, 1))
    const read = journal.orders()[0]
    expect(read?.intent).toEqual(intentOf('a', 2n ** 64n - 1n))
    expect(read?.attempts).toEqual([attemptOf(order.id, 1)])
    expect(read).toEqual(journal.order(order.id))
  })

  it('refuses a signature that another order has, and changes nothing', () => {
    const journal = open()
    const a = journal.take(intentOf('a'), 1).order
    const b = journal.take(intentOf('b'), 1).order
    journal.attempt(attemptOf(a.id, 1, 'same'))
    expect(() => journal.attempt(attemptOf(b.id, 1, 'same'))).toThrow(
      expect.objectContaining({ code: 'ORDER_SIGNATURE_TAKEN' }),
    )
    expect(journal.order(b.id)?.state).toBe('created')
    expect(journal.order(b.id)?.attempts).toEqual([])
  })

  it('lists open orders apart from those that are final', () => {
    const journal = open()
    const a = journal.take(intentOf('a'), 1).order
    journal.take(intentOf('b'), 1)
    journal.move(a.id, 'cancelled', { now: 2, cause: 'test', reason: { code: 'X', message: 'y' } })
    expect(journal.orders({ open: true }).map(order => order.intent.key)).toEqual(['b'])
    expect(journal.orders({ open: false }).map(order => order.reason)).toEqual([{ code: 'X', message: 'y' }])
    expect(journal.orders({ node: 'nobody' })).toEqual([])
  })

  it('keeps the fill of a part with its attempt, and the order in flight', () => {
    const journal = open()
    const { order } = journal.take(intentOf('a'), 1)
    journal.attempt(attemptOf(order.id, 1))
    const landed = journal.part(order.id, 1, { now: 3, cause: 'test', fill: fillOf(order.id) })
    expect(landed).toMatchObject({
      state: 'submitting',
      updatedAt: 3,
      attempts: [{ number: 1, fill: fillOf(order.id) }],
    })
    expect(journal.orders()[0]).toEqual(landed)
    journal.attempt(attemptOf(order.id, 2))
    expect(journal.orders({ open: true })[0]?.attempts.map(({ fill }) => fill !== undefined)).toEqual([true, false])
  })

  it('refuses a part that can not have landed, and an end that forgets one that has', () => {
    const journal = open()
    const illegal = expect.objectContaining({ code: 'ORDER_MOVE_ILLEGAL' })
    const { order } = journal.take(intentOf('a'), 1)
    const part = (): OrderRecord => journal.part(order.id, 1, { now: 3, cause: 'test', fill: fillOf(order.id) })
    expect(part).toThrow(illegal)
    journal.attempt(attemptOf(order.id, 1))
    part()
    expect(part).toThrow(illegal)
    for (const to of ['failed', 'expired', 'cancelled', 'confirmed'] as const) {
      expect(() => journal.move(order.id, to, { now: 4, cause: 'test' })).toThrow(illegal)
    }
    journal.move(order.id, 'confirmed', { now: 4, cause: 'test', fill: fillOf(order.id) })
    expect(journal.orders()[0]).toMatchObject({ state: 'confirmed', fill: fillOf(order.id) })
  })

  it('moves several orders together, or none of them', () => {
    const journal = open()
    const [a, b] = ['a', 'b'].map(key => journal.take(intentOf(key), 1).order.id) as [string, string]
    const move = { now: 2, cause: 'test', to: 'cancelled' } as const
    for (const [other, code] of [
      [{ ...move, orderId: b, to: 'confirmed' } as const, 'ORDER_MOVE_ILLEGAL'],
      [{ ...move, orderId: 'nobody' }, 'ORDER_UNKNOWN'],
    ] as const) {
      expect(() => journal.moveAll([{ ...move, orderId: a }, other])).toThrow(expect.objectContaining({ code }))
      expect(journal.orders().map(({ state }) => state)).toEqual(['created', 'created'])
      expect(journal.story(a)).toHaveLength(1)
    }
    journal.moveAll([
      { ...move, orderId: a },
      { ...move, orderId: b, to: 'expired' },
    ])
    expect(journal.orders().map(({ state }) => state)).toEqual(['cancelled', 'expired'])
    expect(journal.story(b).at(-1)).toEqual({ was: 'created', became: 'expired', cause: 'test', at: 2 })
  })

  it('knows no order that it never took', () => {
    const journal = open()
    expect(journal.order('nobody')).toBeUndefined()
    expect(() => journal.move('nobody', 'failed', { now: 1, cause: 'test' })).toThrow(
      expect.objectContaining({ code: 'ORDER_UNKNOWN' }),
    )
    expect(() => journal.attempt(attemptOf('nobody', 1))).toThrow(expect.objectContaining({ code: 'ORDER_UNKNOWN' }))
  })

  it('keeps creation order, and forgets the reason of a state it has left', () => {
    const journal = open()
    const ids = ['c', 'a', 'b'].map(key => journal.take(intentOf(key), 1).order.id)
    journal.attempt(attemptOf(ids[0]!, 1))
    journal.move(ids[0]!, 'unresolved', { now: 3, cause: 'test', reason: { code: 'X', message: 'y' } })
    expect(journal.move(ids[0]!, 'expired', { now: 4, cause: 'test' })).not.toHaveProperty('reason')
    expect(journal.orders({ node: 'plan' }).map(({ id }) => id)).toEqual(ids)
    expect(journal.orders().map(({ updatedAt }) => updatedAt)).toEqual([4, 1, 1])
  })

  it('allows exactly the moves of the table, whatever is tried', () => {
    const states = Object.keys(ORDER_MOVES) as OrderState[]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states), { maxLength: 12 }), moves => {
        const journal = open()
        const { order } = journal.take(intentOf('a'), 1)
        let state = order.state
        for (const to of moves) {
          const move = (): unknown =>
            to === 'submitting'
              ? journal.attempt(attemptOf(order.id, (journal.order(order.id)?.attempts.length ?? 0) + 1))
              : journal.move(order.id, to, { now: 2, cause: 'test' })
          // Only one that others were made of is confirmed unsent.
          if (ORDER_MOVES[state].includes(to) && !(state === 'armed' && to === 'confirmed')) {
            move()
            state = to
          } else expect(move).toThrow(expect.objectContaining({ code: 'ORDER_MOVE_ILLEGAL' }))
          expect(journal.order(order.id)?.state).toBe(state)
          expect(journal.orders()[0]?.state).toBe(state)
        }
      }),
      { numRuns: 200 },
    )
  })
})

const ARMING: Arming = {
  plugin: 'stop-loss',
  version: '1.2.3',
  holder: 'stop',
  terms: { trigger: 140_000_000_000_000n, size: '50%' },
  plan: { nodes: ['stop'] },
}

describe.each(JOURNALS)('an order that waits, in a journal %s', (_where, open) => {
  it('takes its key and is armed at once, with its terms to the unit', () => {
    const journal = open()
    const { taken, order } = journal.arm(intentOf('a'), ARMING, 5)
    expect(taken).toBe(true)
    expect(order).toMatchObject({ state: 'armed', arming: ARMING })
    expect(journal.orders({ holder: 'stop' })).toEqual([order])
    expect(journal.orders({ holder: 'plan' })).toEqual([])
    expect(journal.story(order.id)).toEqual([
      { became: 'created', cause: 'a test', at: 5 },
      { was: 'created', became: 'armed', cause: 'stop-loss at stop watches it', at: 5 },
    ])
  })

  it('is not armed a second time, nor armed when its key was taken to be traded at once', () => {
    const journal = open()
    const first = journal.arm(intentOf('a'), ARMING, 5)
    const again = journal.arm(intentOf('a', 99n), { ...ARMING, holder: 'other' }, 6)
    expect(again).toEqual({ taken: false, order: first.order })
    expect(journal.take(intentOf('a'), 7)).toEqual({ taken: false, order: first.order })
    const taken = journal.take(intentOf('b'), 8).order
    expect(journal.arm(intentOf('b'), ARMING, 9)).toEqual({ taken: false, order: taken })
  })

  it('keeps what its trigger settled, and nothing that would make it another order', () => {
    const journal = open()
    const { order } = journal.arm(intentOf('a', 0n), ARMING, 5)
    const amount = { token: USDC, units: 2n ** 64n - 1n }
    journal.trigger(order.id, { now: 9, cause: 'at 139', resolved: { amount } })
    const read = journal.orders()[0]!
    expect(read).toMatchObject({ id: order.id, fullKey: order.fullKey, state: 'triggered', updatedAt: 9 })
    expect(read.intent).toEqual({ ...order.intent, amount })
    expect(read).toEqual(journal.order(order.id))
    expect(() => journal.trigger(order.id, { now: 10, cause: 'again' })).toThrow(
      expect.objectContaining({ code: 'ORDER_MOVE_ILLEGAL' }),
    )
  })

  it('tells its whole story, with the sentences that were added on the way, in order', () => {
    const journal = open()
    const { order } = journal.arm(intentOf('a'), ARMING, 1)
    journal.note(order.id, 'no price for 90s', 2)
    journal.trigger(order.id, { now: 3, cause: 'at 139' })
    journal.attempt(attemptOf(order.id, 1))
    expect(journal.story(order.id).map(({ became, cause }) => `${became}: ${cause}`)).toEqual([
      'created: a test',
      'armed: stop-loss at stop watches it',
      'armed: no price for 90s',
      'triggered: at 139',
      `submitting: attempt 1: ${order.id}-1`,
    ])
    expect(() => journal.note('nobody', 'x', 4)).toThrow(expect.objectContaining({ code: 'ORDER_UNKNOWN' }))
  })

  it('is taken once, fires once, and is where its story ends, whatever is tried in whatever order', () => {
    const act = fc.constantFrom('arm', 'take', 'trigger', 'attempt', 'note', 'cancelled', 'expired', 'unresolved')
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), acts => {
        const journal = open()
        const { id } = journal.arm(intentOf('a'), ARMING, 0).order
        for (const [now, what] of acts.entries()) {
          const attempts = journal.order(id)?.attempts.length ?? 0
          try {
            if (what === 'arm') expect(journal.arm(intentOf('a', BigInt(now)), ARMING, now).taken).toBe(false)
            else if (what === 'take') expect(journal.take(intentOf('a'), now).taken).toBe(false)
            else if (what === 'trigger') journal.trigger(id, { now, cause: 'a price' })
            else if (what === 'attempt') journal.attempt(attemptOf(id, attempts + 1))
            else if (what === 'note') journal.note(id, 'a note', now)
            else journal.move(id, what, { now, cause: what })
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'ORDER_MOVE_ILLEGAL' })
          }
        }
        const story = journal.story(id)
        const fired = story.filter(({ was, became }) => was !== became && became === 'triggered')
        expect(journal.orders()).toHaveLength(1)
        expect(fired.length).toBeLessThanOrEqual(1)
        // Its story leads from one state to the next, and ends where it is.
        expect(story.at(-1)?.became).toBe(journal.order(id)?.state)
        for (const [index, { was }] of story.entries()) expect(was).toBe(story[index - 1]?.became)
      }),
      { numRuns: 200 },
    )
  })
})

describe('node state', () => {
  it('is committed with the intent that follows from it, or not at all', () => {
    const deployment = deploy()
    const state = deployment.state('plan')
    state.set('slot', { next: 5n, list: [1, 'two'] })
    expect(state.get('slot')).toEqual({ next: 5n, list: [1, 'two'] })
    deployment.journal.take(intentOf('a'), 1)
    expect(deployment.state('plan').get('slot')).toEqual({ next: 5n, list: [1, 'two'] })
  })

  it('in memory comes back as the store would write it: no reference is shared', () => {
    const state = new MemoryNodeState()
    const value = { units: 5n, list: [1] }
    state.set('slot', value)
    value.list.push(2)
    expect(state.get('slot')).toEqual({ units: 5n, list: [1] })
    expect(state.get('other')).toBeUndefined()
  })
})
