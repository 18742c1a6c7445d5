import { expect, test } from 'vitest'
import type { AccountReader } from '../../plugin/services.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
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

test('a mint is read once an hour, and known in the next run where it is kept; everything else is always fresh', async () => {
  const calls: (readonly string[])[] = []
  const accountsAt: Rpc['accountsAt'] = async addresses => {
    calls.push(addresses)
    const owner = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'
    const bytes = (address: string): number => (address === 'mint' ? 82 : 165)
    return {
      slot: 7,
      accounts: addresses.map(address => ({ lamports: 5n, owner, data: new Uint8Array(bytes(address)).fill(3) })),
    }
  }
  const kept = new Map<string, string>()
  const store = {
    getMany: async (keys: string[]) => keys.map(key => kept.get(key)),
    set: async (key: string, value: string) => kept.set(key, value),
  }
  const clock = createVirtualClock({ start_ms: 0 })
  const readerOf = (): AccountReader => createAccountReader({ accountsAt } as Rpc, 'confirmed', clock, store)
  await clock.run(
    (async () => {
      const first = readerOf()
      const fresh = await first.many(['pool', 'mint'], signal)
      expect(await first.many(['pool', 'mint'], signal)).toEqual(fresh)
      const another = await readerOf().many(['mint', 'pool'], signal)
      expect(another.accounts[0]?.data).toEqual(Buffer.from(new Uint8Array(82).fill(3)))
      // Asked for alone, it tells the slot as well.
      expect((await first.many(['mint'], signal)).slot).toBe(7)
      await clock.sleep(3_600_000)
      await first.many(['pool', 'mint'], signal)
    })(),
  )
  expect(calls).toEqual([['pool', 'mint'], ['pool'], ['pool'], ['mint'], ['pool', 'mint']])
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
