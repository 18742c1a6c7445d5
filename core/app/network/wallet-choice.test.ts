import { expect, test } from 'vitest'
import { emptyEnvironment } from '../../../test/empty-environment.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { chooseWallets, seedWallet } from './wallet-choice.ts'

/** Executions, each with the name of its wallet; undefined is the run's own. */
function trading(names: readonly (string | undefined)[], wallets: BoundPipeline['wallets']): BoundPipeline {
  const nodes = names.map((wallet, index) => ({ id: `swap${index}`, kind: 'execution', wallet }))
  return { nodes, wallets } as unknown as BoundPipeline
}

const options = (cluster: string) => ({
  walletFile: undefined,
  allowExposedWallet: false,
  cluster,
  seed: '1',
  environment: emptyEnvironment('/nowhere'),
})
const PHRASE = `${'abandon '.repeat(11)}about`

test('on localnet every name has a wallet of its own, the same for the same seed', () => {
  const { wallet, namedWallets } = chooseWallets(trading([undefined, 'a', 'b'], { a: {}, b: {} }), options('localnet'))
  const addresses = [wallet, ...namedWallets.values()].map(({ publicKey }) => publicKey)
  expect(new Set(addresses).size).toBe(3)
  expect(addresses).toEqual([seedWallet('1'), seedWallet('1', 'a'), seedWallet('1', 'b')].map(each => each.publicKey))
})

test('where all executions name a wallet, the run needs none besides; where one does not, it does', () => {
  const wallets = { a: { secret: PHRASE }, b: { secret: PHRASE, derivation: 'raw' } } as const
  const { wallet, namedWallets } = chooseWallets(trading(['b', 'a'], wallets), options('mainnet-beta'))
  expect(wallet).toBe(namedWallets.get('a'))
  expect(namedWallets.get('b')!.publicKey).not.toBe(wallet.publicKey)
  expect(() => chooseWallets(trading(['a', undefined], wallets), options('mainnet-beta'))).toThrow(
    expect.objectContaining({ code: 'WALLET_MISSING' }),
  )
})

test('a wallet that nothing trades with is not opened, and one without a key is asked for by name', () => {
  const wallets = { a: { secret: PHRASE }, gone: { file: '/nowhere/gone.json' }, empty: {} }
  expect([...chooseWallets(trading(['a'], wallets), options('devnet')).namedWallets.keys()]).toEqual(['a'])
  expect(() => chooseWallets(trading(['gone'], wallets), options('devnet'))).toThrow(
    /^wallet "gone": \/nowhere\/gone.json/,
  )
  expect(() => chooseWallets(trading(['empty'], wallets), options('devnet'))).toThrow(
    /devnet needs a key for the wallet "empty", and the pipeline says none/,
  )
})
