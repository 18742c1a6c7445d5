import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { hasProgram } from '../contract/venues/chain/programs.ts'
import { PROGRAMS, profileOf, type RealMarket, writeRealMarket } from '../contract/venues/chain/real-market.ts'
import { newHome, sniperforge } from './command.ts'
import { type ForeignRpc, foreignRpc } from './foreign-rpc.ts'
import { expectFillsToBeTheChange, lamportsChange, tokenChange } from './run-figures.ts'
import { type ServedLocalnet, serveLocalnet } from './served-localnet.ts'

/**
 * A server with the programs and pools of Orca and Raydium, behind a profile of one's own: nothing of the run may know
 * that it is one of ours.
 */
describe.skipIf(!PROGRAMS.every(hasProgram))('a cluster file', () => {
  const home = newHome()
  const folder = join(home.path, 'market')
  let market: RealMarket
  let wallet: string
  let server: ServedLocalnet
  let rpc: ForeignRpc

  beforeAll(async () => {
    mkdirSync(folder)
    market = writeRealMarket(folder)
    wallet = join(home.path, 'wallet.json')
    const made = await sniperforge(home.path, ['wallet', 'new', wallet, '--json'])
    const { address } = JSON.parse(made.stdout) as { address: string }
    server = await serveLocalnet(home.path, ['--load', folder, '--fund', address])
    rpc = await foreignRpc(server.rpcUrl)
    writeFileSync(join(home.path, 'driven.yaml'), profileOf(market, server.rpcUrl))
    writeFileSync(join(home.path, 'foreign.yaml'), profileOf(market, rpc.url))
  }, 120_000)

  afterAll(async () => {
    await rpc.close()
    await server.stop()
    home.remove()
  })

  const optimize = async (profile: string, ...args: string[]): Promise<RunDocument> => {
    const where = ['--cluster', join(home.path, profile), '--wallet', wallet, '--yes', '--json']
    const { code, stdout, stderr } = await sniperforge(home.path, ['execution-optimize', ...args, ...where])
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as RunDocument
  }

  describe.each(['driven.yaml', 'foreign.yaml'])('%s', profile => {
    test('compares pools of four kinds and sends nothing', async () => {
      const run = await optimize(profile, '--trade-size', '1000')
      expect(run).toMatchObject({ cluster: 'elsewhere', counts: { orders: 1, sent: 0, skipped: 1 } })
      expect(lamportsChange(run)).toBe(0n)
      const pools = run.routes?.[0]?.rows.filter(({ kind }) => kind === 'direct').flatMap(row => row.pools)
      expect(pools?.toSorted()).toEqual(Object.values(market.pools).toSorted())
    }, 60_000)

    test('trades the best route on them, to the unit', async () => {
      const run = await optimize(profile, '--trade-size', '1000', '--execute')
      expect(run.counts).toMatchObject({ orders: 1, filled: 1 })
      const [fill] = run.fills
      expect(fill!.venue).toMatch(/^(orca|raydium)(\+(orca|raydium))?$/)
      expect(fill!.output.amount).toBe(fill!.quotedOutput)
      expect(fill!.promised).toMatchObject({ input: fill!.input.amount, fees: fill!.fees })
      expect(fill!.slot).toBeGreaterThanOrEqual(fill!.promised!.slot!)
      expectFillsToBeTheChange(run)
    }, 60_000)

    test('simulates the same with --dry-run, and sends nothing', async () => {
      const run = await optimize(profile, '--trade-size', '1000', '--execute', '--dry-run')
      expect(run).toMatchObject({ mode: 'dry-run', counts: { orders: 1, sent: 0, filled: 0, simulated: 1 } })
      const [fill] = run.simulated
      expect(fill!.output.amount).toBe(fill!.quotedOutput)
      expect([lamportsChange(run), tokenChange(run, 'USDC')]).toEqual([0n, 0n])
    }, 60_000)
  })

  test("somebody else's endpoint is asked for its clock once a run and never moved", () => {
    expect(rpc.calls('sniperforge_clock')).toBe(3)
    expect(rpc.calls('sendTransaction')).toBeGreaterThanOrEqual(1)
  })

  test('programs and pools are cloned from it into a folder, and a chain that loads the folder trades the same', async () => {
    const copy = join(home.path, 'programs')
    const cloned = await sniperforge(home.path, [
      ...['localnet', 'clone', ...market.addresses, '--from', join(home.path, 'driven.yaml'), '--to', copy, '--json'],
    ])
    expect({ code: cloned.code, stderr: cloned.stderr }).toEqual({ code: 0, stderr: '' })
    const { files } = JSON.parse(cloned.stdout) as { files: readonly { kind: string }[] }
    expect(files.filter(({ kind }) => kind !== 'clock')).toHaveLength(market.addresses.length)
    expect(files.filter(({ kind }) => kind === 'program')).toHaveLength(PROGRAMS.length)
    const second = await serveLocalnet(home.path, ['--load', copy])
    try {
      writeFileSync(join(home.path, 'copy.yaml'), profileOf(market, second.rpcUrl))
      const compared = await sniperforge(home.path, [
        ...['wallet', 'airdrop', '5', '--cluster', join(home.path, 'copy.yaml'), '--wallet', wallet],
      ])
      expect({ code: compared.code, stderr: compared.stderr }).toEqual({ code: 0, stderr: '' })
      const run = await optimize('copy.yaml', '--trade-size', '2', '--token', 'SOL', '--into', 'USDC', '--execute')
      expect(run.counts).toMatchObject({ filled: 1 })
      expect(run.fills[0]!.output.amount).toBe(run.fills[0]!.quotedOutput)
    } finally {
      await second.stop()
    }
  }, 120_000)
})
