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
