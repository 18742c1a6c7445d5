import { resolve } from 'node:path'
import { walletFromSecret } from '../../chain/wallet/secret.ts'
import type { Wallet } from '../../chain/wallet/wallet.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { isForgeError } from '../../errors/forge-error.ts'
import type { KeyPlace } from '../../store/directory/key-places.ts'
import { WALLET_SECRET } from '../environment.ts'
import { chooseWallet, derivationOf, type RunWallets, seedWallet } from '../network/wallet-choice.ts'

type WalletOptions = Parameters<typeof chooseWallet>[0]

/** Where the keys of a run's wallets are, for who must reach them without its pipeline. One that was typed in is nowhere. */
export function keyPlacesOf(
  { wallet, namedWallets }: RunWallets,
  { wallets = {} }: Pick<BoundPipeline, 'wallets'>,
  options: WalletOptions & { readonly secrets: ReadonlyMap<string, string> },
): readonly KeyPlace[] {
  const { cluster, environment, secrets, walletFile } = options
  const places = new Map<string, KeyPlace>()
  const note = (place: KeyPlace): void => void (places.has(place.wallet) || places.set(place.wallet, place))
  for (const [name, { publicKey }] of namedWallets) {
    const { derivation, file, secret } = wallets[name] ?? {}
    const named = { wallet: publicKey, name }
    if (file !== undefined) note({ ...named, file: resolve(environment.workingDirectory, file) })
    else if (secret === undefined) note(named)
    else {
      const [variable] = [...secrets].find(([, text]) => text === secret) ?? []
      if (variable !== undefined) note({ ...named, variable, ...(derivation && { derivation }) })
    }
  }
  const own = { wallet: wallet.publicKey }
  const { variables, walletSecret } = environment
  if (walletFile !== undefined) note({ ...own, file: resolve(environment.workingDirectory, walletFile) })
  else if (walletSecret === undefined) {
    if (cluster === 'localnet') note(own)
  } else if (variables[WALLET_SECRET] === walletSecret) {
    const derivation = derivationOf(environment.walletDerivation)
    note({ ...own, variable: WALLET_SECRET, derivation })
  }
  return [...places.values()]
}

/** Wallets whose keys were noted, beside the one that is at hand. */
export interface FoundWallets {
  /** By the names they are told by. */
  readonly wallets: ReadonlyMap<string, Wallet>
  /** Why the key of an address could not be had, in a sentence. */
  readonly missing: ReadonlyMap<string, string>
}

/** Opens every wallet whose key is still where it was. */
export function findWallets(places: readonly KeyPlace[], own: Wallet, options: WalletOptions): FoundWallets {
  const wallets = new Map<string, Wallet>()
  const missing = new Map<string, string>()
  for (const place of places) {
    if (place.wallet === own.publicKey) continue
    const found = walletAt(place, options)
    const name = place.name === undefined || wallets.has(place.name) ? place.wallet.slice(0, 8) : place.name
    if (typeof found === 'string') missing.set(place.wallet, found)
    else wallets.set(name, found)
  }
  return { wallets, missing }
}

/** The wallet, or why it can not be had. */
function walletAt({ derivation, file, name, variable, wallet }: KeyPlace, options: WalletOptions): Wallet | string {
  const isIt = (found: Wallet, otherwise: string): Wallet | string => (found.publicKey === wallet ? found : otherwise)
  try {
    if (file !== undefined) return isIt(chooseWallet({ ...options, walletFile: file }), `${file} has another key now`)
    if (variable !== undefined) {
      const secret = options.environment.variables[variable]
      if (secret === undefined) return `the environment variable ${variable}, which had its key, is not set`
      return isIt(walletFromSecret(secret, derivation), `the environment variable ${variable} has another key now`)
    }
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    return `its key can not be read: ${thrown.message}`
  }
  return isIt(seedWallet(options.seed, name), 'it was made from another --seed')
}
