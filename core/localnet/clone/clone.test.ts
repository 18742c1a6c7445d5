import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address } from '@solana/kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRealClock } from '../../time/real-clock.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { derivedKey } from '../derived-key.ts'
import { parseWire } from '../ledger/message/wire.ts'
import { chainStart_ms, createLocalnet, type Localnet } from '../localnet.ts'
import { localToken } from '../market/tokens.ts'
import { SWAP_PROGRAM, swapProgramElf } from '../program/swap-program.ts'
import { serve } from '../server/serve.ts'
import { signTransaction } from '../sign-transaction.ts'
import { cloneAccounts } from './clone.ts'

const HOLDER = derivedKey('clone test holder').address
const PAYER = derivedKey('clone test payer')
const MEMO = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'

let directory: string
let source: Localnet

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'clone-'))
  source = await createLocalnet({
    clock: createVirtualClock({ start_ms: 0 }),
    seed: 'source',
    fund: [{ owner: HOLDER, lamports: 2n ** 62n + 1n, tokens: [{ symbol: 'BONK', units: 7n }] }],
  })
})

afterEach(async () => {
  await source.close()
  rmSync(directory, { recursive: true, force: true })
})

function clone(addresses: readonly string[]): ReturnType<typeof cloneAccounts> {
  return cloneAccounts({ from: source.rpcUrl, addresses, to: join(directory, 'out'), fetch: source.fetch })
}

describe('cloning', () => {
  it('brings accounts and programs from one local server to another, to the last lamport', async () => {
    const server = await serve(source, { port: 0, wall: createRealClock(), speed: 20 })
    const to = join(directory, 'out')
    const mint = localToken('BONK').mint
    const written = await cloneAccounts({
      from: server.rpcUrl,
      addresses: [HOLDER, mint, SWAP_PROGRAM, MEMO, HOLDER],
      to,
      fetch: globalThis.fetch,
    })
    await server.close()
    expect(written.map(({ address, kind }) => [address, kind])).toEqual([
      ['SysvarC1ock11111111111111111111111111111111', 'clock'],
      [HOLDER, 'account'],
      [mint, 'account'],
      [SWAP_PROGRAM, 'program'],
      [MEMO, 'program'],
    ])
    expect(Buffer.from(readFileSync(join(to, `${SWAP_PROGRAM}.so`))).equals(Buffer.from(swapProgramElf()))).toBe(true)

    const target = await createLocalnet({ clock: createVirtualClock({ start_ms: 0 }), seed: 'target', load: [to] })
    expect(target.ledger.account(HOLDER)).toEqual(source.ledger.account(HOLDER))
    expect(target.ledger.account(HOLDER)?.lamports).toBe(2n ** 62n + 1n)
    expect(target.ledger.account(mint)).toEqual(source.ledger.account(mint))
    expect(target.ledger.account(MEMO)?.executable).toBe(true)
    expect(target.genesisHash).not.toBe(source.genesisHash)
    await target.close()
  })

  it('writes account files as the Solana CLI does', async () => {
    await clone([HOLDER])
    const text = readFileSync(join(directory, 'out', `${HOLDER}.json`), 'utf8')
    expect(text).toBe(
      `{"pubkey":"${HOLDER}","account":{"lamports":4611686018427387905,"data":["","base64"],` +
        '"owner":"11111111111111111111111111111111","executable":false,"rentEpoch":18446744073709551615,"space":0}}\n',
    )
  })

  it('takes more accounts than one request may ask for', async () => {
    const fund = Array.from({ length: 130 }, (_, index) => ({
      owner: derivedKey(`clone test ${index}`).address,
      lamports: 1_000_000n + BigInt(index),
      tokens: [],
    }))
    const many = await createLocalnet({ clock: createVirtualClock({ start_ms: 0 }), seed: 'many', fund })
    const to = join(directory, 'many')
    const addresses = fund.map(each => each.owner)
    await cloneAccounts({ from: many.rpcUrl, addresses, to, fetch: many.fetch })
    expect(readdirSync(to)).toHaveLength(130 + 1)
    await many.close()
  })

  it('brings the time: a chain that loads the accounts starts after it, on a market file with a warning', async () => {
    const start_ms = Date.parse('2026-02-03T04:05:06Z')
    const late = await createLocalnet({ clock: createVirtualClock({ start_ms }), seed: 'late' })
    const to = join(directory, 'late')
    await cloneAccounts({ from: late.rpcUrl, addresses: [SWAP_PROGRAM], to, fetch: late.fetch })
    await late.close()
    const begins_ms = await chainStart_ms({ seed: '1', load: [to] })
    expect(begins_ms - start_ms).toBe(1_000)
    const notices: string[] = []
    const options = { seed: '1', load: [to], onNotice: (text: string) => void notices.push(text) }
    await (await createLocalnet({ ...options, clock: createVirtualClock({ start_ms: begins_ms }) })).close()
    expect(notices).toEqual([])
    await (await createLocalnet({ ...options, clock: createVirtualClock({ start_ms: start_ms - 1 }) })).close()
    expect(notices).toEqual([expect.stringContaining('too new')])
  })

  it('writes nothing when an account does not exist, and names it', async () => {
    const missing = derivedKey('nobody').address
    await expect(clone([HOLDER, missing])).rejects.toMatchObject({
      code: 'LOCALNET_CLONE_FAILED',
      message: expect.stringContaining(missing),
    })
    expect(existsSync(join(directory, 'out'))).toBe(false)
  })

  it('ends where no folder can be made', async () => {
    const wrong = cloneAccounts({
      from: source.rpcUrl,
      addresses: [HOLDER],
      to: '/proc/sniperforge/out',
      fetch: source.fetch,
    })
    await expect(wrong).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
  })

  it('tells what the RPC said, and nothing of the URL but its host', async () => {
    const answers = [
      new Response('slow down', { status: 429 }),
      new Response('<html>', { status: 200 }),
      new Response('{"error":{"code":-32005,"message":"Node is behind"}}', { status: 200 }),
    ]
    const attempt = (): Promise<unknown> =>
      cloneAccounts({
        from: 'https://rpc.example/secret-key',
        addresses: [HOLDER],
        to: directory,
        fetch: async () => answers.shift()!,
      })
    await expect(attempt()).rejects.toThrow('rpc.example: HTTP 429')
    await expect(attempt()).rejects.toThrow('rpc.example: the answer is not JSON')
    await expect(attempt()).rejects.toThrow('rpc.example: Node is behind')
  })
})

describe('loading', () => {
  const load = (): Promise<Localnet> =>
    createLocalnet({ clock: createVirtualClock({ start_ms: 0 }), seed: '1', load: [directory] })

  it.each([
    ['nothing in it', undefined, 'no <address>.json'],
    ['something else than JSON', [`${HOLDER}.json`, 'x'], 'not JSON'],
    ['no address', [`${HOLDER}.json`, '{"account":{}}'], '"pubkey" is not an address'],
    ['data in another encoding', [`${HOLDER}.json`, accountText('"base58"')], '"account" needs'],
    ['a program that is none', [`${SWAP_PROGRAM}.so`, 'x'], 'not an ELF file'],
    ['a program that the loader refuses', [`${SWAP_PROGRAM}.so`, '\u007fELF and nothing'], 'Failed to add program'],
    ['a program without an id', ['swap.so', '\u007fELF'], 'its name is not an address'],
  ])('says what is wrong with a directory that has %s', async (_what, file, message) => {
    if (file) writeFileSync(join(directory, file[0]!), file[1]!)
    await expect(load()).rejects.toMatchObject({
      code: 'LOCALNET_ACCOUNT_FILE_INVALID',
      message: expect.stringContaining(message),
    })
  })

  it('leaves other files alone', async () => {
    writeFileSync(join(directory, 'README.md'), 'about these accounts')
    writeFileSync(join(directory, `${HOLDER}.json`), accountText('"base64"'))
    const localnet = await load()
    expect(localnet.ledger.account(HOLDER)?.lamports).toBe(5n)
    await localnet.close()
  })
})

function accountText(encoding: string): string {
  const owner = '11111111111111111111111111111111'
  return `{"pubkey":"${HOLDER}","account":{"lamports":5,"data":["",${encoding}],"owner":"${owner}","executable":false}}`
}

describe('the real DEX programs', () => {
  const folder = process.env['SNIPERFORGE_PROGRAMS']

  it.skipIf(folder === undefined)(
    folder === undefined
      ? 'skipped: no programs (set SNIPERFORGE_PROGRAMS to a directory of .so files)'
      : 'load and run',
    async () => {
      const clock = createVirtualClock({ start_ms: 0 })
      const fund = [{ owner: PAYER.address, lamports: 10n ** 10n, tokens: [] }]
      const original = await createLocalnet({ clock, seed: '1', load: [folder!] })
      const server = await serve(original, { port: 0, wall: createRealClock() })
      const addresses = readdirSync(folder!)
        .filter(name => name.endsWith('.so'))
        .map(name => name.slice(0, -'.so'.length))
      const to = join(directory, 'programs')
      await cloneAccounts({ from: server.rpcUrl, addresses, to, fetch: globalThis.fetch })
      await server.close()
      await original.close()
      const copy = await createLocalnet({ clock: createVirtualClock({ start_ms: 0 }), seed: '2', load: [to], fund })
      for (const programAddress of addresses) {
        const wire = signTransaction(
          [{ programAddress: programAddress as Address, data: new Uint8Array(8) }],
          [PAYER],
          {
            blockhash: copy.ledger.latestBlockhash(),
            lastValidBlockHeight: 0n,
          },
        )
        const { err, logs } = copy.ledger.simulate(parseWire(wire), { verifySignatures: true, blockhash: 'any' })
        // Eight zeros are no instruction: the program itself must say so, by Anchor's error or by the one of plain programs.
        const reason = (err as { InstructionError: readonly [number, unknown] }).InstructionError[1]
        if (reason !== 'InvalidInstructionData') expect(reason).toEqual({ Custom: expect.any(Number) })
        expect(logs[0]).toBe(`Program ${programAddress} invoke [1]`)
      }
      expect(addresses.length).toBeGreaterThan(0)
      await copy.close()
    },
  )
})
