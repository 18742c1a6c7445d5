import { ForgeError } from '../../errors/forge-error.ts'
import type { Clock } from '../../time/clock.ts'
import type { LedgerAccount, LedgerPort } from '../ledger-port.ts'
import { Accounts, type AddressedAccount, type UndoState } from './accounts.ts'
import { feeOf } from './fee.ts'
import { LOOKUP_TABLE_PROGRAM, loadAddresses, NOTHING_LOADED } from './lookup-table.ts'
import { usesValidNonce } from './nonce.ts'
import {
  BLOCKHASH_LIFE_BLOCKS,
  COMMITMENT_LAG_SLOTS,
  type Commitment,
  FIRST_SLOT,
  SLOTS_PER_EPOCH,
  Slots,
} from './slots.ts'
import { type Simulation, Svm } from './svm.ts'
import { tokenBalances } from './token-balances.ts'
import { describeTransactionError, type TransactionErrorJson } from './transaction-error.ts'
import { type LandedTransaction, type TransactionSource, Transactions } from './transactions.ts'
import { isWritable, parseWire, type WireTransaction } from './wire.ts'

const SLOT_HASHES_SYSVAR = 'SysvarS1otHashes111111111111111111111111111'
const RECENT_BLOCKHASHES_SYSVAR = 'SysvarRecentB1ockHashes11111111111111111111'
const SLOT_HASHES_KEPT = 512
/** The least that a payer may be left with, unless it is nothing: rent of an empty account. */
const EMPTY_ACCOUNT_RENT = 890_880n

const NOTHING_DONE = { logs: [], inner: [], computeUnits: 0, returnData: undefined, after: new Map<string, never>() }

/** What became of a transaction: it is in a block (perhaps failed, and then charged), or it never will be. */
export type Outcome =
  | { readonly landed: true; readonly transaction: LandedTransaction }
  | { readonly landed: false; readonly signature: string; readonly err: TransactionErrorJson }

/** The chain as it stands for one commitment. */
export interface BankView {
  readonly slot: number
  readonly height: number
  readonly blockhash: string
  account(address: string): LedgerAccount | undefined
  ownedBy(owner: string): AddressedAccount[]
}

/** A transaction as the log keeps it: with its time, replaying it gives the same again. */
export interface LedgerRecord {
  readonly wire: Uint8Array
  readonly slot: number
  readonly time_ms: number
  readonly source: TransactionSource
  /** How often the machine's own blockhash had been changed, for nonces, when it landed. */
  readonly nonceBlockhashes: number
}

/** All of a ledger that can't be derived, for a snapshot. */
export interface LedgerState {
  readonly svm: Uint8Array
  readonly slot: number
  readonly undo: UndoState
  readonly transactions: readonly LandedTransaction[]
  readonly firstKeptSlot: number
  readonly transactionCount: number
  readonly nonceBlockhashes: number
  readonly lastClient_ms: number | undefined
}

export interface LedgerOptions {
  readonly clock: Clock
  readonly genesisHash: string
  /** When the chain began; blocks are counted from there. */
  readonly start_ms: number
  readonly state?: LedgerState
}

type LandedListener = (transaction: LandedTransaction, changed: readonly string[]) => void

/** The chain itself: LiteSVM for execution; slots, blockhashes, statuses, history and finality around it. */
export class Ledger implements LedgerPort {
  readonly clock: Clock
  readonly slots: Slots
  readonly transactions: Transactions
  readonly #svm: Svm
  readonly #accounts: Accounts
  readonly #listeners = new Set<LandedListener>()
  #onRecord: ((record: LedgerRecord) => void) | undefined
  /** The slot that the machine's sysvars are set to. */
  #enteredSlot = 0
  #slotHashesOf = 0
  #nonceSlot = 0
  #nonceBlockhashes: number
  #lastClient_ms: number | undefined
  #genesis: boolean

  constructor(options: LedgerOptions) {
    const { clock, state } = options
    this.clock = clock
    this.slots = new Slots(options.genesisHash, options.start_ms)
    this.#svm = state ? Svm.fromBytes(state.svm) : Svm.create()
    this.#accounts = new Accounts(this.#svm, state?.undo)
    this.transactions = new Transactions(state?.transactions, state?.firstKeptSlot, state?.transactionCount)
    this.#genesis = state === undefined
    this.#enteredSlot = state?.slot ?? 0
    this.#nonceBlockhashes = state?.nonceBlockhashes ?? 0
    this.#lastClient_ms = state?.lastClient_ms
    if (!state) this.#enter(this.slot())
  }

  account(address: string): LedgerAccount | undefined {
    this.#enter(this.slot())
    return this.#accounts.now(address)
  }

  setAccount(address: string, account: LedgerAccount): void {
    this.#assertGenesis(address)
    this.#accounts.set(address, account)
  }

  addProgram(programId: string, elf: Uint8Array): void {
    this.#assertGenesis(programId)
    this.#svm.addProgram(programId, elf)
    this.#accounts.reread()
  }

  /** From here on the chain changes by transactions only. */
  endGenesis(): void {
    this.#genesis = false
  }

  slot(): number {
    return this.slots.slotAt(this.clock.now())
  }

  blockHeight(): number {
    return this.slots.heightOf(this.slot())
  }

  latestBlockhash(): string {
    return this.slots.blockhashOf(this.slot())
  }

  finalizedBlockhash(): { blockhash: string; lastValidBlockHeight: number } {
    const slot = this.slotOf('finalized')
    const lastValidBlockHeight = this.slots.heightOf(slot) + BLOCKHASH_LIFE_BLOCKS
    return { blockhash: this.slots.blockhashOf(slot), lastValidBlockHeight }
  }

  /** The newest slot that has the commitment. */
  slotOf(commitment: Commitment): number {
    return Math.max(FIRST_SLOT, this.slot() - COMMITMENT_LAG_SLOTS[commitment])
  }

  view(commitment: Commitment): BankView {
    const slot = this.slotOf(commitment)
    return this.viewAt(slot)
  }

  /** The chain at the end of a slot that is not older than the newest finalized one. */
  viewAt(slot: number): BankView {
    this.#enter(this.slot())
    return {
      slot,
      height: this.slots.heightOf(slot),
      blockhash: this.slots.blockhashOf(slot),
      account: address => this.#accounts.at(address, slot),
      ownedBy: owner => this.#accounts.ownedBy(owner, slot),
    }
  }

  /** When the last transaction landed that was not the market's own. */
  get lastClient_ms(): number | undefined {
    return this.#lastClient_ms
  }

  minimumBalance(dataLength: number): bigint {
    return this.#svm.minimumBalance(dataLength)
  }

  /** Called with each landed transaction and the accounts it changed. */
  onLanded(listener: LandedListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Called with the record of each transaction as it lands, before anybody can see its effects. */
  onRecord(listener: (record: LedgerRecord) => void): void {
    this.#onRecord = listener
  }

  submit(wire: Uint8Array): { signature: string; slot: number } {
    const outcome = this.send(parseWire(wire), 'world')
    const err = outcome.landed ? outcome.transaction.err : outcome.err
    if (outcome.landed && err === null) {
      return { signature: outcome.transaction.signature, slot: outcome.transaction.slot }
    }
    throw new ForgeError('LOCALNET_TX_FAILED', {
      message: err === null ? 'the transaction did not land' : describeTransactionError(err),
      context: {
        err: JSON.stringify(err),
        signature: outcome.landed ? outcome.transaction.signature : outcome.signature,
        logs: outcome.landed ? outcome.transaction.logs : [],
      },
    })
  }

  /** Executes a transaction in the present slot. */
  send(transaction: WireTransaction, source: TransactionSource): Outcome {
    return this.#land(transaction, this.clock.now(), source, true)
  }

  /** Executes a transaction of the log again, at the time it had. */
  replay(record: LedgerRecord): void {
    this.#changeNonceBlockhash(record.nonceBlockhashes)
    this.#nonceSlot = record.slot
    this.#land(parseWire(record.wire), record.time_ms, record.source, false)
  }

  /** What the transaction would do now; nothing is kept. `blockhash: 'any'` takes it with a blockhash that is too old. */
  simulate(
    transaction: WireTransaction,
    options: { verifySignatures: boolean; blockhash: 'any' | { knownAt: number } },
  ): Simulation {
    const slot = this.slot()
    this.#enter(slot, transaction)
    const refused =
      options.blockhash === 'any' ? undefined : this.#refusal(transaction, slot, options.blockhash.knownAt)
    // A node looks at the signatures first, so a wrong one is told of even when the blockhash is wrong too.
    const isForged = refused !== undefined && options.verifySignatures && this.#isForged(transaction)
    if (refused) return { ...NOTHING_DONE, err: isForged ? 'SignatureFailure' : refused }
    const result = this.#svm.simulate(transaction.wire, options.verifySignatures)
    return { ...result, err: this.#nameMissingProgram(transaction, result.err) }
  }

  #isForged(transaction: WireTransaction): boolean {
    return this.#svm.simulate(transaction.wire, true).err === 'SignatureFailure'
  }

  state(): LedgerState {
    return {
      svm: this.#svm.toBytes(),
      slot: this.#enteredSlot,
      undo: this.#accounts.undoState(),
      transactions: this.transactions.all(),
      firstKeptSlot: this.transactions.firstKeptSlot,
      transactionCount: this.transactions.count,
      nonceBlockhashes: this.#nonceBlockhashes,
      lastClient_ms: this.#lastClient_ms,
    }
  }

  #land(transaction: WireTransaction, time_ms: number, source: TransactionSource, live: boolean): Outcome {
    const slot = this.slots.slotAt(time_ms)
    const signature = transaction.signatures[0]!
    this.#enter(slot, transaction)
    const refused = this.#refusal(transaction, slot, slot)
    if (refused) return { landed: false, signature, err: refused }

    const { message } = transaction
    const now = (address: string): LedgerAccount | undefined => this.#accounts.now(address)
    const loaded = loadAddresses(message.lookups, now) ?? NOTHING_LOADED
    const keys = [...message.staticKeys, ...loaded.writable, ...loaded.readonly]
    const writable = keys.filter((_key, index) => isWritable(message, index))
    const preBalances = keys.map(key => now(key)?.lamports ?? 0n)
    const preTokenBalances = tokenBalances(keys, now)
    const fee = feeOf(message)
    const payer = keys[0]!

    const execution = this.#svm.execute(transaction.wire, true)
    const err = this.#nameMissingProgram(transaction, execution.err)
    let changed = this.#accounts.refresh(writable, slot)
    if (err !== null && !changed.includes(payer)) {
      if (!this.#chargeForUnloadable(payer, fee.total, err)) return { landed: false, signature, err }
      changed = [...changed, ...this.#accounts.refresh([payer], slot)]
    }

    const landed: LandedTransaction = {
      ...execution,
      err,
      signature,
      slot,
      index: this.transactions.inSlot(slot).length,
      wire: transaction.wire,
      source,
      fee: fee.total,
      computeUnitPrice: fee.computeUnitPrice,
      keys,
      writable,
      loaded,
      preBalances,
      postBalances: keys.map(key => now(key)?.lamports ?? 0n),
      preTokenBalances,
      postTokenBalances: tokenBalances(keys, now),
    }
    this.transactions.add(landed)
    if (source === 'client') this.#lastClient_ms = time_ms
    if (live) {
      this.#onRecord?.({ wire: transaction.wire, slot, time_ms, source, nonceBlockhashes: this.#nonceBlockhashes })
      for (const listener of this.#listeners) listener(landed, changed)
    }
    return { landed: true, transaction: landed }
  }

  /** Why the transaction can't be in a block of `slot`: its blockhash must be known at `knownAt`. */
  #refusal(transaction: WireTransaction, slot: number, knownAt: number): TransactionErrorJson | undefined {
    if (this.transactions.get(transaction.signatures[0]!)) return 'AlreadyProcessed'
    const hashSlot = this.slots.slotOfRecentHash(transaction.message.blockhash, slot)
    if (hashSlot !== undefined && hashSlot <= knownAt) return undefined
    return usesValidNonce(transaction.message, address => this.#accounts.now(address)) ? undefined : 'BlockhashNotFound'
  }

  /** LiteSVM has one name for a program that is missing and one that is no program. */
  #nameMissingProgram(transaction: WireTransaction, err: TransactionErrorJson | null): TransactionErrorJson | null {
    if (err !== 'InvalidProgramForExecution') return err
    const { instructions, staticKeys } = transaction.message
    const missing = instructions.some(ix => this.#accounts.now(staticKeys[ix.programIdIndex]!) === undefined)
    return missing ? 'ProgramAccountNotFound' : err
  }

  /** A cluster includes and charges a transaction whose program can't be loaded (SIMD-0082); LiteSVM drops it. */
  #chargeForUnloadable(payer: string, fee: number, err: TransactionErrorJson): boolean {
    if (err !== 'ProgramAccountNotFound' && err !== 'InvalidProgramForExecution') return false
    const account = this.#accounts.now(payer)
    const left = (account?.lamports ?? 0n) - BigInt(fee)
    if (!account || left < 0n || (left > 0n && left < EMPTY_ACCOUNT_RENT)) return false
    this.#svm.setAccount(payer, { ...account, lamports: left })
    return true
  }

  /** Sets the machine's sysvars for the slot; what costs more only for transactions that read it. */
  #enter(slot: number, transaction?: WireTransaction): void {
    if (slot !== this.#enteredSlot) {
      this.#enteredSlot = slot
      const epoch = this.slots.epochOf(slot)
      const epochStart_s = this.slots.unixTimeOf(Math.max(FIRST_SLOT, epoch * SLOTS_PER_EPOCH))
      this.#svm.setClock({ slot, epoch, epochStart_s, now_s: this.slots.unixTimeOf(slot) })
      this.#accounts.finalize(slot - COMMITMENT_LAG_SLOTS.finalized)
    }
    const keys = transaction?.message.staticKeys
    if (slot !== this.#nonceSlot && keys?.includes(RECENT_BLOCKHASHES_SYSVAR)) {
      this.#nonceSlot = slot
      this.#changeNonceBlockhash(this.#nonceBlockhashes + 1)
    }
    if (slot === this.#slotHashesOf || !keys) return
    if (!keys.includes(LOOKUP_TABLE_PROGRAM) && !keys.includes(SLOT_HASHES_SYSVAR)) return
    this.#slotHashesOf = slot
    const newest = slot - 1
    const count = Math.min(SLOT_HASHES_KEPT, newest - FIRST_SLOT + 1)
    this.#svm.setSlotHashes(
      Array.from({ length: count }, (_, back) => ({
        slot: newest - back,
        hash: this.slots.blockhashOf(newest - back),
      })),
    )
  }

  /** Durable nonces advance only to a new blockhash of the machine's own; how many there were is part of the log. */
  #changeNonceBlockhash(count: number): void {
    for (; this.#nonceBlockhashes < count; this.#nonceBlockhashes++) this.#svm.nextBlockhash()
  }

  #assertGenesis(address: string): void {
    if (this.#genesis) return
    throw new ForgeError('LOCALNET_GENESIS_OVER', {
      message: 'accounts can be set at genesis only',
      context: { address },
    })
  }
}
