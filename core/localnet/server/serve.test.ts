import {
  address,
  appendTransactionMessageInstruction,
  assertIsTransactionWithBlockhashLifetime,
  createSolanaRpc,
  createSolanaRpcSubscriptions,
  createTransactionMessage,
  generateKeyPairSigner,
  getSignatureFromTransaction,
  pipe,
  sendAndConfirmTransactionFactory,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from '@solana/kit'
import {
  type AccountInfo,
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  type PublicKey,
  SystemProgram,
  sendAndConfirmTransaction,
  Transaction,
} from '@solana/web3.js'
import { getTransferSolInstruction } from '@solana-program/system'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Clock, Timer } from '../../time/clock.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { createLocalnet, type Localnet } from '../localnet.ts'
import type { ClockAnswer } from './clock-method.ts'
import { type LocalnetServer, serve } from './serve.ts'

const rich = Keypair.fromSeed(new Uint8Array(32).fill(7))
let localnet: Localnet
let server: LocalnetServer

beforeAll(async () => {
  localnet = await createLocalnet({
    clock: createVirtualClock({ start_ms: Date.parse('2024-01-01T00:00:00Z') }),
    seed: 'serve test',
    fund: [{ owner: rich.publicKey.toBase58(), lamports: 1_000n * 1_000_000_000n, tokens: [] }],
  })
  server = await serve(localnet, { port: 0, wall: createRealClock(), speed: 20 })
})

/** A Connection that is asked by WebSocket would call the server again and again, also when there is none any more. */
const connections: Connection[] = []
function connect(commitment: 'confirmed' | 'processed'): Connection {
  const connection = new Connection(server.rpcUrl, commitment)
  connections.push(connection)
  return connection
}

afterAll(async () => {
  for (const connection of connections as unknown as { _rpcWebSocket: { close(): void } }[])
    connection._rpcWebSocket.close()
  await server.close()
  await localnet.close()
})

function transfer(to: PublicKey, lamports: number): Transaction {
  return new Transaction().add(SystemProgram.transfer({ fromPubkey: rich.publicKey, toPubkey: to, lamports }))
}

describe('an ordinary @solana/web3.js Connection to the server', () => {
  it('sends and confirms by WebSocket at the port it guesses', async () => {
    const connection = connect('confirmed')
    const to = Keypair.generate().publicKey
    const signature = await sendAndConfirmTransaction(connection, transfer(to, LAMPORTS_PER_SOL), [rich])
    expect(await connection.getBalance(to)).toBe(LAMPORTS_PER_SOL)
    const landed = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 })
    expect(landed?.meta).toMatchObject({ err: null, fee: 5_000 })
    expect(landed?.transaction.message.staticAccountKeys[0]?.equals(rich.publicKey)).toBe(true)
    const parsed = await connection.getParsedTransaction(signature, { maxSupportedTransactionVersion: 0 })
    expect(parsed?.transaction.message.accountKeys[0]).toMatchObject({ signer: true, writable: true })
    const [entry] = await connection.getSignaturesForAddress(to)
    expect(entry).toMatchObject({ signature, err: null })
    const block = await connection.getBlock(landed!.slot, { maxSupportedTransactionVersion: 0 })
    expect(block?.transactions.map(each => each.transaction.signatures[0])).toContain(signature)
  })

  it('hears of accounts, logs, programs, signatures and slots', async () => {
    const connection = connect('confirmed')
    const to = Keypair.generate().publicKey
    const account = new Promise<AccountInfo<Buffer>>(resolve => connection.onAccountChange(to, resolve))
    const logs = new Promise<string[]>(resolve => connection.onLogs(to, entry => resolve(entry.logs)))
    const program = new Promise<string>(resolve =>
      connection.onProgramAccountChange(SystemProgram.programId, entry => {
        if (entry.accountId.equals(to)) resolve(entry.accountId.toBase58())
      }),
    )
    const slots = new Promise<number[]>(resolve => {
      const seen: number[] = []
      connection.onSlotChange(({ slot }) => {
        if (seen.push(slot) === 3) resolve(seen)
      })
    })
    const [first, second, third] = await slots
    expect([second, third]).toEqual([first! + 1, first! + 2])
    await sendAndConfirmTransaction(connection, transfer(to, 5_000_000), [rich])
    expect((await account).lamports).toBe(5_000_000)
    expect(await logs).toContain('Program 11111111111111111111111111111111 success')
    expect(await program).toBe(to.toBase58())
  })

  it('hears at once of a signature that has landed already', async () => {
    const connection = connect('processed')
    const to = Keypair.generate().publicKey
    const signature = await sendAndConfirmTransaction(connection, transfer(to, 6_000_000), [rich])
    const again = await new Promise(resolve => connection.onSignature(signature, resolve, 'processed'))
    expect(again).toEqual({ err: null })
  })

  it('takes a batch', async () => {
    const response = await fetch(server.rpcUrl, {
      method: 'POST',
      body: JSON.stringify([
        { jsonrpc: '2.0', id: 1, method: 'getHealth' },
        { jsonrpc: '2.0', id: 'b', method: 'nothing' },
        { jsonrpc: '2.0', id: 3, method: 'getBlockHeight', params: ['x'] },
      ]),
    })
    expect(await response.json()).toMatchObject([
      { id: 1, result: 'ok' },
      { id: 'b', error: { code: -32601, message: 'Method not found' } },
      { id: 3, error: { code: -32602 } },
    ])
  })

  it('refuses a body over 50 KB, and answers health checks', async () => {
    const large = await fetch(server.rpcUrl, { method: 'POST', body: ' '.repeat(60_000) })
    expect(large.status).toBe(413)
    expect(await (await fetch(`${server.rpcUrl}/health`)).text()).toBe('ok')
    expect((await fetch(server.rpcUrl)).status).toBe(405)
  })
})

describe('@solana/kit', () => {
  it('sends, confirms by WebSocket on the same port, and subscribes', async () => {
    const rpc = createSolanaRpc(server.rpcUrl)
    const rpcSubscriptions = createSolanaRpcSubscriptions(`ws://127.0.0.1:${server.port}`)
    const payer = await generateKeyPairSigner()
    const abort = new AbortController()
    const changes = await rpcSubscriptions
      .accountNotifications(payer.address, { commitment: 'confirmed' })
      .subscribe({ abortSignal: abort.signal })
    await rpc.requestAirdrop(payer.address, 2_000_000_000n as never).send()
    for await (const change of changes) {
      expect(change.value.lamports).toBe(2_000_000_000n)
      break
    }
    abort.abort()
    const { value: lifetime } = await rpc.getLatestBlockhash({ commitment: 'confirmed' }).send()
    const destination = address(Keypair.generate().publicKey.toBase58())
    const signed = await pipe(
      createTransactionMessage({ version: 0 }),
      message => setTransactionMessageFeePayerSigner(payer, message),
      message => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
      message =>
        appendTransactionMessageInstruction(
          getTransferSolInstruction({ source: payer, destination, amount: 1_000_000n }),
          message,
        ),
      message => signTransactionMessageWithSigners(message),
    )
    assertIsTransactionWithBlockhashLifetime(signed)
    await sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions })(signed, { commitment: 'confirmed' })
    const signature = getSignatureFromTransaction(signed)
    const landed = await rpc
      .getTransaction(signature, { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 })
      .send()
    expect(landed?.meta?.fee).toBe(5_000n)
    expect((await rpc.getBalance(destination, { commitment: 'confirmed' }).send()).value).toBe(1_000_000n)
    const { value: info } = await rpc
      .getAccountInfo(destination, { encoding: 'base64', commitment: 'confirmed' })
      .send()
    expect(info).toMatchObject({ lamports: 1_000_000n, space: 0n })
  })
})

describe('a server that is driven', () => {
  it('moves only as its driver says, stops at a notification, and runs free again when the line closes', async () => {
    const clock = createVirtualClock({ start_ms: 1_700_000_000_000 })
    const own = await createLocalnet({ clock, seed: 'driven' })
    const driven = await serve(own, { port: 0, wall: createRealClock(), speed: 1 })
    const line = await openLine(`ws://127.0.0.1:${driven.port}`)
    const held = await line.call('sniperforge_clock', ['hold', { driver: 'me' }])
    expect(held).toMatchObject({ driven: true, sequence: 0 })
    await createRealClock().sleep(50)
    expect(await line.call('sniperforge_clock', ['now'])).toMatchObject({ now: held.now })
    const refused = await rpc(driven.rpcUrl, 'sniperforge_clock', ['advance', { driver: 'other', to: held.now + 1 }])
    expect(refused.error).toMatchObject({ code: -32050 })
    const ahead = await line.call('sniperforge_clock', ['advance', { driver: 'me', to: held.now + 3_600_000 }])
    expect(ahead).toMatchObject({ now: held.now + 3_600_000, sequence: 0 })

    const to = Keypair.generate().publicKey.toBase58()
    const { result: signature } = await rpc(driven.rpcUrl, 'requestAirdrop', [to, 1_000_000_000])
    await line.call('signatureSubscribe', [signature, { commitment: 'confirmed' }])
    const stopped = await line.call('sniperforge_clock', ['advance', { driver: 'me', to: ahead.now + 3_600_000 }])
    expect(stopped.sequence).toBe(1)
    expect(stopped.now - ahead.now).toBeLessThanOrEqual(400)
    expect(line.notifications).toHaveLength(1)

    line.close()
    await createRealClock().sleep(100)
    const free = await rpc(driven.rpcUrl, 'sniperforge_clock', ['now'])
    expect(free.result.driven).toBe(false)
    expect(free.result.now).toBeGreaterThan(stopped.now)
    expect(free.result.now).toBeLessThan(stopped.now + 5_000)
    await driven.close()
    await own.close()
  })

  it('takes the clock back from a driver that is silent for longer than its lease', async () => {
    const own = await createLocalnet({ clock: createVirtualClock({ start_ms: 1_700_000_000_000 }), seed: 'lease' })
    const driven = await serve(own, { port: 0, wall: createRealClock(), speed: 1 })
    await rpc(driven.rpcUrl, 'sniperforge_clock', ['hold', { driver: 'me', leaseMs: 40 }])
    expect((await rpc(driven.rpcUrl, 'sniperforge_clock', ['now'])).result.driven).toBe(true)
    await createRealClock().sleep(120)
    expect((await rpc(driven.rpcUrl, 'sniperforge_clock', ['now'])).result.driven).toBe(false)
    await driven.close()
    await own.close()
  })
})

it('says that a port is taken, and leaves no timer that keeps the process', async () => {
  const wall = createRealClock()
  const timers = new Set<Timer>()
  const counted: Clock = {
    ...wall,
    at: (time_ms, act) => {
      const timer = wall.at(time_ms, act)
      const entry = {
        cancel: () => {
          timers.delete(entry)
          timer.cancel()
        },
      }
      timers.add(entry)
      return entry
    },
  }
  const taken = serve(localnet, { port: server.port, wall: counted })
  await expect(taken).rejects.toMatchObject({ code: 'LOCALNET_PORT_TAKEN' })
  expect(timers.size).toBe(0)
})

interface Answer {
  readonly result: ClockAnswer & string
  readonly error?: unknown
}

async function rpc(url: string, method: string, params: readonly unknown[]): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  return (await response.json()) as Answer
}

interface Line {
  readonly notifications: unknown[]
  call(method: string, params: readonly unknown[]): Promise<ClockAnswer>
  close(): void
}

async function openLine(url: string): Promise<Line> {
  const socket = new WebSocket(url)
  await new Promise(resolve => socket.once('open', resolve))
  const waiting = new Map<number, (result: ClockAnswer) => void>()
  const notifications: unknown[] = []
  let id = 0
  socket.on('message', data => {
    const message = JSON.parse(data.toString()) as { id?: number; result: ClockAnswer }
    if (message.id === undefined) notifications.push(message)
    else waiting.get(message.id)?.(message.result)
  })
  return {
    notifications,
    call: (method, params) => {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }))
      return new Promise(resolve => waiting.set(id, resolve))
    },
    close: () => socket.close(),
  }
}
