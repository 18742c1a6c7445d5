import { base58 } from '@scure/base'
import { ForgeError } from '../../errors/forge-error.ts'
import { type Derivation, walletFromPhrase } from './seed-phrase.ts'
import { Wallet } from './wallet.ts'

/**
 * A wallet from what an environment variable or a secret holds: base58 of 64 or 32 bytes, the JSON array of a key file,
 * or a seed phrase. The text is never repeated in an error.
 *
 * @throws WALLET_SECRET_INVALID, WALLET_MISMATCH
 */
export function walletFromSecret(text: string, derivation: Derivation = 'bip44'): Wallet {
  const trimmed = text.trim()
  if (/\s/.test(trimmed) && !trimmed.startsWith('[')) return walletFromPhrase(trimmed, { derivation })
  const bytes = trimmed.startsWith('[') ? parseKeypairArray(trimmed) : decodeBase58(trimmed)
  if (bytes?.length === 64) return Wallet.fromKeypair(bytes)
  if (bytes?.length === 32 && !trimmed.startsWith('[')) return Wallet.fromSeed(bytes)
  throw new ForgeError('WALLET_SECRET_INVALID', {
    message: 'the secret is neither base58 of 64 or 32 bytes, nor an array of 64 bytes, nor a seed phrase',
  })
}

/** The bytes of `[12,34,…]`; undefined when it is not an array of bytes. */
export function parseKeypairArray(text: string): Uint8Array | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // The parser's message would repeat parts of the secret.
    return undefined
  }
  const isByte = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256
  return Array.isArray(parsed) && parsed.every(isByte) ? new Uint8Array(parsed) : undefined
}

function decodeBase58(text: string): Uint8Array | undefined {
  try {
    return base58.decode(text)
  } catch {
    return undefined
  }
}
