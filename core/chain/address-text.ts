import { base58 } from '@scure/base'

const KEPT_MAX = 20_000
const kept = new Map<string, string>()

/**
 * The base58 text of a 32-byte address. The addresses of a pair's pools come again with every trade, and encoding one
 * costs as much as a signature, so texts are kept.
 */
export function addressText(bytes: Uint8Array): string {
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const known = kept.get(key)
  if (known !== undefined) return known
  const text = base58.encode(Uint8Array.from(bytes))
  if (kept.size >= KEPT_MAX) kept.clear()
  kept.set(key, text)
  return text
}

const ADDRESS_BYTES = 32
const keptBytes = new Map<string, Uint8Array>()

/** The 32 bytes of a base58 address; they are kept, and not to be written to. @throws RangeError when it is none */
export function addressBytes(text: string): Uint8Array {
  const known = keptBytes.get(text)
  if (known !== undefined) return known
  const bytes = decoded(text)
  if (bytes.length !== ADDRESS_BYTES) throw new RangeError(`${text} is no address: it has ${bytes.length} bytes`)
  if (keptBytes.size >= KEPT_MAX) keptBytes.clear()
  keptBytes.set(text, bytes)
  return bytes
}

function decoded(text: string): Uint8Array {
  try {
    return base58.decode(text)
  } catch (cause) {
    throw new RangeError(`${text} is no address`, { cause })
  }
}
