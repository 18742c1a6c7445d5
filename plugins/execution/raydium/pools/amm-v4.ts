import {
  type AmmV4Keys,
  getLiquidityAssociatedAuthority,
  liquidityStateV4Layout,
  makeAMMSwapInstruction,
} from '@raydium-io/raydium-sdk-v2'
import { TOKEN_PROGRAM_ID } from '@solana/spl-token'
import { PublicKey, type TransactionInstruction } from '@solana/web3.js'
import type { AccountFilter, ChainAccount, PoolLiquidity } from '../../../../core/index.ts'
import {
  directionOf,
  type OpenPool,
  type PoolKind,
  type PoolState,
  type Side,
  type SwapOrder,
  type SwapResult,
} from './pool.ts'
import { bn, fromBn, MAX_UNITS } from './units.ts'

type PoolInfo = ReturnType<typeof liquidityStateV4Layout.decode>

/** States in which a pool swaps from its vaults alone. State 1 also trades through an order book: left out. */
const STATUS = { swapOnly: 6n, waiting: 7n } as const
const COMPUTE_UNITS = 60_000

/** Raydium AMM v4: constant product over the vaults. Its pools are derived from a market, so they must be searched. */
export class AmmV4Kind implements PoolKind {
  readonly programId: string
  readonly #program: PublicKey
  readonly #authority: PublicKey

  constructor(programId: string) {
    this.programId = programId
    this.#program = new PublicKey(programId)
    this.#authority = getLiquidityAssociatedAuthority({ programId: this.#program }).publicKey
  }

  derived(): readonly string[] {
    return []
  }

  searches(mintA: string, mintB: string): readonly (readonly AccountFilter[])[] {
    const [base, quote] = [liquidityStateV4Layout.offsetOf('baseMint'), liquidityStateV4Layout.offsetOf('quoteMint')]
    return [
      [mintA, mintB],
      [mintB, mintA],
    ].map(([baseMint, quoteMint]) => [
      { dataSize: liquidityStateV4Layout.span },
      { memcmp: { offset: base, bytes: baseMint! } },
      { memcmp: { offset: quote, bytes: quoteMint! } },
    ])
  }

  open(account: ChainAccount, inputMint: string, outputMint: string): OpenPool | undefined {
    if (account.owner !== this.programId || account.data.length !== liquidityStateV4Layout.span) return undefined
    const pool = liquidityStateV4Layout.decode(Buffer.from(account.data))
    const direction = directionOf({ mintA: pool.baseMint, mintB: pool.quoteMint }, inputMint, outputMint)
    if (direction === undefined) return undefined
    return {
      needs: () => [pool.baseVault.toBase58(), pool.quoteVault.toBase58()],
      state: batch => {
        const base = batch.tokenAmount(pool.baseVault.toBase58())
        const quote = batch.tokenAmount(pool.quoteVault.toBase58())
        if (base === undefined || quote === undefined || !isSwapping(pool, batch.time.unix_s)) return undefined
        const reserves = [base - fromBn(pool.baseNeedTakePnl), quote - fromBn(pool.quoteNeedTakePnl)] as const
        if (reserves[0] <= 0n || reserves[1] <= 0n) return undefined
        return new AmmV4State(account.address, this.#program, this.#authority, pool, direction === 'a-to-b', reserves)
      },
    }
  }
}

/** Whether swaps pass now; a waiting pool opens by itself at its time. */
function isSwapping(pool: PoolInfo, now_s: bigint): boolean {
  const status = fromBn(pool.status)
  if (status === STATUS.waiting) return now_s >= fromBn(pool.poolOpenTime)
  return status === STATUS.swapOnly
}

class AmmV4State implements PoolState {
  readonly address: string
  readonly label: string
  readonly feeBps: number
  readonly computeUnits = COMPUTE_UNITS
  readonly mid: { readonly input: bigint; readonly output: bigint }
  readonly liquidity: PoolLiquidity
  readonly input: Side
  readonly output: Side
  readonly #program: PublicKey
  readonly #authority: PublicKey
  readonly #pool: PoolInfo
  readonly #reserveIn: bigint
  readonly #reserveOut: bigint
  /** The pool's own fee; the SDK takes 25 bps whatever the pool says. */
  readonly #fee: { readonly numerator: bigint; readonly denominator: bigint }

  constructor(
    address: string,
    program: PublicKey,
    authority: PublicKey,
    pool: PoolInfo,
    baseToQuote: boolean,
    reserves: readonly [bigint, bigint],
  ) {
    this.address = address
    this.#program = program
    this.#authority = authority
    this.#pool = pool
    const [reserveIn, reserveOut] = baseToQuote ? reserves : [reserves[1], reserves[0]]
    this.#reserveIn = reserveIn
    this.#reserveOut = reserveOut
    this.#fee = { numerator: fromBn(pool.swapFeeNumerator), denominator: fromBn(pool.swapFeeDenominator) }
    this.feeBps = (Number(this.#fee.numerator) * 10_000) / Number(this.#fee.denominator)
    this.label = `Raydium AMM v4 ${this.feeBps} bps`
    this.mid = { input: reserveIn, output: reserveOut }
    this.liquidity = { kind: 'constant-product', reserveIn, reserveOut }
    const [mintIn, mintOut] = baseToQuote ? [pool.baseMint, pool.quoteMint] : [pool.quoteMint, pool.baseMint]
    this.input = { mint: mintIn, tokenProgram: TOKEN_PROGRAM_ID }
    this.output = { mint: mintOut, tokenProgram: TOKEN_PROGRAM_ID }
  }

  /**
   * out = ⌊reserveOut × net ÷ (reserveIn + net)⌋ with net = in − fee; the other way each step rounds up.
   * Source: raydium-amm, `process_swap_base_in` and `process_swap_base_out`.
   */
  swap(exact: 'in' | 'out', units: bigint): SwapResult | undefined {
    const { numerator, denominator } = this.#fee
    if (units <= 0n || (exact === 'out' && units >= this.#reserveOut)) return undefined
    const amountIn =
      exact === 'in'
        ? units
        : dividedUp(dividedUp(this.#reserveIn * units, this.#reserveOut - units) * denominator, denominator - numerator)
    if (amountIn === 0n || this.#reserveIn + amountIn > MAX_UNITS) return undefined
    const fee = dividedUp(amountIn * numerator, denominator)
    const net = amountIn - fee
    const amountOut = exact === 'out' ? units : (this.#reserveOut * net) / (this.#reserveIn + net)
    if (amountOut === 0n) return undefined
    return { amountIn, amountOut, fees: [{ kind: 'pool', side: 'input', units: fee }], extraAccounts: [] }
  }

  /**
   * The first version of the swap: every deployment knows it, while the second, which leaves the order book out, is
   * refused by older ones. The program does not look at the book's accounts of a pool that has none, so the pool's own
   * address stands for those that are not in its state, or are empty there: the empty address is the system program's,
   * which no transaction may write.
   */
  instruction({ exact, units, threshold, owner, inputAccount, outputAccount }: SwapOrder): TransactionInstruction {
    const pool = this.#pool
    const kept = (key: PublicKey): string => (key.equals(PublicKey.default) ? this.address : key.toBase58())
    const poolKeys = {
      programId: this.#program.toBase58(),
      id: this.address,
      authority: this.#authority.toBase58(),
      openOrders: kept(pool.openOrders),
      targetOrders: kept(pool.targetOrders),
      vault: { A: pool.baseVault.toBase58(), B: pool.quoteVault.toBase58() },
      marketProgramId: kept(pool.marketProgramId),
      marketId: kept(pool.marketId),
      marketBids: this.address,
      marketAsks: this.address,
      marketEventQueue: this.address,
      marketBaseVault: this.address,
      marketQuoteVault: this.address,
      marketAuthority: this.address,
    }
    return makeAMMSwapInstruction({
      version: 4,
      poolKeys: poolKeys as AmmV4Keys,
      userKeys: { tokenAccountIn: inputAccount, tokenAccountOut: outputAccount, owner },
      amountIn: bn(exact === 'in' ? units : threshold),
      amountOut: bn(exact === 'in' ? threshold : units),
      fixedSide: exact,
    })
  }
}

/**
 * Division as the program rounds it: up, but a result below one half is zero, so that dust pays no fee. (The SDK
 * takes a whole unit there.) Source: spl-math 0.2, `CheckedCeilDiv`, as raydium-amm has it.
 */
function dividedUp(dividend: bigint, divisor: bigint): bigint {
  if (dividend < divisor) return dividend * 2n >= divisor ? 1n : 0n
  return (dividend + divisor - 1n) / divisor
}
