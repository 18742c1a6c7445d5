import { expect, test } from 'vitest'
import { BudgetLedger } from '../../chain/trader/budget-ledger.ts'
import { type Amount, amountOf } from '../../money/amount.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { testTokens } from '../../testing/mocks/test-tokens.ts'
import { BudgetBook, type BudgetBookParts } from './budget-book.ts'
import type { RunPortfolio } from './run-document.ts'

const tokens = testTokens()
const [SOL, USDC] = [tokens.find('SOL'), tokens.find('USDC')]
const usdc = (whole: number) => amountOf(USDC, BigInt(whole) * 1_000_000n)
const wallet = {
  slot: 1,
  sol_lamports: '5000000000',
  tokens: [{ mint: USDC.mint, symbol: 'USDC', decimals: 6, amount: '1000000000' }],
}

const bookOf = (
  held: RunPortfolio,
  ordersOf: (node?: string) => readonly OrderRecord[],
  more: Partial<BudgetBookParts> = {},
): BudgetBook =>
  new BudgetBook({
    wallet: held,
    ordersOf,
    givenBefore: () => undefined,
    ledger: new BudgetLedger(),
    tell: () => undefined,
    ...more,
  })

const lamports = (units: bigint) => ({
  base_lamports: units,
  priority_lamports: 0n,
  tip_lamports: 0n,
  rent_lamports: 0n,
})

function filled(input: Amount, output: Amount, fee_lamports = 0n): OrderRecord {
  return {
    state: 'confirmed',
    intent: { input: input.token, output: output.token },
    fill: { signature: 'landed', input, output, fees: lamports(fee_lamports) },
    attempts: [{ signature: 'landed' }],
  } as unknown as OrderRecord
}

const bought = (spent: number) => filled(usdc(spent), amountOf(SOL, 1n))
const sold = (received: number) => filled(amountOf(SOL, 1n), usdc(received))

/** Of which nobody can say whether its transaction has landed. */
function unresolved(spends: Amount, fee_lamports = 0n): OrderRecord {
  return {
    state: 'unresolved',
    intent: { input: spends.token, output: spends.token.mint === USDC.mint ? SOL : USDC },
    attempts: [
      { signature: 'who knows', promise: { inputUnits: spends.units, details: { fees: lamports(fee_lamports) } } },
    ],
  } as unknown as OrderRecord
}

test('budgets that the wallet holds together are given; one more is refused, with all of them by name', () => {
  const book = bookOf(wallet, () => [])
  book.for('a').claim(usdc(400))
  book.for('b').claim(usdc(600))
  book.for('c').claim(amountOf(SOL, 5_000_000_000n))
  expect(() => book.for('d').claim(usdc(1))).toThrow(
    expect.objectContaining({
      code: 'BUDGET_OVER_WALLET',
      message: 'the budgets want 1001 USDC (a 400 USDC, b 600 USDC, d 1 USDC), and the wallet has 1000 USDC',
    }),
  )
})

test('after a restart a budget wants only what it may still spend', () => {
  const orders: Record<string, OrderRecord[]> = { a: [bought(900), sold(50)], b: [bought(10), sold(40)] }
  const book = bookOf(wallet, (node = '') => orders[node] ?? [])
  book.for('a').claim(usdc(1_500))
  // Profit is put aside: it makes no budget larger.
  book.for('b').claim(usdc(350))
  expect(() => book.for('c').claim(usdc(1))).toThrow(/the budgets want 1001 USDC \(a 650 USDC, b 350 USDC, c 1 USDC\)/)
})

test('what may have been spent does not count as missing', () => {
  const book = bookOf(wallet, () => [bought(400), unresolved(usdc(100))])
  book.for('a').claim(usdc(1_500))
  const spent = bookOf(wallet, () => [bought(400), unresolved(usdc(99))])
  expect(() => spent.for('a').claim(usdc(1_500))).toThrow(/the budgets want 1001 USDC/)
})

test('what trading has cost does not keep a budget of all the SOL from going on', () => {
  const orders = [filled(usdc(10), amountOf(SOL, 1n), 7_000n), unresolved(usdc(1), 5_000n)]
  const claimed = (sol_lamports: string) =>
    bookOf({ ...wallet, sol_lamports }, node => (node === undefined ? orders : [])).for('a')
  claimed('4999988000').claim(amountOf(SOL, 5_000_000_000n))
  expect(() => claimed('4999987999').claim(amountOf(SOL, 5_000_000_000n))).toThrow(/the budgets want 5 SOL/)
})

test('what was given before stays given when money was taken out, and that is told; more, or another, is refused', () => {
  const given: Record<string, Amount> = { a: usdc(800), b: usdc(400) }
  const told: string[] = []
  const book = () => bookOf(wallet, () => [], { givenBefore: node => given[node], tell: text => void told.push(text) })
  const goesOn = book()
  goesOn.for('a').claim(usdc(800))
  expect(told).toEqual([])
  goesOn.for('b').claim(usdc(400))
  expect(told).toEqual([
    'the budgets want 1200 USDC (a 800 USDC, b 400 USDC), and the wallet has 1000 USDC: money was taken out since they were given; what lacks it will fail',
  ])
  expect(() => goesOn.for('c').claim(usdc(1))).toThrow(/the budgets want 1201 USDC/)
  const larger = book()
  larger.for('a').claim(usdc(801))
  expect(() => larger.for('b').claim(usdc(400))).toThrow(/the budgets want 1201 USDC/)
})

test('budgets of strategies that rest are held against the wallet too; what is told says how they end', () => {
  const given: Record<string, Amount> = { old: usdc(300) }
  const told: string[] = []
  const book = bookOf(wallet, () => [], {
    resting: new Map([['grid of others', { amount: usdc(900), outlay: 100_000_000n }]]),
    givenBefore: node => given[node],
    tell: text => void told.push(text),
  })
  book.for('a').claim(usdc(200))
  expect(() => book.for('b').claim(usdc(1))).toThrow(
    expect.objectContaining({
      code: 'BUDGET_OVER_WALLET',
      message:
        'the budgets want 1001 USDC (grid of others 800 USDC, a 200 USDC, b 1 USDC), and the wallet has 1000 USDC',
      remedy: expect.stringContaining('start the strategy that rests once with --new'),
    }),
  )
  const goesOn = bookOf(wallet, () => [], {
    resting: new Map([['grid of others', { amount: usdc(900), outlay: 0n }]]),
    givenBefore: node => given[node],
    tell: text => void told.push(text),
  })
  goesOn.for('old').claim(usdc(300))
  expect(told.at(-1)).toContain('grid of others 900 USDC, old 300 USDC')
})

test('profit that its owner has taken out keeps no other strategy from its own budget', () => {
  const claimsOf = (units: bigint) => {
    const ledger = new BudgetLedger()
    const held = { ...wallet, tokens: [{ ...wallet.tokens[0]!, amount: String(units) }] }
    const book = bookOf(held, node => (node === 'a' ? [sold(50)] : []), { ledger })
    book.for('a').claim(usdc(900))
    book.for('b').claim(usdc(100))
    return ledger.claimedOf(USDC, 'b', { unitsOfNode: () => 0n, broughtByNode: () => 0n })
  }
  expect(claimsOf(1_050_000_000n)).toEqual([{ node: 'a', units: 950_000_000n }])
  expect(claimsOf(1_049_999_999n)).toEqual([{ node: 'a', units: 900_000_000n }])
})
