import type { LedgerAccount } from '../ledger-port.ts'
import type { Accounts } from './accounts.ts'
import type { Outcome } from './ledger-state.ts'
import { feeOf } from './message/fee.ts'
import { loadAddresses, NOTHING_LOADED } from './message/lookup-table.ts'
import { usesValidNonce } from './message/nonce.ts'
import { isWritable, type WireTransaction } from './message/wire.ts'
import type { Slots } from './slots.ts'
import type { Simulation, Svm } from './svm.ts'
import { tokenBalances } from './token-balances.ts'
import type { TransactionErrorJson } from './transaction-error.ts'
import type { LandedTransaction, TransactionSource, Transactions } from './transactions.ts'

/** The least that a payer may be left with, unless it is nothing: rent of an empty account. */
const EMPTY_ACCOUNT_RENT = 890_880n

const NOTHING_DONE = { logs: [], inner: [], computeUnits: 0, returnData: undefined, after: new Map<string, never>() }

/** What became of an executed transaction, and the accounts it changed. */
type Executed = Outcome & { readonly changed: readonly string[] }

/**
 * Executes transactions as a cluster does, where LiteSVM does otherwise or not at all: which of them may be in a block,
 * what it is called when a program is missing, and who is charged all the same.
 */
export class Executor {
  readonly #svm: Svm
  readonly #accounts: Accounts
  readonly #slots: Slots
  readonly #transactions: Transactions

  constructor(svm: Svm, accounts: Accounts, slots: Slots, transactions: Transactions) {
    this.#svm = svm
    this.#accounts = accounts
    this.#slots = slots
    this.#transactions = transactions
  }

  /** Executes a transaction in a slot that the machine has entered. */
  execute(transaction: WireTransaction, slot: number, source: TransactionSource): Executed {
    const signature = transaction.signatures[0]!
    const dropped = (err: TransactionErrorJson): Executed => ({ landed: false, signature, err, changed: [] })
    const refused = this.#refusal(transaction, slot, slot)
    if (refused) return dropped(refused)

    const { message } = transaction
    const loaded = loadAddresses(message.lookups, this.#now) ?? NOTHING_LOADED
    const keys = [...message.staticKeys, ...loaded.writable, ...loaded.readonly]
    const writable = keys.filter((_key, index) => isWritable(message, index))
    const before = keys.map(this.#now)
    const fee = feeOf(message)
    const payer = keys[0]!

    // The market signs what it sends: it need not be told whether it did.
    const execution = this.#svm.execute(transaction.wire, source === 'client')
    const err = this.#nameMissingProgram(transaction, execution.err)
    let changed = this.#accounts.refresh(writable, slot)
    if (err !== null && !changed.includes(payer)) {
      if (!this.#chargeForUnloadable(payer, fee.total, err)) return dropped(err)
      changed = [...changed, ...this.#accounts.refresh([payer], slot)]
    }

    const now = this.#now
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
      index: this.#transactions.inSlot(slot).length,
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
    return { landed: true, transaction: source === 'client' ? { ...seen } : seen, changed }
  }

  /**
   * What a transaction would do in a slot that the machine has entered; nothing is kept. `blockhash: 'any'` takes it with
   * a blockhash that is too old.
   */
  simulate(
    transaction: WireTransaction,
    slot: number,
    options: { verifySignatures: boolean; blockhash: 'any' | { knownAt: number } },
  ): Simulation {
    const refused =
      options.blockhash === 'any' ? undefined : this.#refusal(transaction, slot, options.blockhash.knownAt)
    // A node looks at the signatures first, so a wrong one is told of even when the blockhash is wrong too.
    const isForged = refused !== undefined && options.verifySignatures && this.#isForged(transaction)
    if (refused) return { ...NOTHING_DONE, err: isForged ? 'SignatureFailure' : refused }
    const result = this.#svm.simulate(transaction.wire, options.verifySignatures)
    return { ...result, err: this.#nameMissingProgram(transaction, result.err) }
  }

  readonly #now = (address: string): LedgerAccount | undefined => this.#accounts.now(address)

  #isForged(transaction: WireTransaction): boolean {
    return this.#svm.simulate(transaction.wire, true).err === 'SignatureFailure'
  }

  /** Why the transaction can't be in a block of `slot`: its blockhash must be known at `knownAt`. */
  #refusal(transaction: WireTransaction, slot: number, knownAt: number): TransactionErrorJson | undefined {
    if (this.#transactions.get(transaction.signatures[0]!)) return 'AlreadyProcessed'
    const hashSlot = this.#slots.slotOfRecentHash(transaction.message.blockhash, slot)
    if (hashSlot !== undefined && hashSlot <= knownAt) return undefined
    return usesValidNonce(transaction.message, this.#now) ? undefined : 'BlockhashNotFound'
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
}
