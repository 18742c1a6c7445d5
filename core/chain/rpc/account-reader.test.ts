import { expect, test } from 'vitest'
import { createRealClock } from '../../time/real-clock.ts'
import { createAccountReader } from './account-reader.ts'
import type { Rpc } from './rpc.ts'

const signal = new AbortController().signal

function recordingRpc(): { rpc: Rpc; calls: (readonly string[])[] } {
  const calls: (readonly string[])[] = []
  const accountsAt: Rpc['accountsAt'] = async addresses => {
    calls.push(addresses)
    return {
      slot: 100 - calls.length,
      accounts: addresses.map(address =>
        address === 'none' ? undefined : { lamports: BigInt(address.length), owner: 'owner', data: new Uint8Array() },
      ),
    }
  }
  return { rpc: { accountsAt } as Rpc, calls }
}

test('what is asked within a turn shares one call, each address once', async () => {
  const { rpc, calls } = recordingRpc()
  const reader = createAccountReader(rpc, 'confirmed', createRealClock())
  const [first, second] = await Promise.all([
    reader.many(['a', 'bb'], signal),
    Promise.resolve().then(() => reader.many(['bb', 'none'], signal)),
  ])
  expect(calls).toEqual([['a', 'bb', 'none']])
  expect(first.accounts.map(account => account?.lamports)).toEqual([1n, 2n])
  expect(second.accounts.map(account => account?.address)).toEqual(['bb', undefined])
})

test('the next turn reads again: nothing is kept', async () => {
  const { rpc, calls } = recordingRpc()
  const reader = createAccountReader(rpc, 'confirmed', createRealClock())
  await reader.many(['a'], signal)
  await reader.many(['a'], signal)
  expect(calls).toHaveLength(2)
})

test('more than a hundred go in several calls, and the oldest slot is told', async () => {
  const { rpc, calls } = recordingRpc()
  const addresses = Array.from({ length: 230 }, (_, index) => `address-${index}`)
  const { slot, accounts } = await createAccountReader(rpc, 'confirmed', createRealClock()).many(addresses, signal)
  expect(calls.map(call => call.length)).toEqual([100, 100, 30])
  expect(accounts.map(account => account?.address)).toEqual(addresses)
  expect(slot).toBe(97)
})
