import { expect, test } from 'vitest'
import { amountOf } from '../../money/amount.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { testTokens } from '../../testing/mocks/test-tokens.ts'
import { BudgetBook } from './budget-book.ts'

const tokens = testTokens()
const [SOL, USDC] = [tokens.find('SOL'), tokens.find('USDC')]
const usdc = (whole: number) => amountOf(USDC, BigInt(whole) * 1_000_000n)
const wallet = {
  slot: 1,
  sol_lamports: '5000000000',
  tokens: [{ mint: USDC.mint, symbol: 'USDC', decimals: 6, amount: '1000000000' }],
}

function bought(spent: number): OrderRecord {
  return { fill: { input: usdc(spent), output: amountOf(SOL, 1n) }, attempts: [] } as unknown as OrderRecord
}

function sold(received: number): OrderRecord {
  return { fill: { input: amountOf(SOL, 1n), output: usdc(received) }, attempts: [] } as unknown as OrderRecord
}

test('budgets that the wallet holds together are given; one more is refused, with all of them by name', () => {
  const book = new BudgetBook(wallet, () => [])
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
  const book = new BudgetBook(wallet, node => orders[node] ?? [])
  book.for('a').claim(usdc(1_500))
  // Profit is put aside: it makes no budget larger.
  book.for('b').claim(usdc(350))
  expect(() => book.for('c').claim(usdc(1))).toThrow(/the budgets want 1001 USDC \(a 650 USDC, b 350 USDC, c 1 USDC\)/)
})
