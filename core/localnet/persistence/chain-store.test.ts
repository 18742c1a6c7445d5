import { spawn } from 'node:child_process'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createNoopSigner } from '@solana/kit'
import { getTransferSolInstruction } from '@solana-program/system'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../time/random.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { createVirtualClock, type VirtualClock } from '../../time/virtual-clock.ts'
import { derivedKey } from '../derived-key.ts'
import { chainStart_ms, createLocalnet, type Localnet, type LocalnetOptions } from '../localnet.ts'
import { signTransaction } from '../sign-transaction.ts'

const SENDER = derivedKey('chain store test sender')
const RECEIVER = derivedKey('chain store test receiver').address
const FUND = [{ owner: SENDER.address, lamports: 10n ** 15n, tokens: [{ symbol: 'USDC', units: 5_000_000n }] }]

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chain-store-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function open(more: Partial<LocalnetOptions> = {}): Promise<{ localnet: Localnet; clock: VirtualClock }> {
  const base = { seed: 'kept', dataDir: directory, ...more }
  const clock = createVirtualClock({ start_ms: await chainStart_ms(base) })
  return { clock, localnet: await createLocalnet({ clock, fund: FUND, ...base }) }
}

function transferWire(localnet: Localnet, lamports: number): string {
  const { ledger } = localnet
  const source = createNoopSigner(SENDER.address)
  const instruction = getTransferSolInstruction({ source, destination: RECEIVER, amount: lamports })
  const lifetime = { blockhash: ledger.latestBlockhash(), lastValidBlockHeight: BigInt(ledger.blockHeight() + 150) }
  return Buffer.from(signTransaction([instruction], [SENDER], lifetime)).toString('base64')
}

async function send(localnet: Localnet, lamports: number): Promise<string> {
  const answer = await call(localnet, 'sendTransaction', [
    transferWire(localnet, lamports),
    { encoding: 'base64', skipPreflight: true },
  ])
  return answer as string
}

async function call(localnet: Localnet, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await localnet.fetch(localnet.rpcUrl, { method: 'POST', body })
  return ((await response.json()) as { result: unknown }).result
}

/** All that a client could tell two chains apart by. */
function everything(localnet: Localnet): unknown {
  const { ledger } = localnet
  const accounts = new Set(ledger.transactions.all().flatMap(transaction => transaction.keys))
  return {
    slot: ledger.slot(),
    transactions: ledger.transactions.all(),
    accounts: [...accounts].map(address => [address, ledger.account(address)]),
    finalized: ledger.view('finalized').account(RECEIVER),
    price: localnet.market.price(),
  }
}

describe('a chain kept in a directory', () => {
  it('on a full disk says which file could not be written', async () => {
    symlinkSync('/dev/full', join(directory, 'snapshot-1.tmp'))
    const opening = open()
    await expect(opening).rejects.toMatchObject({
      code: 'STORE_WRITE_FAILED',
      message: expect.stringContaining(join(directory, 'snapshot-1.tmp')),
    })
  })

  it('writes nothing without one', async () => {
    const localnet = await createLocalnet({ clock: createVirtualClock({ start_ms: 0 }), seed: 'kept', fund: FUND })
    await send(localnet, 1_000_000)
    await localnet.close()
    expect(readdirSync(directory)).toEqual([])
  })

  it.each([{ logBytesMax: 10_000_000 }, { logBytesMax: 2_000 }])(
    'is the same after it is opened again, with time, market and history ($logBytesMax bytes of log)',
    async options => {
      const first = await open(options)
      for (let index = 0; index < 20; index++) {
        await send(first.localnet, 1_000_000 + index)
        await first.clock.run(first.clock.sleep(index * 5_000))
      }
      await call(first.localnet, 'getSlot', [])
      const before = everything(first.localnet)
      await first.localnet.close()
      const second = await open(options)
      expect(second.clock.now()).toBe(first.clock.now())
      expect(everything(second.localnet)).toEqual(before)
      await send(second.localnet, 5_000_000)
      await second.localnet.close()
    },
  )

  it('leaves nothing to replay at its end', async () => {
    const { clock, localnet } = await open()
    await clock.run(clock.sleep(86_400_000))
    await localnet.close()
    const [log] = readdirSync(directory).filter(name => name.startsWith('log-'))
    expect(statSync(join(directory, log!)).size).toBe(0)
    const again = await open()
    expect(again.clock.now()).toBe(clock.now())
    expect(again.localnet.market.price()).toEqual(localnet.market.price())
    await again.localnet.close()
  })

  it('refuses a directory of another chain, and one that is in use', async () => {
    const first = await open()
    await expect(open()).rejects.toMatchObject({ code: 'LOCALNET_IN_USE' })
    await first.localnet.close()
    await expect(open({ seed: 'another' })).rejects.toMatchObject({ code: 'LOCALNET_STATE_FOREIGN' })
    const again = await open()
    await again.localnet.close()
  })

  it('drops a record that was cut short, wherever it was cut, and keeps all before it', async () => {
    const first = await open()
    const signatures: string[] = []
    for (let index = 0; index < 5; index++) signatures.push(await send(first.localnet, 1_000_000 + index))
    await first.localnet.close()
    const [log] = readdirSync(directory).filter(name => name.startsWith('log-'))
    const path = join(directory, log!)
    const whole = readFileSync(path)
    const random = seededRandom('torn')
    for (let attempt = 0; attempt < 12; attempt++) {
      writeFileSync(path, whole)
      truncateSync(path, whole.length - 1 - random.int(200))
      appendFileSync(path, Buffer.from([1, 2, 3]))
      const again = await open({ logBytesMax: 1e9 })
      const known = signatures.map(signature => again.localnet.ledger.transactions.get(signature) !== undefined)
      expect(known).toEqual([true, true, true, true, false])
      await again.localnet.close()
      // Opening has taken a snapshot: go back to the log as it was for the next cut.
      rmSync(directory, { recursive: true })
      const fresh = await open()
      for (let index = 0; index < 5; index++) await send(fresh.localnet, 1_000_000 + index)
      await fresh.localnet.close()
    }
  })

  it('says that a snapshot is damaged', async () => {
    const first = await open()
    await first.localnet.close()
    const [snapshot] = readdirSync(directory).filter(name => name.startsWith('snapshot-'))
    const path = join(directory, snapshot!)
    const content = readFileSync(path)
    content[statSync(path).size >> 1]! ^= 1
    writeFileSync(path, content)
    await expect(open()).rejects.toMatchObject({ code: 'LOCALNET_STATE_DAMAGED' })
  })

  it('shares one flush among sends at the same time', async () => {
    const { localnet } = await open()
    const started_ms = createRealClock().wall_ms()
    const signatures = await Promise.all(Array.from({ length: 200 }, (_, index) => send(localnet, 1_000_000 + index)))
    expect(new Set(signatures).size).toBe(200)
    expect(createRealClock().wall_ms() - started_ms).toBeLessThan(5_000)
    await localnet.close()
  })
})

describe('a chain whose process is killed', () => {
  it('has every transaction that was answered, each once, and its time does not go back, over 15 kills', async () => {
    const random = seededRandom('kill -9')
    const answered: string[] = []
    let latest_ms = 0
    for (let round = 0; round < 15; round++) {
      const lines = await runAndKill(random.int(120))
      for (const line of lines) {
        const { signature, time_ms } = JSON.parse(line) as { signature?: string; time_ms: number }
        expect(time_ms).toBeGreaterThanOrEqual(latest_ms)
        latest_ms = time_ms
        if (signature !== undefined) answered.push(signature)
      }
    }
    const { localnet } = await open()
    const { transactions } = localnet.ledger
    expect(answered.length).toBeGreaterThan(15)
    expect(answered.filter(signature => !transactions.get(signature))).toEqual([])
    const sent = transactions.all().filter(transaction => transaction.source === 'client')
    const received = sent.reduce((sum, { keys, preBalances, postBalances }) => {
      const index = keys.indexOf(RECEIVER)
      return sum + postBalances[index]! - preBalances[index]!
    }, 0n)
    expect(localnet.ledger.account(RECEIVER)?.lamports).toBe(received)
    expect(new Set(sent.map(transaction => transaction.signature)).size).toBe(sent.length)
    await localnet.close()
  }, 120_000)
})

/** Sends as fast as it can, saying what was answered, until it is killed. */
const CHILD = `
import { createNoopSigner } from '@solana/kit'
import { getTransferSolInstruction } from '@solana-program/system'
import { writeSync } from 'node:fs'
const here = ${JSON.stringify(new URL('..', import.meta.url).href)}
const { createVirtualClock } = await import(here + '../time/virtual-clock.ts')
const { chainStart_ms, createLocalnet } = await import(here + 'localnet.ts')
const { derivedKey } = await import(here + 'derived-key.ts')
const { signTransaction } = await import(here + 'sign-transaction.ts')
const base = { seed: 'kept', dataDir: process.argv[1] }
const sender = derivedKey('chain store test sender')
const clock = createVirtualClock({ start_ms: await chainStart_ms(base) })
const fund = [{ owner: sender.address, lamports: 10n ** 15n, tokens: [{ symbol: 'USDC', units: 5_000_000n }] }]
const localnet = await createLocalnet({ ...base, clock, fund, logBytesMax: 8_000 })
const say = line => writeSync(1, JSON.stringify({ ...line, time_ms: clock.now() }) + '\\n')
say({})
const source = createNoopSigner(sender.address)
for (;;) {
  const sends = Array.from({ length: 3 }, async (_, index) => {
    const amount = 1_000_000 + localnet.ledger.transactions.count * 3 + index
    const instruction = getTransferSolInstruction({ source, destination: ${JSON.stringify(RECEIVER)}, amount })
    const lifetime = { blockhash: localnet.ledger.latestBlockhash(), lastValidBlockHeight: 0n }
    const wire = Buffer.from(signTransaction([instruction], [sender], lifetime)).toString('base64')
    const params = [wire, { encoding: 'base64', skipPreflight: true }]
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'sendTransaction', params })
    const response = await localnet.fetch(localnet.rpcUrl, { method: 'POST', body })
    say({ signature: (await response.json()).result })
  })
  await Promise.all(sends)
  await clock.run(clock.sleep(30_000))
}
`

async function runAndKill(after_ms: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', CHILD, directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: new URL('../../..', import.meta.url).pathname,
    },
  )
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  const started = new Promise<void>((resolve, reject) => {
    reader.on('line', line => {
      lines.push(line)
      resolve()
    })
    child.once('exit', code => reject(new Error(`the child ended with ${code} before it was killed`)))
  })
  await started
  await expect(open()).rejects.toMatchObject({ code: 'LOCALNET_IN_USE' })
  await createRealClock().sleep(after_ms)
  const closed = new Promise(resolve => child.once('close', resolve))
  child.kill('SIGKILL')
  await closed
  return lines
}
