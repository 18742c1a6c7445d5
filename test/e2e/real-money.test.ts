import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PUBLIC_NETWORKS } from '../../core/chain/cluster/networks.ts'
import { newHome, ROOT, sniperforge } from './command.ts'
import { type ForeignRpc, foreignRpc } from './foreign-rpc.ts'
import { DCA } from './run-figures.ts'
import { type ServedLocalnet, serveLocalnet } from './served-localnet.ts'

const home = newHome()
let server: ServedLocalnet
let mainnet: ForeignRpc
let args: string[]

beforeAll(async () => {
  server = await serveLocalnet(home.path)
  // A chain that says it is mainnet-beta, under a profile that calls it something else.
  const genesisHash = PUBLIC_NETWORKS['mainnet-beta']
  mainnet = await foreignRpc(server.rpcUrl, { getGenesisHash: genesisHash })
  const profile = readFileSync(join(ROOT, 'configs/clusters/localnet.yaml'), 'utf8')
    .replace('name: localnet', 'name: harmless')
    .replace(/genesisHash: \S+/, `genesisHash: ${genesisHash}`)
    .replace(/rpcUrls: .*/, `rpcUrls: [${mainnet.url}]`)
    .replace(/wsUrl: .*\n/, '')
  const cluster = join(home.path, 'harmless.yaml')
  writeFileSync(cluster, profile)
  const wallet = join(home.path, 'wallet.json')
  expect((await sniperforge(home.path, ['wallet', 'new', wallet])).code).toBe(0)
  args = [...DCA, '--cluster', cluster, '--wallet', wallet, '--set', 'slots=1']
})

afterAll(async () => {
  await mainnet.close()
  await server.stop()
  home.remove()
})

test('real money is not traded without a yes, whatever the profile is called', async () => {
  const { code, stderr } = await sniperforge(home.path, args)
  expect(code).toBe(2)
  expect(stderr).toMatch(/real money of \w{32,44} on harmless/)
  expect(stderr).toContain('--yes')
  expect(mainnet.calls('sendTransaction')).toBe(0)
})

test('with a yes it goes on, and a wallet without funds is told what is missing', async () => {
  const { code, stdout } = await sniperforge(home.path, [...args, '--yes'])
  expect(code).toBe(1)
  expect(stdout).toContain('10 USDC are missing')
  expect(mainnet.calls('sendTransaction')).toBe(0)
})

test('a dry run needs no yes', async () => {
  const { stderr } = await sniperforge(home.path, [...args, '--dry-run'])
  expect(stderr).not.toContain('real money')
})
