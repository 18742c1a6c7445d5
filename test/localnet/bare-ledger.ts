import { isDeepStrictEqual } from 'node:util'
import { type Address, address, getBase58Decoder, getTransactionDecoder, lamports } from '@solana/kit'
import { FailedTransactionMetadata, LiteSVM, type TransactionMetadata } from 'litesvm'
import { expect } from 'vitest'
import { ForgeError } from '../../core/errors/forge-error.ts'
import type { KnownTransaction, LedgerAccount, LedgerPort } from '../../core/localnet/ledger-port.ts'
import type { Clock } from '../../core/time/clock.ts'

/** A LedgerPort straight over LiteSVM, for tests of the program and the market: nothing kept, nothing served. */
export class BareLedger implements LedgerPort {
  readonly clock: Clock
  readonly svm: LiteSVM
  /** How many transactions ran. */
  submitted = 0

  constructor(clock: Clock) {
    this.clock = clock
    this.svm = new LiteSVM().withNativeMints()
  }

  account(at: string): LedgerAccount | undefined {
    const found = this.svm.getAccount(address(at))
    if (!found.exists) return undefined
    return {
      lamports: found.lamports,
      owner: found.programAddress,
      data: Uint8Array.from(found.data),
      executable: found.executable,
    }
  }

  setAccount(at: string, account: LedgerAccount): void {
    this.svm.setAccount({
      address: address(at),
      data: account.data,
      executable: account.executable,
      lamports: lamports(account.lamports),
      programAddress: address(account.owner),
      space: BigInt(account.data.length),
    })
  }

  addProgram(programId: string, elf: Uint8Array): void {
    this.svm.addProgram(address(programId), elf)
  }

  submit(wire: Uint8Array): { signature: string; slot: number } {
    const result = this.execute(wire)
    if (result instanceof FailedTransactionMetadata) {
      throw new ForgeError('LOCALNET_TX_FAILED', {
        message: result.toString(),
        context: { logs: result.meta().logs() },
      })
    }
    return { signature: getBase58Decoder().decode(result.signature()), slot: this.slot() }
  }

  /** Executes it all the same: what is known of it must be what comes of it. */
  land(transaction: KnownTransaction): void {
    const before = transaction.writable.map(address => this.account(address))
    this.submit(transaction.sign(this.latestBlockhash()))
    transaction.writable.forEach((address, index) => {
      const known = transaction.after.get(address) ?? before[index]
      // Deep equality of every byte takes ten times as long, where hardly ever one differs.
      if (!isDeepStrictEqual(this.account(address), known)) expect(this.account(address), address).toEqual(known)
    })
  }

  execute(wire: Uint8Array): TransactionMetadata | FailedTransactionMetadata {
    if (wire.length > 1232) throw new RangeError(`${wire.length} bytes are more than a packet holds`)
    const result = this.svm.sendTransaction(getTransactionDecoder().decode(wire))
    this.svm.expireBlockhash()
    this.submitted++
    return result
  }

  latestBlockhash(): string {
    return this.svm.latestBlockhash()
  }

  finalizedBlockhash(): { blockhash: string; lastValidBlockHeight: number } {
    return { blockhash: this.latestBlockhash(), lastValidBlockHeight: this.blockHeight() + 150 }
  }

  slot(): number {
    return Number(this.svm.getClock().slot)
  }

  blockHeight(): number {
    return this.slot()
  }

  /** Units a token account holds; 0 when there is none. */
  tokenUnits(at: Address): bigint {
    const data = this.account(at)?.data
    return data ? new DataView(data.buffer, data.byteOffset).getBigUint64(64, true) : 0n
  }
}
