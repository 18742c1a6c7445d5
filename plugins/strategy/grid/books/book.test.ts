import { expect, it } from 'vitest'
import { amountOf, type OrderRecord, type Report } from '../../../../core/index.ts'
import { testTokens } from '../../../../core/testing/index.ts'
import { Book } from './book.ts'
import { NOTHING_EARLIER } from './generation.ts'

const TOKENS = testTokens()
const pair = { base: TOKENS.find('SOL'), quote: TOKENS.find('USDC') }
const one = 10n ** 12n

it('an order that goes on in slices is no trade yet, and is counted once when it ends', () => {
  const book = new Book(pair)
  book.begin({
    number: 1,
    began_ms: 0,
    lines: [90n * one, 100n * one, 110n * one],
    size: 10_000_000n,
    toleranceParts: 1_000n,
    pool: { bps: 30, source: 'a test' },
    start: 95n * one,
    startsWith: 'inventory',
    earlier: NOTHING_EARLIER,
  })
  const fill = (units: bigint) => ({
    input: amountOf(pair.quote, units),
    output: amountOf(pair.base, units * 10n),
    fees: { base_lamports: 5_000n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n },
  })
  const order = { intent: { key: 'g1-start' }, state: 'armed', fill: fill(4_000_000n), updatedAt: 1 }
  expect(book.restore(order as unknown as OrderRecord)).toBe(true)
  expect([book.spent, book.isStocked, book.openOrders]).toEqual([0n, false, 1])
  book.report({ key: 'g1-start', state: 'filled', at: 2, fill: fill(10_000_000n) } as unknown as Report)
  expect([book.spent, book.base, book.isStocked, book.openOrders]).toEqual([10_000_000n, 100_000_000n, true, 0])
})
