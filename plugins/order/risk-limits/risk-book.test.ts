import { expect, it } from 'vitest'
import { type IntentEvent, type OrderRecord, parseAmount, parsePrice } from '../../../core/index.ts'
import { testTokens } from '../../../core/testing/index.ts'
import { RiskBook } from './risk-book.ts'

const TOKENS = testTokens()
const [SOL, USDC] = [TOKENS.find('SOL'), TOKENS.find('USDC')]
const CAPITAL = 1_000_000_000n
const FEES = { base_lamports: 5_000n, priority_lamports: 995_000n, tip_lamports: 0n, rent_lamports: 0n }
const FAILED = { signature: 'lost', slot: 1, at: 2, fees: FEES }

const NO_STATE = { get: () => undefined, set: () => undefined, flush: () => undefined }

function bookWithOrder(): { readonly book: RiskBook; readonly intent: IntentEvent } {
  const book = new RiskBook(USDC, NO_STATE, () => undefined)
  book.onPrice(parsePrice('200', { base: SOL, quote: USDC }))
  const amount = parseAmount('10 USDC', TOKENS)
  const intent: IntentEvent = {
    kind: 'intent',
    at: 1,
    key: 'k',
    node: 'plan',
    input: USDC,
    output: SOL,
    amount,
    exact: 'in',
    reason: 'x',
  }
  book.opened(intent, amount.units)
  return { book, intent }
}

it('what a transaction cost that failed has left the wallet: a drawdown counts it', () => {
  const { book } = bookWithOrder()
  expect(book.equity(CAPITAL)).toBe(CAPITAL)
  book.ended({ node: 'plan', key: 'k', failedLandings: [FAILED] }, undefined, 2)
  // 0.001 SOL at 200.
  expect(book.equity(CAPITAL)).toBe(CAPITAL - 200_000n)
})

it('also when it failed while nobody listened', () => {
  const { book, intent } = bookWithOrder()
  const order = { intent, attempts: [{ failed: FAILED }], updatedAt: 2 } as unknown as OrderRecord
  book.reconcile(
    () => order,
    () => true,
  )
  expect(book.equity(CAPITAL)).toBe(CAPITAL - 200_000n)
  expect(book.open).toEqual([])
})

it('and before there is a price of SOL they wait for one', () => {
  const values = new Map<string, unknown>()
  const state = {
    ...NO_STATE,
    get: (key: string) => values.get(key),
    set: (key: string, value: unknown) => values.set(key, value),
  }
  const open = () => new RiskBook(USDC, state as never, () => undefined)
  const { intent } = bookWithOrder()
  open().opened(intent, 10_000_000n)
  // As at a start: what has ended meanwhile is counted before any price has come.
  const order = { intent, attempts: [{ failed: FAILED }], updatedAt: 2 } as unknown as OrderRecord
  open().reconcile(
    () => order,
    () => true,
  )
  const book = open()
  for (const price of ['200', '300']) {
    book.onPrice(parsePrice(price, { base: SOL, quote: USDC }))
    expect(book.equity(CAPITAL)).toBe(CAPITAL - 200_000n)
  }
})

it('limits in SOL count them as they are', () => {
  const book = new RiskBook(SOL, NO_STATE, () => undefined)
  const { intent } = bookWithOrder()
  book.opened(intent, 0n)
  book.ended({ node: 'plan', key: 'k', failedLandings: [FAILED] }, undefined, 2)
  expect(book.equity(CAPITAL)).toBe(CAPITAL - 1_000_000n)
})
