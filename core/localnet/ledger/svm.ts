import {
  Account,
  Clock,
  FailedTransactionMetadata,
  InstructionErrorBorshIo,
  InstructionErrorCustom,
  LiteSvm,
  TransactionErrorDuplicateInstruction,
  TransactionErrorInstructionError,
  TransactionErrorInsufficientFundsForRent,
  type TransactionMetadata,
} from 'litesvm/dist/internal.js'
import type { LedgerAccount } from '../ledger-port.ts'
import { addressBytes, addressText } from './address-text.ts'
import { instructionErrorName, type TransactionErrorJson, transactionErrorName } from './transaction-error.ts'

export interface InnerInstructionRecord {
  readonly programIdIndex: number
  readonly accounts: Uint8Array
  readonly data: Uint8Array
  readonly stackHeight: number
}

/** What the machine reports of one execution. */
export interface Execution {
  readonly err: TransactionErrorJson | null
  readonly logs: readonly string[]
  /** One list for each top-level instruction; empty ones included. */
  readonly inner: readonly (readonly InnerInstructionRecord[])[]
  readonly computeUnits: number
  readonly returnData: { readonly programId: string; readonly data: Uint8Array } | undefined
}

export interface Simulation extends Execution {
  /** Accounts after the simulation, by address; only when it succeeded. */
  readonly after: ReadonlyMap<string, LedgerAccount>
}

/** What the machine takes for an account that is not there. */
export const NOTHING: LedgerAccount = {
  lamports: 0n,
  owner: '11111111111111111111111111111111',
  data: new Uint8Array(),
  executable: false,
}

export interface ClockSysvar {
  readonly slot: number
  readonly epoch: number
  readonly epochStart_s: number
  readonly now_s: number
}

/**
 * LiteSVM in terms of base58 addresses and plain values: the only file that knows it. Its clock, and accounts that are
 * set for later, are told to it only when it is asked for something: a market that moves between two looks costs one call.
 */
export class Svm {
  #machine: LiteSvm | undefined
  readonly #later = new Map<string, LedgerAccount>()
  #clockLater: ClockSysvar | undefined

  private constructor(vm: LiteSvm) {
    this.#machine = vm
    // Signatures, blockhashes and duplicates are the ledger's: LiteSVM knows one blockhash only.
    vm.setBlockhashCheck(false)
    vm.setTransactionHistory(0n)
  }

  /** The builtin programs, SPL programs and native mints, and nothing else. */
  static create(): Svm {
    const vm = new LiteSvm()
    vm.withNativeMints()
    return new Svm(vm)
  }

  static fromBytes(bytes: Uint8Array): Svm {
    return new Svm(LiteSvm.fromBytes(bytes))
  }

  get #vm(): LiteSvm {
    if (!this.#machine) throw new Error('this machine has another chain by now')
    return this.#machine
  }

  /** The same machine for another chain, which must set back what this one has changed; this one can do nothing more. */
  handOver(): Svm {
    const next = new Svm(this.#vm)
    this.#machine = undefined
    return next
  }

  toBytes(): Uint8Array {
    this.#catchUp()
    return this.#vm.toBytes()
  }

  account(address: string): LedgerAccount | undefined {
    const later = this.#later.get(address)
    if (later) return later
    this.#catchUpClock()
    const account = this.#vm.getAccount(bytesOf(address))
    return account === null || account.lamports() === 0n ? undefined : fromNative(account)
  }

  /** Sets an account that has lamports, at the latest when the machine is asked for what depends on it. */
  setAccountLater(address: string, account: LedgerAccount): void {
    this.#later.set(address, account)
  }

  setAccount(address: string, account: LedgerAccount): void {
    const { lamports, data, owner, executable } = account
    this.#later.delete(address)
    this.#vm.setAccount(bytesOf(address), new Account(lamports, data, bytesOf(owner), executable, 2n ** 64n - 1n))
  }

  addProgram(programId: string, elf: Uint8Array): void {
    // It is not there in the slot before, should the clock be set to that later.
    this.#catchUpClock()
    this.#vm.addProgram(bytesOf(programId), elf)
  }

  programAccounts(owner: string): { address: string; account: LedgerAccount }[] {
    this.#catchUp()
    return this.#vm
      .getProgramAccounts(bytesOf(owner))
      .map(entry => ({ address: addressText(entry.address), account: fromNative(entry.account()) }))
      .filter(entry => entry.account.lamports > 0n)
  }

  minimumBalance(dataLength: number): bigint {
    return this.#vm.minimumBalanceForRentExemption(BigInt(dataLength))
  }

  setClock(clock: ClockSysvar): void {
    this.#clockLater = clock
  }

  /** Newest first. The address lookup table program accepts only a slot from this list. */
  setSlotHashes(hashes: readonly { slot: number; hash: string }[]): void {
    this.#vm.setSlotHashes(hashes.map(entry => ({ slot: BigInt(entry.slot), hash: entry.hash })))
  }

  /** Lets durable nonces advance: they need a blockhash other than that of their last use. */
  nextBlockhash(): void {
    this.#vm.expireBlockhash()
  }

  /** `wire` must have passed `parseWire`. */
  execute(wire: Uint8Array, verifySignatures: boolean): Execution {
    this.#catchUp()
    this.#vm.setSigverify(verifySignatures)
    const result = this.#vm.sendVersionedTransaction(wire)
    return result instanceof FailedTransactionMetadata ? failure(result) : metadata(result, null)
  }

  /** `wire` must have passed `parseWire`. */
  simulate(wire: Uint8Array, verifySignatures: boolean): Simulation {
    this.#catchUp()
    this.#vm.setSigverify(verifySignatures)
    const result = this.#vm.simulateVersionedTransaction(wire)
    if (result instanceof FailedTransactionMetadata) return { ...failure(result), after: new Map() }
    const after = new Map(
      result.postAccounts().map(entry => [addressText(entry.address), fromNative(entry.account())] as const),
    )
    return { ...metadata(result.meta(), null), after }
  }

  /** What the transaction does where these accounts are as given: what they are now is put back. */
  simulateOn(accounts: ReadonlyMap<string, LedgerAccount>, wire: Uint8Array): Simulation {
    const now = [...accounts.keys()].map(address => [address, this.account(address)] as const)
    for (const [address, account] of accounts) this.setAccount(address, account)
    try {
      return this.simulate(wire, false)
    } finally {
      for (const [address, account] of now) this.setAccount(address, account ?? NOTHING)
    }
  }

  #catchUp(): void {
    this.#catchUpClock()
    for (const [address, account] of this.#later) this.setAccount(address, account)
  }

  #catchUpClock(): void {
    if (!this.#clockLater) return
    const { slot, epoch, epochStart_s, now_s } = this.#clockLater
    this.#clockLater = undefined
    const epochs = [BigInt(epoch), BigInt(epoch) + 1n] as const
    this.#vm.setClock(new Clock(BigInt(slot), BigInt(epochStart_s), ...epochs, BigInt(now_s)))
  }
}

function bytesOf(address: string): Uint8Array {
  const bytes = addressBytes(address)
  if (!bytes) throw new RangeError(`"${address}" is no address`)
  return bytes
}

function fromNative(account: Account): LedgerAccount {
  return {
    lamports: account.lamports(),
    owner: addressText(account.owner()),
    data: account.data(),
    executable: account.executable(),
  }
}

/** Taken out of the machine when somebody asks: of the market's own transactions, hardly anybody does. */
function metadata(meta: TransactionMetadata, err: TransactionErrorJson | null): Execution {
  return {
    err,
    get logs() {
      return meta.logs()
    },
    computeUnits: Number(meta.computeUnitsConsumed()),
    get inner() {
      return meta.innerInstructions().map(list =>
        list.map(inner => {
          const instruction = inner.instruction()
          return {
            programIdIndex: instruction.programIdIndex(),
            accounts: instruction.accounts(),
            data: instruction.data(),
            stackHeight: inner.stackHeight(),
          }
        }),
      )
    },
    get returnData() {
      const returned = meta.returnData()
      const data = returned.data()
      return data.length === 0 ? undefined : { programId: addressText(returned.programId()), data }
    },
  }
}

function failure(failed: FailedTransactionMetadata): Execution {
  return metadata(failed.meta(), errorJson(failed.err()))
}

function errorJson(error: ReturnType<FailedTransactionMetadata['err']>): TransactionErrorJson {
  if (typeof error === 'number') return transactionErrorName(error)
  if (error instanceof TransactionErrorInstructionError) {
    const inner = error.err()
    if (typeof inner === 'number') return { InstructionError: [error.index, instructionErrorName(inner)] }
    if (inner instanceof InstructionErrorCustom) return { InstructionError: [error.index, { Custom: inner.code }] }
    if (inner instanceof InstructionErrorBorshIo) return { InstructionError: [error.index, 'BorshIoError'] }
    return { InstructionError: [error.index, 'GenericError'] }
  }
  if (error instanceof TransactionErrorDuplicateInstruction) return { DuplicateInstruction: error.index }
  if (error instanceof TransactionErrorInsufficientFundsForRent) {
    return { InsufficientFundsForRent: { account_index: error.accountIndex } }
  }
  return { ProgramExecutionTemporarilyRestricted: { account_index: error.accountIndex } }
}
