import { ForgeError } from '../../errors/forge-error.ts'
import type { Clock } from '../../time/clock.ts'
import type { KnownTransaction, LedgerAccount, LedgerPort } from '../ledger-port.ts'
import { Accounts } from './accounts.ts'
import { Executor } from './executor.ts'
import { type KeptLanding, knownLanding } from './known-landing.ts'
import type { BankView, KnownRecord, LedgerRecord, LedgerState, Outcome } from './ledger-state.ts'
import { parseWire, type WireTransaction } from './message/wire.ts'
import { BLOCKHASH_LIFE_BLOCKS, COMMITMENT_LAG_SLOTS, type Commitment, FIRST_SLOT, Slots } from './slots.ts'
import { type Simulation, Svm } from './svm.ts'
import { Sysvars } from './sysvars.ts'
import { describeTransactionError } from './transaction-error.ts'
import { type LandedTransaction, type TransactionSource, Transactions } from './transactions.ts'

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
  readonly #executor: Executor
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
    this.#executor = new Executor(this.#svm, this.#accounts, this.slots, this.transactions)
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
    return this.#executor.simulate(transaction, slot, options)
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
    this.#enter(slot, transaction)
    const outcome = this.#executor.execute(transaction, slot, source)
    if (!outcome.landed) return outcome
    this.transactions.add(outcome.transaction)
    if (source === 'client') this.#lastClient_ms = time_ms
    if (live) {
      const { nonceBlockhashes } = this.#sysvars
      const record = { wire: transaction.wire, slot, time_ms, source, nonceBlockhashes }
      this.#tell(record, outcome.transaction, outcome.changed)
    }
    return outcome
  }

  #tell(record: LedgerRecord | KnownRecord, landed: LandedTransaction, changed: readonly string[]): void {
    this.#onRecord?.(record)
    for (const listener of this.#listeners) listener(landed, changed)
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
