import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base58 } from '@scure/base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { seedWallet } from '../../../core/app/network/wallet-choice.ts'
import type { RunDocument } from '../../../core/app/run/run-document.ts'
import { runPipeline } from '../../../core/app/run-pipeline.ts'
import { derivedKey } from '../../../core/localnet/derived-key.ts'
import { createLocalnet, type Localnet } from '../../../core/localnet/localnet.ts'
import { type LocalnetServer, serve } from '../../../core/localnet/server/serve.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { optionsOf } from '../trading/run-in-process.ts'
import { altered, cut, type Fault, type FaultProxy, faultProxy } from './fault-proxy.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const owner = seedWallet('1').publicKey
const isSwapApi = (name: string | undefined): boolean => name?.startsWith('/swap/') ?? false
const noJupiter: Fault = ({ methods }) => (isSwapApi(methods[0]) ? cut : undefined)

let localnet: Localnet
let server: LocalnetServer
let proxies: readonly FaultProxy[]
const folder = mkdtempSync(join(tmpdir(), 'bad-days-'))

beforeAll(async () => {
  localnet = await createLocalnet({
    clock: createVirtualClock({ start_ms: Date.parse('2024-01-01T00:00:00Z') }),
    seed: '1',
    fund: [{ owner, lamports: 100_000_000_000n, tokens: [{ symbol: 'USDC', units: 10_000_000_000n }] }],
  })
  server = await serve(localnet, { port: 0, wall: createRealClock() })
  proxies = await Promise.all([faultProxy(server.rpcUrl), faultProxy(server.rpcUrl)])
})
afterAll(async () => {
  await Promise.all(proxies.map(proxy => proxy.close()))
  await server.close()
  await localnet.close()
  rmSync(folder, { recursive: true })
})

/** The local profile under another name, reached through the proxies; what each of them does. */
function profile(faults: readonly Fault[]): string {
  const shipped = parse(readFileSync(join(ROOT, 'configs/clusters/localnet.yaml'), 'utf8')) as object
  faults.forEach((fault, index) => {
    proxies[index]!.fault = fault
  })
  const rpcUrls = faults.map((_, index) =>
    index === 0 ? proxies[index]!.url : { url: proxies[index]!.url, hedge: true },
  )
  const file = join(folder, 'elsewhere.yaml')
  writeFileSync(file, JSON.stringify({ ...shipped, name: 'elsewhere', wsUrl: undefined, rpcUrls }))
  return file
}

/** What the command of that pipeline does. */
function run(
  pipeline: string,
  params: Readonly<Record<string, unknown>>,
  faults: readonly Fault[],
): Promise<RunDocument> {
  const options = optionsOf(folder)
  const walletSecret = base58.encode(derivedKey('wallet 1').keypair)
  return runPipeline({
    ...options,
    file: join(ROOT, 'pipelines', `${pipeline}.yaml`),
    params,
    set: [],
    cluster: profile(faults),
    speed: undefined,
    onChange: 'new',
    environment: { ...options.environment, walletSecret },
  })
}

const sold = ({ portfolio }: RunDocument): bigint => usdc(portfolio.before) - usdc(portfolio.after)
const usdc = ({ tokens }: RunDocument['portfolio']['before']): bigint =>
  BigInt(tokens.find(({ symbol }) => symbol === 'USDC')?.amount ?? 0)

/** The fills explain what the wallet has less and more, to the unit. */
function expectBooksRight(run: RunDocument): void {
  const sum = (units: readonly string[]): bigint => units.reduce((total, each) => total + BigInt(each), 0n)
  expect(sold(run)).toBe(sum(run.fills.map(({ input }) => input.amount)))
  const { before, after } = run.portfolio
  expect(BigInt(after.sol_lamports) - BigInt(before.sol_lamports)).toBe(
    sum(run.fills.map(({ output }) => output.amount)) -
      BigInt(run.costs.total_lamports) -
      BigInt(run.costs.rent_lamports),
  )
}

const TRADE = { 'trade-size': '100', execute: true }

describe('Jupiter is down', () => {
  it('and the best route goes over the other venues', async () => {
    const done = await run('execution-optimize', { ...TRADE, venues: ['localnet', 'jupiter'] }, [noJupiter])
    expect(done).toMatchObject({ ended: 'completed', counts: { orders: 1, filled: 1 }, fills: [{ venue: 'localnet' }] })
    expect(proxies[0]!.seen.some(({ name }) => isSwapApi(name))).toBe(true)
    expect(sold(done)).toBe(100_000_000n)
    expectBooksRight(done)
  }, 60_000)

  it('and it is the only venue: every order ends with what is wrong and what to do, and nothing is sent', async () => {
    const done = await run('strategy-run', { type: 'dca', config: 'dca.json', execution: 'jupiter' }, [noJupiter])
    expect(done.counts).toMatchObject({ orders: 12, sent: 0, filled: 0, failed: 12 })
    for (const { reason } of done.orders) {
      expect(reason).toMatchObject({ code: 'VENUE_UNAVAILABLE', message: expect.stringMatching(/jupiter/i) })
      expect(reason?.remedy).toBeTruthy()
    }
    expectBooksRight(done)
  }, 60_000)
})

describe('a profile with two endpoints', () => {
  it('of which the first is dead from the start: the run is made over the second, and says so', async () => {
    const dead: Fault = ({ methods }) => (isSwapApi(methods[0]) ? undefined : cut)
    const done = await run('execution-optimize', TRADE, [dead, () => undefined])
    expect(done).toMatchObject({ ended: 'completed', counts: { filled: 1 } })
    expect(done.timing.endpoints).toMatchObject([{ state: 'down' }, { state: 'ok', failures: 0 }])
    expect(done.warnings).toEqual([expect.stringContaining(`the endpoint ${proxies[0]!.url}/ does not answer`)])
    expectBooksRight(done)
  }, 60_000)

  it('of which the second is of another network: it is not used, and that is said', async () => {
    const other: Fault = ({ methods }) =>
      methods.includes('getGenesisHash')
        ? altered(answer => (answer.result === localnet.genesisHash ? { ...answer, result: 'another' } : answer))
        : undefined
    const done = await run('execution-optimize', TRADE, [() => undefined, other])
    expect(done).toMatchObject({ ended: 'completed', counts: { filled: 1 } })
    expect(done.timing.endpoints).toMatchObject([{ state: 'ok' }, { state: 'foreign' }])
    expect(done.warnings).toEqual([expect.stringContaining('belongs to another network')])
    expectBooksRight(done)
  }, 60_000)

  it('that are both dead: the error names both, and says to try again', async () => {
    await expect(run('execution-optimize', TRADE, [() => cut, () => cut])).rejects.toMatchObject({
      code: 'RPC_UNAVAILABLE',
      exitCode: 75,
      message: expect.stringMatching(new RegExp(`${proxies[0]!.url}.*${proxies[1]!.url}`)),
    })
  }, 60_000)
})

describe('a token that there is not', () => {
  it.each([
    ['a symbol with a slip', { into: 'SLO' }, 'did you mean "SOL"'],
    ['a symbol to spend', { token: 'USDCC' }, 'did you mean "USDC"'],
    ['a mint that is none', { into: 'notAMint1111111111111111111111111111111111' }, 'SOL, USDC'],
  ])(
    '%s: it is told where it stands and what is meant, before anything is asked of the chain',
    async (_name, wrong, hint) => {
      const asked = proxies[0]!.seen.length
      const error = (await run('execution-optimize', { ...TRADE, ...wrong }, [() => undefined]).catch(
        (thrown: unknown) => thrown,
      )) as { exitCode: number; message: string; diagnostics?: readonly { hint?: string; message: string }[] }
      const said = JSON.stringify([error.message, error.diagnostics ?? [], (error as { remedy?: string }).remedy])
      expect(said.toLowerCase()).toContain(JSON.stringify(hint).slice(1, -1).toLowerCase())
      expect([2, 78]).toContain(error.exitCode)
      expect(proxies[0]!.seen).toHaveLength(asked)
    },
  )
})
