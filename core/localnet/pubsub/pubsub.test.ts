import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../time/virtual-clock.ts'
import { derivedKey } from '../derived-key.ts'
import { createLocalnet, type Localnet } from '../localnet.ts'
import { createPubSub } from './pubsub.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const to = derivedKey('pubsub test').address
const SYSTEM = '11111111111111111111111111111111'

let clock: VirtualClock
let localnet: Localnet

beforeEach(async () => {
  clock = createVirtualClock({ start_ms: START_MS })
  localnet = await createLocalnet({ clock, seed: 'pubsub test' })
})

afterEach(() => localnet.close())

async function airdrop(lamports: number): Promise<string> {
  const body = { jsonrpc: '2.0', id: 1, method: 'requestAirdrop', params: [to, lamports] }
  return (JSON.parse(await localnet.rpc(JSON.stringify(body))) as { result: string }).result
}

/** What came, and how many slots after the start it did. */
function collect(method: string, ...params: unknown[]): { came: [number, unknown][]; end: () => void } {
  const came: [number, unknown][] = []
  const end = localnet.subscribe(method, params, result => came.push([(clock.now() - START_MS) / 400, result]))
  return { came, end }
}

describe('a subscription', () => {
  it('to a signature tells once, in the slot where its commitment is reached, and of receipt when asked', async () => {
    const signature = await airdrop(1e9)
    const waits = (['processed', 'confirmed', 'finalized'] as const).map(commitment =>
      collect('signatureSubscribe', signature, { commitment }),
    )
    const receipt = collect('signatureSubscribe', signature, {
      commitment: 'confirmed',
      enableReceivedNotification: true,
    })
    await clock.advanceTo(START_MS + 100 * 400)
    expect(waits.map(each => each.came.map(([slot]) => slot))).toEqual([[0], [1], [32]])
    expect(waits[1]!.came[0]![1]).toMatchObject({ value: { err: null } })
    expect(receipt.came).toMatchObject([
      [0, { value: 'receivedSignature' }],
      [1, { value: { err: null } }],
    ])
  })

  it('to an account tells its state once for each slot in which it changed', async () => {
    const { came } = collect('accountSubscribe', to, { commitment: 'confirmed', encoding: 'base64' })
    await airdrop(1e9)
    await airdrop(2e9)
    await clock.advanceTo(START_MS + 3 * 400)
    await airdrop(1e9)
    await clock.advanceTo(START_MS + 10 * 400)
    expect(came).toMatchObject([
      [1, { value: { lamports: 3_000_000_000, owner: SYSTEM } }],
      [4, { value: { lamports: 4_000_000_000 } }],
    ])
  })

  it('to a final state tells that state, though it has changed since', async () => {
    const { came } = collect('accountSubscribe', to, { encoding: 'base64' })
    await airdrop(1e9)
    await clock.advanceTo(START_MS + 5 * 400)
    await airdrop(1e9)
    await clock.advanceTo(START_MS + 100 * 400)
    expect(came).toMatchObject([
      [32, { value: { lamports: 1_000_000_000 } }],
      [37, { value: { lamports: 2_000_000_000 } }],
    ])
  })

  it('to a program or to logs tells what passes its filter', async () => {
    const program = collect('programSubscribe', SYSTEM, { commitment: 'processed', filters: [{ dataSize: 0 }] })
    const none = collect('programSubscribe', SYSTEM, { commitment: 'processed', filters: [{ dataSize: 1 }] })
    const logs = collect('logsSubscribe', { mentions: [to] }, { commitment: 'processed' })
    const others = collect('logsSubscribe', { mentions: [derivedKey('nobody').address] }, { commitment: 'processed' })
    const signature = await airdrop(1e9)
    await clock.advanceTo(START_MS + 400)
    expect(program.came.map(([, result]) => (result as { value: { pubkey: string } }).value.pubkey)).toContain(to)
    expect(none.came).toEqual([])
    expect(logs.came).toMatchObject([[0, { value: { signature, err: null } }]])
    expect(others.came).toEqual([])
  })

  it('to slots tells each slot as it begins', async () => {
    const { came, end } = collect('slotSubscribe')
    const first = localnet.ledger.slot()
    await clock.advanceTo(START_MS + 3 * 400)
    expect(came).toEqual([1, 2, 3].map(n => [n, { slot: first + n, parent: first + n - 1, root: first + n - 32 }]))
    end()
    await clock.advanceTo(START_MS + 10 * 400)
    expect(came).toHaveLength(3)
  })

  it('that has ended leaves no timer behind', async () => {
    const before = clock.nextTimer_ms()
    const signature = await airdrop(1e9)
    collect('signatureSubscribe', signature, { commitment: 'finalized' }).end()
    collect('slotSubscribe').end()
    expect(clock.nextTimer_ms()).toBe(before)
  })
})

describe('a line', () => {
  it('answers before it notifies, unsubscribes, and refuses what it does not know', async () => {
    const texts: string[] = []
    const line = localnet.pubsub.connect(text => texts.push(text))
    const call = (method: string, ...params: unknown[]): Record<string, unknown> =>
      JSON.parse(line.receive(JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }))!) as Record<string, unknown>
    const signature = await airdrop(1e9)
    const { result, id } = call('signatureSubscribe', signature, { commitment: 'processed' })
    expect(id).toBe(7)
    expect(texts).toEqual([])
    await clock.advanceTo(START_MS)
    expect(JSON.parse(texts[0]!)).toMatchObject({
      method: 'signatureNotification',
      params: { subscription: result, result: { value: { err: null } } },
    })
    const slots = call('slotSubscribe')['result']
    expect(call('slotUnsubscribe', slots)['result']).toBe(true)
    expect(call('slotUnsubscribe', slots)['error']).toMatchObject({ code: -32602, message: 'Invalid subscription id.' })
    expect(call('voteSubscribe')['error']).toMatchObject({ code: -32601 })
    expect(call('accountSubscribe', 'x')['error']).toMatchObject({ code: -32602 })
    expect(JSON.parse(line.receive('{')!)).toMatchObject({ error: { code: -32700 } })
    expect(line.receive('{"jsonrpc":"2.0","method":"ping"}')).toBeUndefined()
    expect(line.sent).toBe(1)
  })

  it('that is closed gets nothing more', async () => {
    const texts: string[] = []
    const line = localnet.pubsub.connect(text => texts.push(text))
    line.receive(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'slotSubscribe' }))
    line.close()
    await clock.advanceTo(START_MS + 4_000)
    expect(texts).toEqual([])
  })

  it('is told in order, and only of what can not be lost any more', async () => {
    let release = (): void => undefined
    let pending: Promise<void> | undefined
    const pubsub = createPubSub(localnet.ledger, () => pending)
    const told: unknown[] = []
    pubsub.subscribe('logsSubscribe', ['all', { commitment: 'processed' }], result =>
      told.push((result as { value: { signature: string } }).value.signature),
    )
    pending = new Promise(resolve => {
      release = resolve
    })
    const first = await airdrop(1e9)
    await clock.advanceTo(START_MS)
    pending = undefined
    const second = await airdrop(1e9)
    await clock.advanceTo(START_MS)
    expect(told).toEqual([])
    release()
    await clock.advanceTo(START_MS)
    expect(told).toEqual([first, second])
    pubsub.close()
  })
})
