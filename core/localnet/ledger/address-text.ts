import { base58 } from '@scure/base'

const KNOWN_MAX = 8_192
const known = new Map<string, string>()

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
