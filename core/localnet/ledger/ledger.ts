import { ForgeError } from '../../errors/forge-error.ts'
import type { Clock } from '../../time/clock.ts'
import type { KnownTransaction, LedgerAccount, LedgerPort } from '../ledger-port.ts'
import { Accounts } from './accounts.ts'
import { type KeptLanding, knownLanding } from './known-landing.ts'
import type { BankView, KnownRecord, LedgerRecord, LedgerState, Outcome } from './ledger-state.ts'
import { feeOf } from './message/fee.ts'
import { loadAddresses, NOTHING_LOADED } from './message/lookup-table.ts'
import { usesValidNonce } from './message/nonce.ts'
import { isWritable, parseWire, type WireTransaction } from './message/wire.ts'
import { BLOCKHASH_LIFE_BLOCKS, COMMITMENT_LAG_SLOTS, type Commitment, FIRST_SLOT, Slots } from './slots.ts'
import { type Simulation, Svm } from './svm.ts'
import { Sysvars } from './sysvars.ts'
import { tokenBalances } from './token-balances.ts'
import { describeTransactionError, type TransactionErrorJson } from './transaction-error.ts'
import { type LandedTransaction, type TransactionSource, Transactions } from './transactions.ts'

/** The least that a payer may be left with, unless it is nothing: rent of an empty account. */
const EMPTY_ACCOUNT_RENT = 890_880n

const NOTHING_DONE = { logs: [], inner: [], computeUnits: 0, returnData: undefined, after: new Map<string, never>() }

export interface LedgerOptions {
  readonly clock: Clock
  readonly genesisHash: string
  /** When the chain began; blocks are counted from there. */
  readonly start_ms: number
  readonly state?: LedgerState
  /** Makes a known transaction of that state again, signed. */
  readonly signKnown?: (record: Uint8Array, blockhash: string) => Uint8Array
  /** A machine as new; one is made when absent. */
  readonly svm?: Svm
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
  /** How a snapshot keeps known transactions: signing and executing thousands would take it many seconds. */
  readonly #landings = new WeakMap<LandedTransaction, KeptLanding>()
  #onRecord: ((record: LedgerRecord | KnownRecord) => void) | undefined
  readonly #sysvars: Sysvars
  #lastClient_ms: number | undefined
  #genesis: boolean

  constructor(options: LedgerOptions) {
    const { clock, state, signKnown } = options
    this.clock = clock
    this.slots = new Slots(options.genesisHash, options.start_ms)
    this.#svm = state ? Svm.fromBytes(state.svm) : (options.svm ?? Svm.create())
    this.#accounts = new Accounts(this.#svm, state?.undo)
    this.transactions = new Transactions(state?.firstKeptSlot)
    if (state) this.#restore(state, signKnown)
    this.#genesis = state === undefined
    this.#sysvars = new Sysvars(this.#svm, this.slots, state)
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
    const { slots } = this
    return {
      slot,
      height: slots.heightOf(slot),
      get blockhash() {
        return slots.blockhashOf(slot)
      },
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
  onRecord(listener: (record: LedgerRecord | KnownRecord) => void): void {
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

  land(transaction: KnownTransaction, replayedAt_ms?: number): void {
    const time_ms = replayedAt_ms ?? this.clock.now()
    const slot = this.slots.slotAt(time_ms)
    this.#enter(slot)
    const now = (address: string): LedgerAccount | undefined => this.#accounts.now(address)
    const before = transaction.keys.map(now)
    this.#accounts.change(transaction.after, slot)
    const after = transaction.keys.map(now)
    const index = this.transactions.inSlot(slot).length
    const { keys, writable, fee, record } = transaction
    const landed = this.#known({ known: record, keys, writable, fee, slot, index, before, after }, transaction.sign)
    this.transactions.addUnsigned(landed)
    if (replayedAt_ms === undefined)
      this.#tell({ known: transaction.record, slot, time_ms }, landed, [...transaction.after.keys()])
  }

  /** Executes a transaction in the present slot. */
  send(transaction: WireTransaction, source: TransactionSource): Outcome {
    return this.#land(transaction, this.clock.now(), source, true)
  }

  /** Executes a transaction of the log again, at the time it had. */
  replay(record: LedgerRecord): void {
    this.#sysvars.changeNonceBlockhash(record.slot, record.nonceBlockhashes)
    this.#land(parseWire(record.wire), record.time_ms, record.source, false)
  }

  /**
   * The cluster goes on with another fork: what landed in slots that are not confirmed yet never did, and may land again
   * for as long as its blockhash lives.
   *
   * @returns the transactions that were taken back, oldest first
   * @throws LOCALNET_FORK_KEPT for a chain that is kept: its log only grows
   */
  takeBack(): readonly LandedTransaction[] {
    if (this.#onRecord) throw new ForgeError('LOCALNET_FORK_KEPT', { message: 'a chain that is kept has no forks' })
    const slot = this.slotOf('confirmed')
    this.#enter(this.slot())
    this.#accounts.takeBack(slot)
    return this.transactions.takeBack(slot)
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
      slot: this.#sysvars.slot,
      undo: this.#accounts.undoState(),
      transactions: this.transactions.all().map(landed => this.#landings.get(landed) ?? landed),
      firstKeptSlot: this.transactions.firstKeptSlot,
      transactionCount: this.transactions.count,
      nonceBlockhashes: this.#sysvars.nonceBlockhashes,
      lastClient_ms: this.#lastClient_ms,
    }
  }

  /** Ends this chain. What it has changed of its machine's accounts; undefined when it has changed more than can be set back. */
  end(): { readonly svm: Svm; readonly changed: ReadonlySet<string> } | undefined {
    const { hasOnlyTime } = this.#sysvars
    const svm = this.#svm.handOver()
    return hasOnlyTime ? { svm, changed: this.#accounts.everChanged } : undefined
  }

  #restore({ transactions, transactionCount }: LedgerState, signKnown: LedgerOptions['signKnown']): void {
    const kept = transactions.map(entry => {
      if (!('known' in entry)) return { transaction: entry, isSigned: true }
      if (!signKnown) throw new RangeError('a state with known transactions needs who signs them')
      return { transaction: this.#known(entry, blockhash => signKnown(entry.known, blockhash)), isSigned: false }
    })
    this.transactions.restore(kept, transactionCount)
  }

  #known(landing: KeptLanding, sign: (blockhash: string) => Uint8Array): LandedTransaction {
    const wire = (): Uint8Array => sign(this.slots.blockhashOf(landing.slot))
    const landed = knownLanding(landing, wire, this.#svm, address => this.#accounts.now(address))
    this.#landings.set(landed, landing)
    return landed
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
    const before = keys.map(now)
    const fee = feeOf(message)
    const payer = keys[0]!

    // The market signs what it sends: it need not be told whether it did.
    const execution = this.#svm.execute(transaction.wire, source === 'client')
    const err = this.#nameMissingProgram(transaction, execution.err)
    let changed = this.#accounts.refresh(writable, slot)
    if (err !== null && !changed.includes(payer)) {
      if (!this.#chargeForUnloadable(payer, fee.total, err)) return { landed: false, signature, err }
      changed = [...changed, ...this.#accounts.refresh([payer], slot)]
    }

    const after = keys.map(now)
    const seen: LandedTransaction = {
      err,
      get logs() {
        return execution.logs
      },
      computeUnits: execution.computeUnits,
      get inner() {
        return execution.inner
      },
      get returnData() {
        return execution.returnData
      },
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
      preBalances: before.map(account => account?.lamports ?? 0n),
      postBalances: after.map(account => account?.lamports ?? 0n),
      get preTokenBalances() {
        return tokenBalances(before, now)
      },
      get postTokenBalances() {
        return tokenBalances(after, now)
      },
    }
    // A client's is taken out at once, so that it keeps nothing of the machine alive; of the market's, hardly any is asked for.
    const landed: LandedTransaction = source === 'client' ? { ...seen } : seen
    this.transactions.add(landed)
    if (source === 'client') this.#lastClient_ms = time_ms
    if (live) {
      const { nonceBlockhashes } = this.#sysvars
      this.#tell({ wire: transaction.wire, slot, time_ms, source, nonceBlockhashes }, landed, changed)
    }
    return { landed: true, transaction: landed }
  }

  #tell(record: LedgerRecord | KnownRecord, landed: LandedTransaction, changed: readonly string[]): void {
    this.#onRecord?.(record)
    for (const listener of this.#listeners) listener(landed, changed)
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

  #enter(slot: number, transaction?: WireTransaction): void {
    if (!this.#sysvars.enter(slot, transaction?.message)) return
    this.#accounts.finalize(slot - COMMITMENT_LAG_SLOTS.finalized)
  }

  #assertGenesis(address: string): void {
    if (this.#genesis) return
    throw new ForgeError('LOCALNET_GENESIS_OVER', {
      message: 'accounts can be set at genesis only',
      context: { address },
    })
  }
}
