import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { type Address, getAddressDecoder } from '@solana/kit'

/** A key pair of the embedded chain, made from a fixed label: the same on every machine, worth nothing anywhere else. */
export interface DerivedKey {
  readonly address: Address
  /** 32 secret bytes followed by 32 public ones, as solana-keygen stores them. */
  readonly keypair: Uint8Array
  /** Ed25519 signature of the message: 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}

/** ASN.1 of a PKCS #8 Ed25519 private key, up to its 32 bytes. Source: RFC 8410, section 7. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

const KNOWN_MAX = 1_000
const known = new Map<string, DerivedKey>()

/** The key with the label `sniperforge localnet <label>`: its secret is the label's SHA-256. */
export function derivedKey(label: string): DerivedKey {
  // Every chain of a process has the same keys, and asks for some of them for each account that it begins with.
  const before = known.get(label)
  if (before) return before
  const key = derive(label)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(label, key)
  return key
}

function derive(label: string): DerivedKey {
  const secret = createHash('sha256').update(`sniperforge localnet ${label}`).digest()
  const key: KeyObject = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return {
    address: getAddressDecoder().decode(publicKey),
    keypair: new Uint8Array(Buffer.concat([secret, publicKey])),
    sign: message => new Uint8Array(sign(null, message, key)),
  }
}
