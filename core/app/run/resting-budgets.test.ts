import { expect, it } from 'vitest'
import { plainAttempt } from '../../../test/plain-attempt.ts'
import { plainFill } from '../../../test/plain-fill.ts'
import { type Amount, amountOf } from '../../money/amount.ts'
import type { Deployment } from '../../store/deployment.ts'
import { openMemoryStore, type Store } from '../../store/store.ts'
import { testTokens } from '../../testing/mocks/test-tokens.ts'
import { seededRandom } from '../../time/random.ts'
import { restingBudgets } from './resting-budgets.ts'

const tokens = testTokens()
const [SOL, USDC] = [tokens.find('SOL'), tokens.find('USDC')]
const usdc = (units: bigint) => amountOf(USDC, units)

function deploy(store: Store, pipeline: string, wallet: string): Deployment {
  const place = { genesisHash: 'g', wallet, nodes: ['grid'], fingerprint: 'f' }
  const deployment = store.deploy({ ...place, pipeline, onChange: 'refuse', now: 0 })
  deployment.begin()
  return deployment
}

/** A purchase of the grid with one of its deployment's wallets. */
function bought(deployment: Deployment, wallet: string, key: string, input: Amount, output: Amount): void {
  const journal = deployment.journalOf(wallet)
  const { order } = journal.take(
    {
      kind: 'intent',
      at: 1,
      key,
      node: 'grid',
      input: input.token,
      output: output.token,
      amount: input,
      exact: 'in',
      reason: 'r',
    },
    1,
  )
  const signature = `${deployment.id}-${wallet}-${key}`
  journal.attempt(plainAttempt({ orderId: order.id, signature, createdAt: 1 }))
  const fill = plainFill({ orderId: order.id, key, signature, at: 1, input, output })
  journal.move(order.id, 'confirmed', { now: 1, cause: 'landed', fill })
}

const of = (store: Store, more: Partial<Parameters<typeof restingBudgets>[1]> = {}) =>
  [
    ...restingBudgets(store, { genesisHash: 'g', wallet: 'savings', deploymentId: 'here', ofPeople: false, ...more }),
  ].map(([name, { amount, outlay, bought: held }]) => [name, amount.units, outlay, held?.get(SOL.mint) ?? 0n])

it('budgets of one pipeline, run with two wallets, rest in a third that both name: neither stands for the other', () => {
  const store = openMemoryStore({ random: seededRandom('1') })
  const [first, second] = ['w1', 'w2'].map(wallet => deploy(store, 'p', wallet))
  first!.keepBudget('grid', 'savings', usdc(100n))
  second!.keepBudget('grid', 'savings', usdc(300n))
  const resting = of(store)
  expect(resting.map(([, units]) => units)).toEqual([100n, 300n])
  expect(new Set(resting.map(([name]) => name)).size).toBe(2)
  for (const [name] of resting) expect(name).toMatch(/^grid of p/)
})

it('what a strategy traded with another wallet is nothing of its budget in this one', () => {
  const store = openMemoryStore({ random: seededRandom('1') })
  const deployment = deploy(store, 'p', 'w1')
  bought(deployment, 'w1', 'before', usdc(70n), amountOf(SOL, 7n))
  bought(deployment, 'savings', 'now', usdc(20n), amountOf(SOL, 2n))
  deployment.keepBudget('grid', 'savings', usdc(100n))
  expect(of(store)).toEqual([['grid of p', 100n, 20n, 2n]])
  // People may sell what it bought, and not spend what it may.
  expect(of(store, { ofPeople: true })).toEqual([['grid of p', 100n, 20n, 0n]])
  expect(of(store, { deploymentId: deployment.id })).toEqual([])
  expect(of(store, { wallet: 'w1' })).toEqual([])
})
