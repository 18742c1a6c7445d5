import type { KnownRecord, LedgerRecord } from '../ledger/ledger-state.ts'

const TRANSACTION = 1
const MARK = 2
const KNOWN = 3
const SOURCES = ['client', 'world'] as const
/** Kind, source, time, slot, count of nonce blockhashes; then the wire bytes. */
const TRANSACTION_HEADER_BYTES = 1 + 1 + 8 + 8 + 4
/** Kind, time, slot; then what the market makes its transaction again from. */
const KNOWN_HEADER_BYTES = 1 + 8 + 8

/** What the chain's log holds: transactions, and marks of time that passed without any. */
export type ChainRecord =
  | { readonly kind: 'transaction'; readonly record: LedgerRecord }
  | { readonly kind: 'known'; readonly record: KnownRecord }
  | { readonly kind: 'mark'; readonly time_ms: number }

export function encodeTransaction(record: LedgerRecord): Uint8Array {
  const bytes = Buffer.alloc(TRANSACTION_HEADER_BYTES + record.wire.length)
  bytes.writeUInt8(TRANSACTION, 0)
  bytes.writeUInt8(SOURCES.indexOf(record.source), 1)
  bytes.writeDoubleLE(record.time_ms, 2)
  bytes.writeDoubleLE(record.slot, 10)
  bytes.writeUInt32LE(record.nonceBlockhashes, 18)
  bytes.set(record.wire, TRANSACTION_HEADER_BYTES)
  return bytes
}

export function encodeKnown(record: KnownRecord): Uint8Array {
  const bytes = Buffer.alloc(KNOWN_HEADER_BYTES + record.known.length)
  bytes.writeUInt8(KNOWN, 0)
  bytes.writeDoubleLE(record.time_ms, 1)
  bytes.writeDoubleLE(record.slot, 9)
  bytes.set(record.known, KNOWN_HEADER_BYTES)
  return bytes
}

export function encodeMark(time_ms: number): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes.writeUInt8(MARK, 0)
  bytes.writeDoubleLE(time_ms, 1)
  return bytes
}

/** Undefined for a kind this version doesn't know. */
export function decodeRecord(payload: Uint8Array): ChainRecord | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const kind = bytes[0]
  if (kind === MARK) return { kind: 'mark', time_ms: bytes.readDoubleLE(1) }
  if (kind === KNOWN) {
    const known = new Uint8Array(bytes.subarray(KNOWN_HEADER_BYTES))
    return { kind: 'known', record: { known, time_ms: bytes.readDoubleLE(1), slot: bytes.readDoubleLE(9) } }
  }
  const source = SOURCES[bytes[1] ?? -1]
  if (kind !== TRANSACTION || source === undefined) return undefined
  const record = {
    source,
    time_ms: bytes.readDoubleLE(2),
    slot: bytes.readDoubleLE(10),
    nonceBlockhashes: bytes.readUInt32LE(18),
    // A copy: the record must not keep the whole log in memory.
    wire: new Uint8Array(bytes.subarray(TRANSACTION_HEADER_BYTES)),
  }
  return { kind: 'transaction', record }
}
