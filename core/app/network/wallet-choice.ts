import { isAbsolute, join } from 'node:path'
import { readKeypairFile } from '../../chain/wallet/keypair-file.ts'
import { walletFromSecret } from '../../chain/wallet/secret.ts'
import type { Derivation } from '../../chain/wallet/seed-phrase.ts'
import { Wallet } from '../../chain/wallet/wallet.ts'
import type { BoundPipeline, WalletSource } from '../../config/bound-pipeline.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import { derivedKey } from '../../localnet/derived-key.ts'
import type { GenesisFund } from '../../localnet/genesis.ts'
import type { Environment } from '../environment.ts'

/** What the wallet of the seed has at the genesis of the embedded chain. */
const FUNDED = { lamports: 100_000_000_000n, tokens: [{ symbol: 'USDC', units: 10_000_000_000n }] } as const

/**
 * The wallet that trades: the key file given, else the environment's secret, else on localnet the one of the seed.
 *
 * @throws WALLET_MISSING on another network without either; what reading a wallet throws.
 */
export function chooseWallet(options: {
  readonly walletFile: string | undefined
  readonly allowExposedWallet: boolean
  readonly cluster: string
  readonly seed: string
  readonly environment: Environment
}): Wallet {
  const { environment, walletFile } = options
  if (walletFile !== undefined) {
    const path = isAbsolute(walletFile) ? walletFile : join(environment.workingDirectory, walletFile)
    return readKeypairFile(path, { allowLoosePermissions: options.allowExposedWallet })
  }
  if (environment.walletSecret !== undefined) {
    return walletFromSecret(environment.walletSecret, derivationOf(environment.walletDerivation))
  }
  if (options.cluster === 'localnet') return seedWallet(options.seed)
  throw new ForgeError('WALLET_MISSING', { message: `${options.cluster} needs a wallet, and none was named` })
}

/** The wallets of a run. */
export interface RunWallets {
  /** The one it is started with. */
  readonly wallet: Wallet
  /** Those that its pipeline names and trades with. */
  readonly namedWallets: ReadonlyMap<string, Wallet>
}

/**
 * The wallets that a pipeline trades with. Where every execution names its own, none has to be given to the run: the
 * first of them is the one it is known by.
 *
 * @throws WALLET_MISSING, and what reading a wallet throws, with the name of that wallet
 */
export function chooseWallets(
  { nodes, wallets = {} }: Pick<BoundPipeline, 'nodes' | 'wallets'>,
  options: Parameters<typeof chooseWallet>[0],
): RunWallets {
  const executions = nodes.filter(({ kind }) => kind === 'execution')
  const names = new Set(executions.flatMap(({ wallet }) => wallet ?? []))
  const namedWallets = new Map(
    Object.entries(wallets).flatMap(([name, source]) =>
      names.has(name) ? [[name, namedWallet(name, source, options)]] : [],
    ),
  )
  const { cluster, environment, walletFile } = options
  const isGiven = walletFile !== undefined || environment.walletSecret !== undefined || cluster === 'localnet'
  const [first] = namedWallets.values()
  const isNeeded = first === undefined || executions.some(({ wallet }) => wallet === undefined)
  return { wallet: isGiven || isNeeded ? chooseWallet(options) : first, namedWallets }
}

/** A wallet that a pipeline names. */
function namedWallet(
  name: string,
  { derivation = 'bip44', file, secret }: WalletSource,
  options: Parameters<typeof chooseWallet>[0],
): Wallet {
  try {
    if (file !== undefined) return chooseWallet({ ...options, walletFile: file })
    if (secret !== undefined) return walletFromSecret(secret, derivation)
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    const { code, message, remedy, context } = thrown
    throw new ForgeError(code, { message: `wallet "${name}": ${message}`, remedy, context, cause: thrown })
  }
  if (options.cluster === 'localnet') return seedWallet(options.seed, name)
  throw new ForgeError('WALLET_MISSING', {
    message: `${options.cluster} needs a key for the wallet "${name}", and the pipeline says none`,
    remedy: `Say where it is: \`wallets: {${name}: {file: ${name}.json}}\`, or {secret: "\${secret.NAME}"}.`,
  })
}

/**
 * The wallet that everybody with the same seed has on localnet, and nobody anywhere else should use.
 *
 * @param name of another one that a pipeline names
 */
export function seedWallet(seed: string, name?: string): Wallet {
  return Wallet.fromKeypair(derivedKey(name === undefined ? `wallet ${seed}` : `wallet ${seed} ${name}`).keypair)
}

/** What a wallet gets at genesis. */
export function fundOf(owner: string): GenesisFund {
  return { owner, ...FUNDED }
}

/** @throws WALLET_SECRET_INVALID */
export function derivationOf(text: string | undefined): Derivation {
  if (text === undefined || text === 'bip44' || text === 'raw') return text ?? 'bip44'
  throw new ForgeError('WALLET_SECRET_INVALID', {
    message: `SNIPERFORGE_WALLET_DERIVATION can not be "${text}"`,
    remedy: 'Set it to bip44 or raw.',
  })
}
