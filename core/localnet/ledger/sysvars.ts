import { LOOKUP_TABLE_PROGRAM } from './message/lookup-table.ts'
import type { WireMessage } from './message/wire.ts'
import { FIRST_SLOT, SLOTS_PER_EPOCH, type Slots } from './slots.ts'
import type { Svm } from './svm.ts'

const SLOT_HASHES = 'SysvarS1otHashes111111111111111111111111111'
const RECENT_BLOCKHASHES = 'SysvarRecentB1ockHashes11111111111111111111'
const SLOT_HASHES_KEPT = 512

/** Keeps the machine's own idea of time in step with the chain's: clock, slot hashes, and the blockhash of nonces. */
export class Sysvars {
  readonly #svm: Svm
  readonly #slots: Slots
  #slot: number
  #slotHashesOf = 0
  #nonceSlot = 0
  #nonceBlockhashes: number

  constructor(svm: Svm, slots: Slots, kept: { readonly slot: number; readonly nonceBlockhashes: number } | undefined) {
    this.#svm = svm
    this.#slots = slots
    this.#slot = kept?.slot ?? 0
    this.#nonceBlockhashes = kept?.nonceBlockhashes ?? 0
  }

  /** The slot that the clock is set to. */
  get slot(): number {
    return this.#slot
  }

  /** How often the machine's own blockhash has been changed. */
  get nonceBlockhashes(): number {
    return this.#nonceBlockhashes
  }

  /** Whether nothing but the clock was ever set: whoever comes next sets it anyway. */
  get hasOnlyTime(): boolean {
    return this.#slotHashesOf === 0 && this.#nonceBlockhashes === 0
  }

  /** Sets the clock to the slot; what costs more only for messages that read it. True when the slot is a new one. */
  enter(slot: number, message: WireMessage | undefined): boolean {
    const isNew = slot !== this.#slot
    if (isNew) this.#setClock(slot)
    const keys = message?.staticKeys ?? []
    if (slot !== this.#nonceSlot && keys.includes(RECENT_BLOCKHASHES)) {
      this.changeNonceBlockhash(slot, this.#nonceBlockhashes + 1)
    }
    if (slot !== this.#slotHashesOf && (keys.includes(LOOKUP_TABLE_PROGRAM) || keys.includes(SLOT_HASHES))) {
      this.#setSlotHashes(slot)
    }
    return isNew
  }

  /** Durable nonces advance only to a new blockhash of the machine's own; how many there were is part of the log. */
  changeNonceBlockhash(slot: number, count: number): void {
    this.#nonceSlot = slot
    for (; this.#nonceBlockhashes < count; this.#nonceBlockhashes++) this.#svm.nextBlockhash()
  }

  #setClock(slot: number): void {
    this.#slot = slot
    const epoch = this.#slots.epochOf(slot)
    const epochStart_s = this.#slots.unixTimeOf(Math.max(FIRST_SLOT, epoch * SLOTS_PER_EPOCH))
    this.#svm.setClock({ slot, epoch, epochStart_s, now_s: this.#slots.unixTimeOf(slot) })
  }

  #setSlotHashes(slot: number): void {
    this.#slotHashesOf = slot
    const count = Math.min(SLOT_HASHES_KEPT, slot - FIRST_SLOT)
    this.#svm.setSlotHashes(
      Array.from({ length: count }, (_, back) => {
        const each = slot - 1 - back
        return { slot: each, hash: this.#slots.blockhashOf(each) }
      }),
    )
  }
}
