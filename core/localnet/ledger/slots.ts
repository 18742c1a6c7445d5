import { createHash } from 'node:crypto'
import { base58 } from '@scure/base'

export const SLOT_MS = 400
/** A blockhash can be used for this many blocks after its own. */
export const BLOCKHASH_LIFE_BLOCKS = 150
/** Where LiteSVM's own clock starts: the first slot of an epoch, of a size as on mainnet. */
export const FIRST_SLOT = 447_552_000
/** Empty slots before genesis time, so that a finalized slot exists from the first moment. */
const SLOTS_BEFORE_START = 64
export const SLOTS_PER_EPOCH = 432_000

export type Commitment = 'processed' | 'confirmed' | 'finalized'

/** How many slots behind the newest one each commitment is. */
export const COMMITMENT_LAG_SLOTS: Readonly<Record<Commitment, number>> = { processed: 0, confirmed: 1, finalized: 32 }

/** The arithmetic of slots, times and blockhashes of one chain: nothing here is stored, everything is derived. */
export class Slots {
  readonly start_ms: number
  readonly #seed: Buffer
  /** Hashes handed out or looked for lately. */
  readonly #slotByHash = new Map<string, number>()
  readonly #hashBySlot = new Map<number, string>()

  /** `start_ms` is the chain's genesis time; `genesisHash` (base58) makes its blockhashes its own. */
  constructor(genesisHash: string, start_ms: number) {
    this.start_ms = start_ms
    this.#seed = Buffer.from(base58.decode(genesisHash))
  }

  slotAt(time_ms: number): number {
    return FIRST_SLOT + SLOTS_BEFORE_START + Math.floor((time_ms - this.start_ms) / SLOT_MS)
  }

  /** When the slot begins. */
  timeOf_ms(slot: number): number {
    return this.start_ms + (slot - FIRST_SLOT - SLOTS_BEFORE_START) * SLOT_MS
  }

  /** Seconds since the Unix epoch, as blocks and the clock sysvar carry them. */
  unixTimeOf(slot: number): number {
    return Math.floor(this.timeOf_ms(slot) / 1000)
  }

  /** Every slot has its block. */
  heightOf(slot: number): number {
    return slot - FIRST_SLOT
  }

  epochOf(slot: number): number {
    return Math.floor(slot / SLOTS_PER_EPOCH)
  }

  blockhashOf(slot: number): string {
    const known = this.#hashBySlot.get(slot)
    if (known) return known
    const number = Buffer.alloc(8)
    number.writeBigUInt64LE(BigInt(slot))
    const hash = base58.encode(createHash('sha256').update(this.#seed).update('block').update(number).digest())
    if (this.#slotByHash.size >= 4_096) {
      this.#slotByHash.clear()
      this.#hashBySlot.clear()
    }
    this.#slotByHash.set(hash, slot)
    this.#hashBySlot.set(slot, hash)
    return hash
  }

  /** The slot of a blockhash that may still be used in a block of `slot`, or undefined. */
  slotOfRecentHash(blockhash: string, slot: number): number | undefined {
    const oldest = Math.max(FIRST_SLOT, slot - BLOCKHASH_LIFE_BLOCKS)
    let found = this.#slotByHash.get(blockhash)
    for (let candidate = slot; found === undefined && candidate >= oldest; candidate--) {
      if (this.blockhashOf(candidate) === blockhash) found = candidate
    }
    return found !== undefined && found >= oldest && found <= slot ? found : undefined
  }
}
