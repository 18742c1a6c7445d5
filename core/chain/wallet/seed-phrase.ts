import { createHmac } from 'node:crypto'
import { mnemonicToSeedSync, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { ForgeError } from '../../errors/forge-error.ts'
import { Wallet } from './wallet.ts'

/**
 * Which key of a phrase: `bip44` is m/44'/501'/0'/0', as Phantom and Solflare show first; `raw` is the first 32 bytes of
 * the phrase's seed, as `solana-keygen` makes without a path.
 */
export type Derivation = 'bip44' | 'raw'

const SOLANA_PATH = [44, 501, 0, 0] as const
const HARDENED = 2 ** 31

/**
 * The wallet of a BIP-39 phrase.
 *
 * @throws WALLET_SECRET_INVALID for unknown words or a wrong checksum; the phrase is not repeated.
 */
export function walletFromPhrase(
  phrase: string,
  options: { derivation: Derivation; passphrase?: string; account?: number },
): Wallet {
  const words = phrase.trim().toLowerCase().split(/\s+/)
  const normal = words.join(' ')
  if (!validateMnemonic(normal, wordlist)) throw invalidPhrase(words)
  const seed = mnemonicToSeedSync(normal, options.passphrase ?? '')
  if (options.derivation === 'raw') return Wallet.fromSeed(seed.subarray(0, 32))
  const [purpose, coin, , change] = SOLANA_PATH
  return Wallet.fromSeed(slip10Ed25519(seed, [purpose, coin, options.account ?? 0, change]))
}

/** Private key of an all-hardened path. Source: SLIP-0010, "Private parent key → private child key", curve ed25519. */
export function slip10Ed25519(seed: Uint8Array, path: readonly number[]): Uint8Array {
  let node = createHmac('sha512', 'ed25519 seed').update(seed).digest()
  for (const index of path) {
    const data = Buffer.alloc(37)
    node.copy(data, 1, 0, 32)
    data.writeUInt32BE(index + HARDENED, 33)
    node = createHmac('sha512', node.subarray(32)).update(data).digest()
  }
  return new Uint8Array(node.subarray(0, 32))
}

function invalidPhrase(words: readonly string[]): ForgeError {
  const known = new Set(wordlist)
  const strange = words.flatMap((word, index) => (known.has(word) ? [] : [index + 1]))
  const message =
    strange.length > 0
      ? `the seed phrase has words that are not in the BIP-39 list (word ${strange.join(', ')})`
      : `the seed phrase of ${words.length} words has a wrong checksum`
  return new ForgeError('WALLET_SECRET_INVALID', { message, remedy: 'Check the spelling and order of the words.' })
}
