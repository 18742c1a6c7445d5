import type { LoadedAddresses } from './message/lookup-table.ts'
import { FIRST_SLOT } from './slots.ts'
import type { Execution } from './svm.ts'
import type { TransactionErrorJson } from './transaction-error.ts'

/** Who sent a transaction: a client (kept long) or the chain's own market (kept shortly). */
export type TransactionSource = 'client' | 'world'

const KEPT: Readonly<Record<TransactionSource, number>> = { client: 20_000, world: 2_000 }
/** However many there are: a signature must be known for as long as its blockhash could be used. */
const KEPT_SLOTS_MIN = 300

export interface TokenBalance {
  readonly accountIndex: number
  readonly mint: string
  readonly owner: string
  readonly programId: string
  readonly amount: bigint
  readonly decimals: number
}

/** A transaction that is in a block, with all that RPC may tell of it. */
export interface LandedTransaction extends Execution {
  readonly signature: string
  readonly slot: number
  /** Its place in the block. */
  readonly index: number
  readonly wire: Uint8Array
  readonly source: TransactionSource
  readonly err: TransactionErrorJson | null
  /** Lamports. */
  readonly fee: number
  /** Micro-lamports for a compute unit. */
  readonly computeUnitPrice: number
  /** Static keys, then loaded writable, then loaded readonly ones. */
  readonly keys: readonly string[]
  readonly writable: readonly string[]
  readonly loaded: LoadedAddresses
  readonly preBalances: readonly bigint[]
  readonly postBalances: readonly bigint[]
  readonly preTokenBalances: readonly TokenBalance[]
  readonly postTokenBalances: readonly TokenBalance[]
}

/** Landed transactions by signature, by block and by address. Old ones are forgotten, as a node does. */
export class Transactions {
  /** Oldest first. */
  readonly #known = new Set<LandedTransaction>()
  readonly #bySignature = new Map<string, LandedTransaction>()
  /** Those whose signature nobody has had to know yet: making it costs more than all the rest of them. */
  readonly #unsigned = new Set<LandedTransaction>()
  readonly #bySlot = new Map<number, LandedTransaction[]>()
  readonly #byAddress = new Map<string, LandedTransaction[]>()
  readonly #queues: Record<TransactionSource, LandedTransaction[]> = { client: [], world: [] }
  #firstKeptSlot = FIRST_SLOT
  #count = 0

  constructor(firstKeptSlot = FIRST_SLOT) {
    this.#firstKeptSlot = firstKeptSlot
  }

  /** Goes on with what an earlier process knew, of so many since genesis. */
  restore(kept: readonly { transaction: LandedTransaction; isSigned: boolean }[], count: number): void {
    for (const { transaction, isSigned } of kept) isSigned ? this.add(transaction) : this.addUnsigned(transaction)
    this.#count = count
  }

  /** Every transaction since genesis. */
  get count(): number {
    return this.#count
  }

  /** The oldest slot whose client transactions are all still known. */
  get firstKeptSlot(): number {
    return this.#firstKeptSlot
  }

  add(transaction: LandedTransaction): void {
    this.#bySignature.set(transaction.signature, transaction)
    this.#add(transaction)
  }

  /** Adds one whose signature is made when it is asked for. */
  addUnsigned(transaction: LandedTransaction): void {
    this.#unsigned.add(transaction)
    this.#add(transaction)
  }

  #add(transaction: LandedTransaction): void {
    this.#count++
    this.#known.add(transaction)
    append(this.#bySlot, transaction.slot, transaction)
    for (const address of new Set(transaction.keys)) append(this.#byAddress, address, transaction)
    this.#queues[transaction.source].push(transaction)
    this.#forgetOld(transaction)
  }

  /** Forgets the transactions of later slots. @returns them, oldest first */
  takeBack(slot: number): readonly LandedTransaction[] {
    const gone = [...this.#bySlot.keys()]
      .filter(other => other > slot)
      .sort((a, b) => a - b)
      .flatMap(other => this.#bySlot.get(other) ?? [])
    for (const source of ['client', 'world'] as const) {
      this.#queues[source] = this.#queues[source].filter(transaction => transaction.slot <= slot)
    }
    this.#forget(gone)
    this.#count -= gone.length
    return gone
  }

  get(signature: string): LandedTransaction | undefined {
    const found = this.#bySignature.get(signature)
    if (found || this.#unsigned.size === 0) return found
    for (const transaction of this.#unsigned) this.#bySignature.set(transaction.signature, transaction)
    this.#unsigned.clear()
    return this.#bySignature.get(signature)
  }

  /** Transactions of one block, in order. */
  inSlot(slot: number): readonly LandedTransaction[] {
    return this.#bySlot.get(slot) ?? []
  }

  /** How many known transactions are in the slots from `first` to `last`. */
  countBetween(first: number, last: number): number {
    let count = 0
    for (let slot = first; slot <= last; slot++) count += this.#bySlot.get(slot)?.length ?? 0
    return count
  }

  /** Transactions that name the address, oldest first. */
  ofAddress(address: string): readonly LandedTransaction[] {
    return this.#byAddress.get(address) ?? []
  }

  /** Every transaction still known, oldest first. */
  all(): LandedTransaction[] {
    return [...this.#known]
  }

  #forgetOld(newest: LandedTransaction): void {
    const queue = this.#queues[newest.source]
    const oldest = queue[0]
    // In bulk: taking one off the front of a long array each time would cost a copy each time.
    if (!oldest || queue.length < KEPT[newest.source] * 1.25) return
    const gone = queue
      .slice(0, queue.length - KEPT[newest.source])
      .filter(transaction => transaction.slot < newest.slot - KEPT_SLOTS_MIN)
    queue.splice(0, gone.length)
    this.#forget(gone)
    const last = gone.at(-1)
    if (newest.source === 'client' && last) this.#firstKeptSlot = last.slot + 1
  }

  #forget(gone: readonly LandedTransaction[]): void {
    for (const transaction of gone) {
      this.#known.delete(transaction)
      if (!this.#unsigned.delete(transaction)) this.#bySignature.delete(transaction.signature)
      drop(this.#bySlot, transaction.slot, transaction)
    }
    const dropped = new Set(gone)
    for (const address of new Set(gone.flatMap(transaction => transaction.keys))) {
      const rest = this.#byAddress.get(address)?.filter(transaction => !dropped.has(transaction)) ?? []
      if (rest.length > 0) this.#byAddress.set(address, rest)
      else this.#byAddress.delete(address)
    }
  }
}

function append<K>(index: Map<K, LandedTransaction[]>, key: K, transaction: LandedTransaction): void {
  const list = index.get(key)
  if (list) list.push(transaction)
  else index.set(key, [transaction])
}

function drop(index: Map<number, LandedTransaction[]>, slot: number, transaction: LandedTransaction): void {
  const rest = index.get(slot)?.filter(entry => entry !== transaction) ?? []
  if (rest.length > 0) index.set(slot, rest)
  else index.delete(slot)
}
