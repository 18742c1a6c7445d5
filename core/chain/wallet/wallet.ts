import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { base58 } from '@scure/base'
import { ForgeError } from '../../errors/forge-error.ts'

/** The DER wrapping of a 32-byte Ed25519 seed. Source: RFC 8410, section 7. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SEED_BYTES = 32

/**
 * A key pair that signs. The private half stays inside: printing, inspecting and serialising a wallet show its public
 * key only.
 */
export class Wallet {
  /** Base58. */
  readonly publicKey: string
  readonly #key: KeyObject
  readonly #seed: Uint8Array

  private constructor(seed: Uint8Array) {
    this.#seed = seed.slice()
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' })
    this.publicKey = base58.encode(new Uint8Array(spki.subarray(-SEED_BYTES)))
  }

  /** From a 32-byte seed, the secret half of a key pair. @throws WALLET_SECRET_INVALID */
  static fromSeed(seed: Uint8Array): Wallet {
    if (seed.length !== SEED_BYTES) {
      throw new ForgeError('WALLET_SECRET_INVALID', { message: `a private key has 32 bytes, not ${seed.length}` })
    }
    return new Wallet(seed)
  }

  /** From the 64 bytes that Solana's tools keep: seed, then public key. @throws WALLET_SECRET_INVALID, WALLET_MISMATCH */
  static fromKeypair(bytes: Uint8Array): Wallet {
    if (bytes.length !== 2 * SEED_BYTES) {
      throw new ForgeError('WALLET_SECRET_INVALID', { message: `a key pair has 64 bytes, not ${bytes.length}` })
    }
    const wallet = Wallet.fromSeed(bytes.subarray(0, SEED_BYTES))
    wallet.assertPublicKey(base58.encode(bytes.subarray(SEED_BYTES)))
    return wallet
  }

  /** The Ed25519 signature of a message, 64 bytes. */
  sign(message: Uint8Array): Uint8Array {
    return sign(null, message, this.#key)
  }

  /** @throws WALLET_MISMATCH unless the wallet has that public key. */
  assertPublicKey(expected: string): void {
    if (this.publicKey === expected) return
    throw new ForgeError('WALLET_MISMATCH', {
      message: `the private key belongs to ${this.publicKey}, not to ${expected}`,
      context: { expected, actual: this.publicKey },
    })
  }

  /** The 64 secret bytes, for writing a key file and for nothing else. */
  exportKeypair(): Uint8Array {
    return new Uint8Array([...this.#seed, ...base58.decode(this.publicKey)])
  }

  toJSON(): { publicKey: string } {
    return { publicKey: this.publicKey }
  }

  toString(): string {
    return `Wallet(${this.publicKey})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
