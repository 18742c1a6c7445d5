import { describe, expect, it } from 'vitest'
import { diskFiles, memoryFiles } from '../../config/files.ts'
import { openCluster, verifyGenesis } from './cluster.ts'
import { PUBLIC_NETWORKS } from './networks.ts'
import { readProfile } from './read-profile.ts'

const directory = new URL('../../../configs/clusters', import.meta.url).pathname
const open = (name: string, rpcUrl?: string) =>
  openCluster(name, { files: diskFiles, directory, ...(rpcUrl !== undefined && { rpcUrl }) })

const MAINNET_USDC = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'

describe('a cluster', () => {
  it.each(['localnet', 'devnet', 'mainnet-beta'])('ships as %s', async name => {
    const cluster = await open(name)
    expect(cluster.name).toBe(name)
    expect(cluster.tokens.find('sol').decimals).toBe(9)
    for (const token of cluster.tokens.tokens) {
      expect(token.cluster).toBe(name)
      expect(cluster.tokens.find(token.mint)).toBe(token)
    }
  })

  it('takes an endpoint in place of its own, and with it the API that hangs on it', async () => {
    const cluster = await open('localnet', 'http://127.0.0.1:7000/')
    expect(cluster.rpcUrls).toEqual(['http://127.0.0.1:7000/'])
    expect(cluster.jupiterUrl).toBe('http://127.0.0.1:7000/swap/v1')
    expect((await open('devnet')).jupiterUrl).toBeUndefined()
    expect((await open('devnet')).explorerLink('SIG')).toContain('/tx/SIG?')
  })

  it('is found by the nearest name, or by a path', async () => {
    await expect(open('devnt')).rejects.toMatchObject({ code: 'CLUSTER_UNKNOWN', remedy: 'Did you mean "devnet"?' })
    await expect(open('./mine.yaml')).rejects.toMatchObject({ code: 'CLUSTER_UNKNOWN' })
  })

  it('may be one’s own file', async () => {
    const shipped = Object.fromEntries(
      await Promise.all(
        ['localnet', 'devnet', 'mainnet-beta'].map(async name => [
          `c/${name}.yaml`,
          await diskFiles.readText(`${directory}/${name}.yaml`),
        ]),
      ),
    )
    const own =
      'name: mine\ngenesisHash: private\nrpcUrls: [http://x]\ntokens: [{symbol: A, mint: So11111111111111111111111111111111111111112, decimals: 2}]'
    const cluster = await openCluster('my.yaml', { files: memoryFiles({ ...shipped, 'my.yaml': own }), directory: 'c' })
    expect(cluster.tokens.find('a')).toMatchObject({ cluster: 'mine', decimals: 2, program: 'spl-token' })
  })
})

describe('a token', () => {
  it('of another cluster is named as such', async () => {
    const { tokens } = await open('localnet')
    expect(() => tokens.find(MAINNET_USDC)).toThrow(
      expect.objectContaining({ code: 'TOKEN_UNKNOWN', message: expect.stringContaining('is USDC of mainnet-beta') }),
    )
  })

  it('that nobody knows gets the nearest symbol', async () => {
    const { tokens } = await open('mainnet-beta')
    expect(() => tokens.find('USCD')).toThrow(expect.objectContaining({ remedy: expect.stringContaining('"USDC"') }))
    expect(() => tokens.find('zzzzzz')).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('SOL, USDC') }),
    )
  })
})

describe('the genesis hash of an endpoint', () => {
  const rpcOf = (hash: string) => ({ url: 'http://rpc/?key=SECRET', genesisHash: async () => hash })

  it('must be the pinned one', async () => {
    const { profile } = await open('devnet')
    expect(await verifyGenesis(profile, rpcOf(PUBLIC_NETWORKS.devnet))).toBe(PUBLIC_NETWORKS.devnet)
    await expect(verifyGenesis(profile, rpcOf(PUBLIC_NETWORKS['mainnet-beta']))).rejects.toMatchObject({
      code: 'CLUSTER_MISMATCH',
      message: expect.stringMatching(/is mainnet-beta, not devnet/),
      remedy: expect.stringContaining('--cluster mainnet-beta'),
    })
  })

  it('may be any but a public one on a private chain', async () => {
    const { profile } = await open('localnet')
    expect(await verifyGenesis(profile, rpcOf('anything'))).toBe('anything')
    for (const hash of Object.values(PUBLIC_NETWORKS)) {
      await expect(verifyGenesis(profile, rpcOf(hash))).rejects.toMatchObject({ code: 'CLUSTER_MISMATCH' })
    }
  })
})

describe('a profile', () => {
  const good = 'name: mine\ngenesisHash: private\nrpcUrls: [http://x]\n'
  const mint = 'So11111111111111111111111111111111111111112'

  it.each([
    ['not YAML', 'a: [', /mine.yaml/],
    ['an unknown field', `${good}tokens: [{symbol: A, mint: ${mint}, decimals: 2}]\nfoo: 1`, /foo/],
    ['no tokens', `${good}tokens: []`, /tokens/],
    ['a mint that is no address', `${good}tokens: [{symbol: A, mint: xyz0, decimals: 2}]`, /mint/],
    [
      'two tokens of one symbol',
      `${good}tokens: [{symbol: A, mint: ${mint}, decimals: 2}, {symbol: a, mint: ${mint}, decimals: 2}]`,
      /symbol a.*mint/,
    ],
    ['a decimals that is no number', `${good}tokens: [{symbol: A, mint: ${mint}, decimals: six}]`, /decimals/],
  ])('with %s is refused, saying where', (_name, text, where) => {
    expect(() => readProfile(text, 'mine.yaml')).toThrow(
      expect.objectContaining({ code: 'CLUSTER_INVALID', message: expect.stringMatching(where) }),
    )
  })
})
