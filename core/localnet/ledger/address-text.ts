import { base58 } from '@scure/base'

const KNOWN_MAX = 8_192
const ADDRESS_BYTES = 32
const known = new Map<string, string>()
const knownBytes = new Map<string, Uint8Array>()

/** Base58 of 32 bytes. A chain's addresses come again and again, and writing one in base58 costs microseconds. */
export function addressText(bytes: Uint8Array): string {
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const found = known.get(key)
  if (found !== undefined) return found
  const text = base58.encode(bytes)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(key, text)
  return text
}

/** The 32 bytes of an address, shared by all who ask: not to be written to. Undefined when the text is no address. */
export function addressBytes(text: string): Uint8Array | undefined {
  const found = knownBytes.get(text)
  if (found) return found
  const bytes = tryDecodeBase58(text)
  if (bytes?.length !== ADDRESS_BYTES) return undefined
  if (knownBytes.size >= KNOWN_MAX) knownBytes.clear()
  knownBytes.set(text, bytes)
  return bytes
}

export function tryDecodeBase58(text: string): Uint8Array | undefined {
  try {
    return base58.decode(text)
  } catch {
    // The one reason it throws is a letter outside the alphabet, and that is the answer.
    return undefined
  }
}
