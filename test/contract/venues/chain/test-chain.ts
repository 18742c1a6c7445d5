import { type Address, getTransactionDecoder, type Lamports } from '@solana/kit'
import {
  ACCOUNT_SIZE,
  AccountLayout,
  getAssociatedTokenAddressSync,
  MINT_SIZE,
  MintLayout,
  NATIVE_MINT,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token'
import {
  ComputeBudgetProgram,
  Keypair,
  PublicKey,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js'
import { FailedTransactionMetadata, LiteSVM } from 'litesvm'
import type { AccountReader, ChainAccount, Instruction, SwapPlan, Token } from '../../../../core/index.ts'
import { programBytes } from './programs.ts'

const RENT_EXEMPT = 10_000_000_000n
const NONE = PublicKey.default

/** A swap that the chain refused, with the program's logs. */
class Refused extends Error {
  readonly logs: readonly string[]
  constructor(message: string, logs: readonly string[]) {
    super(`${message}\n${logs.join('\n')}`)
    this.logs = logs
  }
}

/** A local SVM with real programs, where state is written as a test needs it, read as a venue reads it. */
export class TestChain {
  readonly svm = new LiteSVM().withNativeMints().withTransactionHistory(0n)
  readonly payer = Keypair.generate()
  /** How often the venue has read accounts by their addresses. */
  batches = 0

  constructor(programs: readonly string[], unix_s: bigint) {
    for (const address of programs) this.svm.addProgram(address as Address, programBytes(address))
    this.svm.airdrop(this.payer.publicKey.toBase58() as Address, 1_000_000_000_000n as Lamports)
    this.setTime(unix_s)
  }

  setTime(unix_s: bigint): void {
    const clock = this.svm.getClock()
    clock.unixTimestamp = unix_s
    this.svm.setClock(clock)
  }

  get time(): bigint {
    return this.svm.getClock().unixTimestamp
  }

  readonly accounts: AccountReader = {
    many: async addresses => {
      this.batches++
      return { slot: Number(this.svm.getClock().slot), accounts: addresses.map(address => this.account(address)) }
    },
    program: async (programId, filters) => {
      const all = this.svm.getProgramAccounts(programId as Address).map(account => this.account(account.address)!)
      const passes = (account: ChainAccount): boolean =>
        filters.every(filter => {
          if ('dataSize' in filter) return account.data.length === filter.dataSize
          const wanted = new PublicKey(filter.memcmp.bytes).toBytes()
          return wanted.every((byte, index) => account.data[filter.memcmp.offset + index] === byte)
        })
      return { slot: Number(this.svm.getClock().slot), accounts: all.filter(passes) }
    },
  }

  account(address: string): ChainAccount | undefined {
    const account = this.svm.getAccount(address as Address)
    if (!account.exists) return undefined
    return { address, owner: account.programAddress, lamports: account.lamports, data: new Uint8Array(account.data) }
  }

  setAccount(address: string, owner: string, data: Uint8Array, lamports = RENT_EXEMPT): void {
    this.svm.setAccount({
      address: address as Address,
      programAddress: owner as Address,
      data: new Uint8Array(data),
      lamports: lamports as Lamports,
      executable: false,
      space: BigInt(data.length),
    })
  }

  /** A mint of the SPL token program whose supply nobody checks. */
  setMint(address: string, decimals: number, authority = this.payer.publicKey): void {
    const data = Buffer.alloc(MINT_SIZE)
    MintLayout.encode(
      {
        mintAuthorityOption: 1,
        mintAuthority: authority,
        supply: 2n ** 63n,
        decimals,
        isInitialized: true,
        freezeAuthorityOption: 0,
        freezeAuthority: NONE,
      },
      data,
    )
    this.setAccount(address, TOKEN_PROGRAM_ID.toBase58(), data)
  }

  /** A token account that holds `amount`; of wrapped SOL with the lamports to match. */
  setTokenAccount(address: PublicKey, mint: PublicKey, owner: PublicKey, amount: bigint): void {
    const isNative = mint.equals(NATIVE_MINT)
    const data = Buffer.alloc(ACCOUNT_SIZE)
    AccountLayout.encode(
      {
        mint,
        owner,
        amount,
        delegateOption: 0,
        delegate: NONE,
        delegatedAmount: 0n,
        state: 1,
        isNativeOption: isNative ? 1 : 0,
        isNative: isNative ? 2_039_280n : 0n,
        closeAuthorityOption: 0,
        closeAuthority: NONE,
      },
      data,
    )
    this.setAccount(address.toBase58(), TOKEN_PROGRAM_ID.toBase58(), data, 2_039_280n + (isNative ? amount : 0n))
  }

  /** A wallet with lamports and, for every other token, an account that holds plenty. */
  wallet(tokens: readonly Token[], amount = 2n ** 60n): Keypair {
    const wallet = Keypair.generate()
    this.svm.airdrop(wallet.publicKey.toBase58() as Address, 4_000_000_000_000n as Lamports)
    for (const token of tokens) {
      const mint = new PublicKey(token.mint)
      if (!mint.equals(NATIVE_MINT))
        this.setTokenAccount(getAssociatedTokenAddressSync(mint, wallet.publicKey), mint, wallet.publicKey, amount)
    }
    return wallet
  }

  /** Turns lamports of a wallet's making into wrapped SOL in its account. */
  wrapSol(wallet: Keypair, amount: bigint): void {
    this.setTokenAccount(
      getAssociatedTokenAddressSync(NATIVE_MINT, wallet.publicKey),
      NATIVE_MINT,
      wallet.publicKey,
      amount,
    )
  }

  /** Every account of these programs. */
  accountsOf(programs: readonly string[]): readonly ChainAccount[] {
    return programs.flatMap(program =>
      this.svm.getProgramAccounts(program as Address).map(({ address }) => this.account(address)!),
    )
  }

  /** What a wallet holds of a token: lamports for SOL. */
  balance(wallet: PublicKey, token: Token): bigint {
    const mint = new PublicKey(token.mint)
    if (mint.equals(NATIVE_MINT)) return this.svm.getBalance(wallet.toBase58() as Address) ?? 0n
    const owner = this.account(token.mint)!.owner
    const address = getAssociatedTokenAddressSync(mint, wallet, true, new PublicKey(owner))
    const data = this.account(address.toBase58())?.data
    return data === undefined ? 0n : AccountLayout.decode(data).amount
  }

  /** Executes what a venue planned and says how the wallet's balances changed. @throws Refused */
  execute(plan: SwapPlan, wallet: Keypair, input: Token, output: Token): Executed {
    const before = [this.balance(wallet.publicKey, input), this.balance(wallet.publicKey, output)] as const
    const computeUnits = this.send(plan.instructions.map(asWeb3), [wallet])
    return {
      amountIn: before[0] - this.balance(wallet.publicKey, input),
      amountOut: this.balance(wallet.publicKey, output) - before[1],
      computeUnits,
    }
  }

  /** Compute units used. @throws Refused */
  send(instructions: readonly TransactionInstruction[], signers: readonly Keypair[]): number {
    const message = new TransactionMessage({
      payerKey: this.payer.publicKey,
      recentBlockhash: this.svm.latestBlockhash(),
      instructions: [ComputeBudgetProgram.setComputeUnitLimit({ units: 1_400_000 }), ...instructions],
    }).compileToV0Message()
    const transaction = new VersionedTransaction(message)
    transaction.sign([this.payer, ...signers])
    const wire = transaction.serialize()
    if (wire.length > 1_232) throw new RangeError(`a transaction of ${wire.length} bytes`)
    const result = this.svm.sendTransaction(getTransactionDecoder().decode(wire))
    if (result instanceof FailedTransactionMetadata) throw new Refused(result.toString(), result.meta().logs())
    return Number(result.computeUnitsConsumed())
  }
}

export interface Executed {
  readonly amountIn: bigint
  readonly amountOut: bigint
  readonly computeUnits: number
}

/** As web3.js wants it. */
export function asWeb3(instruction: Instruction): TransactionInstruction {
  return new TransactionInstruction({
    programId: new PublicKey(instruction.programId),
    keys: instruction.accounts.map(({ address, signer, writable }) => ({
      pubkey: new PublicKey(address),
      isSigner: signer,
      isWritable: writable,
    })),
    data: Buffer.from(instruction.data),
  })
}
