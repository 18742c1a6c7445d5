import { isAbsolute, join } from 'node:path'
import { readKeypairFile } from '../../chain/wallet/keypair-file.ts'
import { walletFromSecret } from '../../chain/wallet/secret.ts'
import type { Derivation } from '../../chain/wallet/seed-phrase.ts'
import { Wallet } from '../../chain/wallet/wallet.ts'
import { ForgeError } from '../../errors/forge-error.ts'
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

/** The wallet that everybody with the same seed has on localnet, and nobody anywhere else should use. */
export function seedWallet(seed: string): Wallet {
  return Wallet.fromKeypair(derivedKey(`wallet ${seed}`).keypair)
}

/** What a wallet gets at genesis. */
export function fundOf(owner: string): GenesisFund {
  return { owner, ...FUNDED }
}

function derivationOf(text: string | undefined): Derivation {
  if (text === undefined || text === 'bip44' || text === 'raw') return text ?? 'bip44'
  throw new ForgeError('WALLET_SECRET_INVALID', {
    message: `SNIPERFORGE_WALLET_DERIVATION can not be "${text}"`,
    remedy: 'Set it to bip44 or raw.',
  })
}
