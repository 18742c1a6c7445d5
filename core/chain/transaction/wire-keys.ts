import { base58 } from '@scure/base'

const SIGNATURE_BYTES = 64
const KEY_BYTES = 32

/**
 * The account keys that a transaction's bytes name themselves, in order; those from lookup tables come after them in a
 * node's balances. Takes version 0 and legacy transactions with up to 127 signatures and keys: more do not fit.
 */
export function staticKeys(wire: Uint8Array): readonly string[] {
  const message = 1 + (wire[0] ?? 0) * SIGNATURE_BYTES
  const versioned = ((wire[message] ?? 0) & 0x80) !== 0
  const countAt = message + (versioned ? 1 : 0) + 3
  return Array.from({ length: wire[countAt] ?? 0 }, (_, index) => {
    const at = countAt + 1 + index * KEY_BYTES
    return base58.encode(new Uint8Array(wire.subarray(at, at + KEY_BYTES)))
  })
}
