import { expect, test } from 'vitest'
import { plainAttempt } from '../../../test/plain-attempt.ts'
import type { IntentEvent } from '../../events/event.ts'
import type { Fill } from '../../events/report.ts'
import { MemoryJournal } from '../../store/memory-journal.ts'
import { testTokens } from '../../testing/index.ts'
import { cancelWhole, wholeOf } from './cancel-whole.ts'

const TOKENS = testTokens()
const [SOL, USDC] = [TOKENS.find('SOL'), TOKENS.find('USDC')]
const ARMING = { plugin: 'bracket', version: '1', holder: 'h', terms: {} }
const intentOf = (key: string): IntentEvent => ({
  kind: 'intent',
  at: 1,
  key,
  node: 'orders',
  input: USDC,
  output: SOL,
  amount: { token: USDC, units: 100_000_000n },
  exact: 'in',
  reason: 'a test',
})
const FILL = {
  input: { token: USDC, units: 100_000_000n },
  output: { token: SOL, units: 1_000_000_000n },
} as Fill

/** A bracket whose entry is at that state, with a stop when it was filled. */
function bracket(entry: 'armed' | 'submitting' | 'confirmed') {
  const journal = new MemoryJournal({ genesisHash: 'g', wallet: 'w', deploymentId: 'd' })
  const { order: whole } = journal.arm(intentOf('b 1'), { ...ARMING, isWhole: true }, 1)
  const { id } = journal.arm(intentOf('b 1/entry'), ARMING, 1).order
  if (entry !== 'armed') {
    journal.trigger(id, { now: 2, cause: 'a price' })
    journal.attempt(plainAttempt({ orderId: id, signature: 'sig', createdAt: 3 }))
  }
  if (entry === 'confirmed') {
    journal.move(id, 'confirmed', { now: 50, cause: 'landed', fill: FILL })
    journal.arm({ ...intentOf('b 1/1/stop'), input: SOL, output: USDC }, ARMING, 50)
  }
  return { journal, whole }
}

const states = (journal: MemoryJournal): string[] =>
  journal.orders().map(({ intent, state, updatedAt }) => `${intent.key} ${state} at ${updatedAt}`)
const ALONE = { cause: 'by a person', now: 4, ask: undefined }

test('what has not traded is cancelled with all its parts', () => {
  const { journal, whole } = bracket('armed')
  expect(cancelWhole(journal, whole, ALONE)).toMatchObject({
    done: true,
    text: expect.stringContaining('nothing of it'),
  })
  expect(states(journal)).toEqual(['b 1 cancelled at 4', 'b 1/entry cancelled at 4'])
  expect(cancelWhole(journal, journal.order(whole.id)!, ALONE).done).toBe(true)
})

test('what has traded stays so, is said, and the rest ends after it', () => {
  const { journal, whole } = bracket('confirmed')
  const { done, text } = cancelWhole(journal, whole, ALONE)
  expect({ done, text }).toEqual({
    done: true,
    text: `order ${whole.id} is ended: by a person; it has traded b 1/entry: 100 USDC → 1 SOL`,
  })
  expect(states(journal)).toEqual(['b 1 confirmed at 50', 'b 1/entry confirmed at 50', 'b 1/1/stop cancelled at 50'])
})

test.each(['armed', 'confirmed'] as const)(
  'a death at any write leaves all of it as it was, or all of it ended: entry %s',
  entry => {
    for (let writes = 0; writes < 3; writes++) {
      const { journal, whole } = bracket(entry)
      const before = states(journal)
      let left = writes
      const dies = new Proxy(journal, {
        get: (target, name) => {
          const value = Reflect.get(target, name) as unknown
          if (typeof value !== 'function') return value
          return (...given: unknown[]) => {
            if (String(name).startsWith('move') && left-- === 0) throw new Error('killed')
            return Reflect.apply(value, target, given) as unknown
          }
        },
      })
      try {
        cancelWhole(dies, whole, ALONE)
        expect(journal.orders({ open: true })).toEqual([])
      } catch (thrown) {
        expect(thrown).toMatchObject({ message: 'killed' })
        expect(states(journal)).toEqual(before)
      }
    }
  },
)

test('while a part may land and nobody runs, nothing is changed: what lands may need its stop', () => {
  const { journal, whole } = bracket('submitting')
  const before = states(journal)
  expect(cancelWhole(journal, whole, ALONE)).toMatchObject({ done: false, text: expect.stringContaining('sig') })
  expect(states(journal)).toEqual(before)
})

test('a part is of its whole, however deep; an order that stands alone has none', () => {
  const { journal, whole } = bracket('confirmed')
  const [, , stop] = journal.orders()
  expect(wholeOf(journal, stop!)?.id).toBe(whole.id)
  const { order: alone } = journal.arm(intentOf('other/1'), ARMING, 1)
  expect(wholeOf(journal, alone)).toBeUndefined()
})
