import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createAccountFeed } from '../../../core/chain/pubsub/account-feed.ts'
import { webSocketEndpoint, webSocketUrlsOf } from '../../../core/chain/pubsub/web-socket.ts'
import type { AccountReader, AccountWatch } from '../../../core/plugin/services.ts'
import { recordingLog } from '../../../core/testing/mocks/recording-log.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'

const OWNER = '11111111111111111111111111111111'
const clock = createRealClock()
const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A node's pub/sub with one account in it, as bad as a test wants it. */
class Node {
  readonly server = new WebSocketServer({ port: 0 })
  lamports = 1
  slot = 1
  isMute = false
  lines = 0
  readonly unsubscribed: number[] = []
  readonly #sockets = new Set<WebSocket>()
  readonly #pulse = setInterval(() => this.#tick(), 20)

  constructor() {
    closers.push(() => this.close())
    this.server.on('connection', socket => {
      this.lines++
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('message', data => {
        const { id, method, params } = JSON.parse(data.toString()) as { id: number; method: string; params: unknown[] }
        if (method === 'accountUnsubscribe') this.unsubscribed.push(params[0] as number)
        if (!this.isMute)
          socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: method === 'slotSubscribe' ? 0 : 1 }))
      })
    })
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** The account as a read shows it. */
  readonly accounts: AccountReader = {
    many: async addresses => ({
      slot: this.slot,
      accounts: addresses.map(address => ({
        address,
        lamports: BigInt(this.lamports),
        owner: OWNER,
        data: new Uint8Array(),
      })),
    }),
    program: async () => ({ slot: this.slot, accounts: [] }),
  }

  change(lamports: number, options: { readonly notified: boolean }): void {
    this.lamports = lamports
    this.slot++
    const value = { lamports, owner: OWNER, data: ['', 'base64'], executable: false }
    if (options.notified) this.#tell('accountNotification', 1, { context: { slot: this.slot }, value })
  }

  drop(): void {
    for (const socket of this.#sockets) socket.terminate()
  }

  close(): void {
    clearInterval(this.#pulse)
    this.drop()
    this.server.close()
  }

  #tick(): void {
    this.slot++
    this.#tell('slotNotification', 0, { slot: this.slot, parent: this.slot - 1, root: 0 })
  }

  #tell(method: string, subscription: number, result: unknown): void {
    if (this.isMute) return
    for (const socket of this.#sockets)
      socket.send(JSON.stringify({ jsonrpc: '2.0', method, params: { result, subscription } }))
  }
}

async function watched(silence_ms = 200) {
  const node = new Node()
  await once(node.server, 'listening')
  const log = recordingLog()
  const feed = createAccountFeed({
    endpoint: webSocketEndpoint([node.url], { pulses: true }),
    accounts: node.accounts,
    commitment: 'confirmed',
    clock,
    log,
    silence_ms,
  })
  const seen: bigint[] = []
  const stop = new AbortController()
  closers.push(() => stop.abort())
  const watcher = {
    onChange: (_slot: number, account: { lamports: bigint }) => void seen.push(account.lamports),
    every_ms: 50,
  }
  const watch: AccountWatch = feed.watch([OWNER], watcher, stop.signal)
  return { node, feed, log, seen, stop, watch }
}

const until = async (condition: () => boolean): Promise<void> => {
  for (let waited_ms = 0; !condition(); waited_ms += 5) {
    if (waited_ms > 5_000) throw new Error('it did not come to that')
    await clock.sleep(5)
  }
}

describe('an account feed over a WebSocket', () => {
  it('tells the account as it is, then every change as it is notified', async () => {
    const { node, seen, watch } = await watched()
    await until(() => watch.way === 'subscription')
    node.change(2, { notified: true })
    await until(() => seen.length === 2)
    expect(seen).toEqual([1n, 2n])
    expect(clock.now() - watch.confirmedAt_ms()!).toBeLessThan(200)
  })

  it('opens a dropped line anew, and tells what changed in between once', async () => {
    const { node, seen, watch, log } = await watched()
    await until(() => watch.way === 'subscription')
    node.drop()
    node.change(2, { notified: false })
    await until(() => node.lines === 2 && watch.way === 'subscription')
    node.change(3, { notified: true })
    await until(() => seen.length === 3)
    expect(seen).toEqual([1n, 2n, 3n])
    expect(log.entries.map(({ level }) => level)).toEqual(['warn', 'info'])
  })

  it('takes a silent line for dead, though the socket stands, and reads meanwhile', async () => {
    const { node, seen, watch, log } = await watched()
    await until(() => watch.way === 'subscription')
    node.isMute = true
    await until(() => watch.way === 'polling')
    node.change(2, { notified: true })
    await until(() => seen.length === 2)
    expect(log.entries[0]?.fields['reason']).toBe('no slot for 0.2 s')
    node.isMute = false
    await until(() => watch.way === 'subscription')
    node.change(3, { notified: true })
    await until(() => seen.length === 3)
    expect(seen).toEqual([1n, 2n, 3n])
  })

  it('reads where there is no WebSocket at all', async () => {
    const { node, feed } = await watched()
    const nowhere = createAccountFeed({
      endpoint: webSocketEndpoint(['ws://127.0.0.1:1'], { pulses: true }),
      accounts: node.accounts,
      commitment: 'confirmed',
      clock,
      log: recordingLog(),
    })
    expect(feed).not.toBe(nowhere)
    const seen: bigint[] = []
    const stop = new AbortController()
    const watcher = {
      onChange: (_slot: number, account: { lamports: bigint }) => void seen.push(account.lamports),
      every_ms: 20,
    }
    const watch = nowhere.watch([OWNER], watcher, stop.signal)
    await until(() => seen.length === 1)
    node.change(2, { notified: false })
    await until(() => seen.length === 2)
    expect(watch.way).toBe('polling')
    stop.abort()
  })

  it('keeps its line for whoever still watches, and closes it with the last', async () => {
    const { node, feed, stop, watch } = await watched()
    await until(() => watch.way === 'subscription')
    const other = new AbortController()
    feed.watch(
      ['Vote111111111111111111111111111111111111111'],
      { onChange: () => undefined, every_ms: 50 },
      other.signal,
    )
    await clock.sleep(50)
    other.abort()
    await until(() => node.unsubscribed.length === 1)
    expect(node.lines).toBe(1)
    expect(node.server.clients.size).toBe(1)
    stop.abort()
    await until(() => node.server.clients.size === 0)
    await clock.sleep(700)
    expect(node.lines).toBe(1)
  })
})

describe('the WebSocket of an RPC endpoint', () => {
  it('is at the next port where one is given, else where the endpoint is', () => {
    expect(webSocketUrlsOf('http://127.0.0.1:8899')).toEqual(['ws://127.0.0.1:8900/', 'ws://127.0.0.1:8899/'])
    expect(webSocketUrlsOf('https://rpc.example/key')).toEqual(['wss://rpc.example/key'])
  })
})
