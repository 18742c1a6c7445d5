import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { derivedKey } from '../../core/localnet/derived-key.ts'
import { newHome, ROOT, sniperforge } from './command.ts'
import { type ForeignRpc, foreignRpc } from './foreign-rpc.ts'
import { type ServedLocalnet, serveLocalnet } from './served-localnet.ts'

const TIP_ACCOUNT = derivedKey('tip account of the command').address
const home = newHome()
afterAll(() => home.remove())

interface Engine {
  readonly url: string
  readonly taken: readonly string[]
  close(): Promise<void>
}

const OPTIMIZE = ['execution-optimize', '--trade-size', '100', '--mev', 'on', '--execute']

async function documentOf(args: readonly string[]): Promise<RunDocument> {
  const { code, stdout, stderr } = await sniperforge(home.path, [...args, '--json'])
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as RunDocument
}

test('--mev on says on localnet that there is no private relay, in the comparison and in the receipt', async () => {
  const { code, stdout } = await sniperforge(home.path, OPTIMIZE)
  expect(code, stdout).toBe(0)
  expect(stdout.match(/mev: private relay: not available on localnet: public sending/g)).toHaveLength(2)
  const run = await documentOf(OPTIMIZE)
  expect(run.fills[0]?.protection?.[0]).toMatch(/^private relay: not available on localnet/)
})

test('--priority-percentile follows what was paid, and says when nobody paid', async () => {
  const { stdout } = await sniperforge(home.path, [...OPTIMIZE, '--priority-percentile', '75'])
  expect(stdout).toMatch(/priority fee 0 micro-lamports per compute unit: nobody paid for these accounts/)
})

describe('a cluster file with a block engine', () => {
  let server: ServedLocalnet
  let rpc: ForeignRpc
  let engine: Engine
  const wallet = join(home.path, 'wallet.json')
  const profile = join(home.path, 'relayed.yaml')

  beforeAll(async () => {
    const made = await sniperforge(home.path, ['wallet', 'new', wallet, '--json'])
    const { address } = JSON.parse(made.stdout) as { address: string }
    server = await serveLocalnet(home.path, ['--fund', address, '--fund', TIP_ACCOUNT])
    rpc = await foreignRpc(server.rpcUrl)
    engine = await forwardingEngine(server.rpcUrl)
    const localnet = readFileSync(join(ROOT, 'configs/clusters/localnet.yaml'), 'utf8')
    const text = localnet
      .replace('name: localnet', 'name: relayed')
      .replace(/rpcUrls: .*/, `rpcUrls: [${rpc.url}]`)
      .replace(/wsUrl: .*/, `jito: {url: ${engine.url}, tipFloorUrl: ${engine.url}/tip_floor}`)
    writeFileSync(profile, text)
  }, 120_000)

  afterAll(async () => {
    await engine.close()
    await rpc.close()
    await server.stop()
  })

  test('is sent to with a tip, and its RPC endpoint never sees the transaction', async () => {
    const run = await documentOf([
      ...OPTIMIZE,
      '--venues',
      'localnet',
      '--cluster',
      profile,
      '--wallet',
      wallet,
      '--yes',
    ])
    expect(run.counts).toMatchObject({ orders: 1, filled: 1 })
    expect(run.fills[0]?.fees.tip_lamports).toBe('12000')
    expect(run.fills[0]?.protection?.[0]).toMatch(/block engine only/)
    expect(engine.taken.length).toBeGreaterThan(0)
    expect(rpc.calls('sendTransaction')).toBe(0)
  }, 60_000)
})

/** As much of a block engine as one command needs: it hands bundles of one on to the chain. */
async function forwardingEngine(rpcUrl: string): Promise<Engine> {
  const taken: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on(
      'end',
      () => void answer(request.url ?? '', Buffer.concat(chunks).toString()).then(text => response.end(text)),
    )
  })
  const answer = async (path: string, body: string): Promise<string> => {
    if (path === '/tip_floor') {
      const tips = [25, 50, 75, 95, 99].map(each => [`landed_tips_${each}th_percentile`, 0.000012])
      return JSON.stringify([Object.fromEntries(tips)])
    }
    const { method, params } = JSON.parse(body) as { method: string; params: unknown[] }
    if (method === 'getTipAccounts') return JSON.stringify({ jsonrpc: '2.0', id: 1, result: [TIP_ACCOUNT] })
    expect([path, method]).toEqual(['/api/v1/transactions?bundleOnly=true', 'sendTransaction'])
    taken.push(String(params[0]))
    const passed = [params[0], { encoding: 'base64', skipPreflight: true }]
    const sent = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: passed }),
    })
    return sent.text()
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    taken,
    close: () =>
      new Promise<void>(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
