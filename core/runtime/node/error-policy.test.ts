import { expect, test } from 'vitest'
import { ForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import { reportOnLost } from './error-policy.ts'

const token = { cluster: 'test', mint: 'mint', symbol: 'SOL', decimals: 9, program: 'spl-token' } as const
const intent: IntentEvent = {
  kind: 'intent',
  at: 0,
  key: 'one',
  node: 'plan',
  input: token,
  output: { ...token, mint: 'other' },
  amount: { token, units: 1n },
  exact: 'in',
  reason: 'a test',
}

test('an order that the disk refused to go on with is interrupted, not failed: it may be on its way', () => {
  const refused = new ForgeError('STORE_WRITE_FAILED', { message: 'the disk is full' })
  const report = reportOnLost(intent, refused, 'failed', 5)
  expect(report).toMatchObject({ state: 'failed', reason: { code: 'ORDER_INTERRUPTED', message: 'the disk is full' } })
})

test('another failure of a node is the end of the order, under its own code', () => {
  const failed = new ForgeError('NODE_FAILED', { message: 'swap: no such thing' })
  expect(reportOnLost(intent, failed, 'failed', 5)).toMatchObject({ state: 'failed', reason: { code: 'NODE_FAILED' } })
})
