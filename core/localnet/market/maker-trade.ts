import { type MarketPool, marketPools } from './pools.ts'

/** One exact-in trade with one pool. Base units. */
export interface Trade {
  readonly pool: MarketPool
  readonly side: 'base' | 'quote'
  readonly amountIn: bigint
  /** What the pool gives, to the unit: the trade fails with less. */
  readonly minimumOut: bigint
}

/** The pool's place among `marketPools()`, the side, both amounts (little-endian): kept chains rely on that order. */
const TRADE_BYTES = 1 + 1 + 8 + 8
const SIDES = ['base', 'quote'] as const

export function encodeTrades(trades: readonly Trade[]): Uint8Array {
  const bytes = Buffer.alloc(trades.length * TRADE_BYTES)
  trades.forEach(({ pool, side, amountIn, minimumOut }, index) => {
    const at = index * TRADE_BYTES
    bytes.writeUInt8(marketPools().indexOf(pool), at)
    bytes.writeUInt8(SIDES.indexOf(side), at + 1)
    bytes.writeBigUInt64LE(amountIn, at + 2)
    bytes.writeBigUInt64LE(minimumOut, at + 10)
  })
  return new Uint8Array(bytes)
}

export function decodeTrades(record: Uint8Array): Trade[] {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength)
  return Array.from({ length: bytes.length / TRADE_BYTES }, (_, index) => {
    const at = index * TRADE_BYTES
    return {
      pool: marketPools()[bytes.readUInt8(at)]!,
      side: SIDES[bytes.readUInt8(at + 1)]!,
      amountIn: bytes.readBigUInt64LE(at + 2),
      minimumOut: bytes.readBigUInt64LE(at + 10),
    }
  })
}
