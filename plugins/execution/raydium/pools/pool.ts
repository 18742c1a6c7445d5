import type { PublicKey, TransactionInstruction } from '@solana/web3.js'
import type { AccountFilter, ChainAccount, PoolLiquidity, QuoteFee } from '../../../../core/index.ts'
import type { Batch } from './batch.ts'

/** A swap of a certain size on a certain state, in base units. */
export interface SwapResult {
  /** What leaves and reaches the wallet: transfer fees of the tokens are in both. */
  readonly amountIn: bigint
  readonly amountOut: bigint
  readonly fees: readonly {
    readonly kind: QuoteFee['kind']
    readonly side: 'input' | 'output'
    readonly units: bigint
  }[]
  /** Accounts the instruction names beside the pool's own. */
  readonly extraAccounts: readonly PublicKey[]
}

/** A pool and direction on the state of one slot. */
export interface PoolState {
  readonly address: string
  readonly label: string
  readonly feeBps: number
  readonly computeUnits: number
  readonly mid: { readonly input: bigint; readonly output: bigint }
  readonly liquidity: PoolLiquidity
  readonly input: Side
  readonly output: Side
  /** undefined when the pool has no route of that size. */
  swap(exact: 'in' | 'out', units: bigint): SwapResult | undefined
  instruction(order: SwapOrder): TransactionInstruction
}

export interface Side {
  readonly mint: PublicKey
  readonly tokenProgram: PublicKey
}

/** What the wallet signs: the amount that is fixed, the bound on the other one. */
export interface SwapOrder {
  readonly exact: 'in' | 'out'
  readonly units: bigint
  readonly threshold: bigint
  readonly owner: PublicKey
  readonly inputAccount: PublicKey
  readonly outputAccount: PublicKey
  readonly swap: SwapResult
}

/** A pool whose own account has been read. */
export interface OpenPool {
  /** Accounts a swap depends on beside the pool's own, as far as the batch tells. */
  needs(batch: Batch): readonly string[]
  /** undefined when it does not trade now, or what it needs is missing. */
  state(batch: Batch): PoolState | undefined
}

/** One of Raydium's programs: where its pools of a pair are, and how they trade. */
export interface PoolKind {
  readonly programId: string
  /** Where a pair's pools are if they exist; mints in the order of their bytes. */
  derived(mintA: string, mintB: string): readonly string[]
  /** Searches that find the other ones. */
  searches(mintA: string, mintB: string): readonly (readonly AccountFilter[])[]
  /** undefined when the account is no pool of this kind that trades this pair. */
  open(account: ChainAccount, inputMint: string, outputMint: string): OpenPool | undefined
}

/** The sides of a pool as a swap sees them; undefined when it trades another pair. */
export function directionOf(
  pool: { readonly mintA: PublicKey; readonly mintB: PublicKey },
  inputMint: string,
  outputMint: string,
): 'a-to-b' | 'b-to-a' | undefined {
  const [a, b] = [pool.mintA.toBase58(), pool.mintB.toBase58()]
  if (a === inputMint && b === outputMint) return 'a-to-b'
  return a === outputMint && b === inputMint ? 'b-to-a' : undefined
}
