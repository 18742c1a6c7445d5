import {
  ClmmConfigLayout,
  ClmmInstrument,
  getPdaAmmConfigId,
  getPdaExBitmapAccount,
  getPdaPoolId,
  PoolInfoLayout,
} from '@raydium-io/raydium-sdk-v2'
import { PublicKey, type TransactionInstruction } from '@solana/web3.js'
import BN from 'bn.js'
import type { AccountFilter, ChainAccount, PoolLiquidity } from '../../../../core/index.ts'
import type { Batch } from './batch.ts'
import { computeClmmSwap, isClmmFeeOnInput } from './clmm-math.ts'
import type { ClmmFacts } from './clmm-state.ts'
import { TickArrays, type TickPlace } from './clmm-ticks.ts'
import {
  directionOf,
  type OpenPool,
  type PoolKind,
  type PoolState,
  type Side,
  type SwapOrder,
  type SwapResult,
} from './pool.ts'
import type { TokenMint } from './token-mints.ts'
import { bn, CONFIGS_MAX, FEE_RATE_PER_BPS, fromBn, MAX_UNITS } from './units.ts'

/** Bit of the pool's status that stops swaps. */
const SWAP_DISABLED = 1 << 4
const COMPUTE_UNITS = 120_000

/** Raydium CLMM: concentrated liquidity, pools derived from configuration and mints. */
export class ClmmKind implements PoolKind {
  readonly programId: string
  readonly #program: PublicKey
  readonly #tickArrays: TickArrays

  constructor(programId: string) {
    this.programId = programId
    this.#program = new PublicKey(programId)
    this.#tickArrays = new TickArrays(this.#program)
  }

  derived(mintA: string, mintB: string): readonly string[] {
    const [a, b] = [new PublicKey(mintA), new PublicKey(mintB)]
    return Array.from({ length: CONFIGS_MAX }, (_, index) => {
      const config = getPdaAmmConfigId(this.#program, index).publicKey
      const pool = getPdaPoolId(this.#program, config, a, b).publicKey
      // With its bitmap extension, so that the tick arrays it needs are known after the first round.
      return [pool, getPdaExBitmapAccount(this.#program, pool).publicKey].map(key => key.toBase58())
    }).flat()
  }

  searches(mintA: string, mintB: string): readonly (readonly AccountFilter[])[] {
    return [
      [
        { dataSize: PoolInfoLayout.span },
        { memcmp: { offset: PoolInfoLayout.offsetOf('mintA'), bytes: mintA } },
        { memcmp: { offset: PoolInfoLayout.offsetOf('mintB'), bytes: mintB } },
      ],
    ]
  }

  open(account: ChainAccount, inputMint: string, outputMint: string): OpenPool | undefined {
    if (account.owner !== this.programId || account.data.length !== PoolInfoLayout.span) return undefined
    const pool = PoolInfoLayout.decode(Buffer.from(account.data))
    const direction = directionOf(pool, inputMint, outputMint)
    if (direction === undefined) return undefined
    const zeroForOne = direction === 'a-to-b'
    const poolId = new PublicKey(account.address)
    const extensionAddress = this.#tickArrays.extensionAddress(poolId)
    const extension = extensionAddress.toBase58()
    const placeIn = (batch: Batch): TickPlace => ({ poolId, pool, extension: batch.get(extension) })
    return {
      needs: batch => [
        pool.configId.toBase58(),
        extension,
        ...this.#tickArrays.ahead(placeIn(batch), zeroForOne).map(key => key.toBase58()),
      ],
      state: batch => {
        const config = batch.get(pool.configId.toBase58())
        const [mintA, mintB] = [batch.mint(pool.mintA.toBase58()), batch.mint(pool.mintB.toBase58())]
        if (config === undefined || mintA === undefined || mintB === undefined) return undefined
        const { unix_s } = batch.time
        const isOpen = unix_s > fromBn(pool.startTime) && (pool.status & SWAP_DISABLED) === 0
        if (!isOpen || mintA.hasTransferHook || mintB.hasTransferHook) return undefined
        const place = placeIn(batch)
        const ahead = this.#tickArrays.ahead(place, zeroForOne)
        return new ClmmState(account.address, zeroForOne ? [mintA, mintB] : [mintB, mintA], {
          program: this.#program,
          poolId,
          pool,
          config: ClmmConfigLayout.decode(Buffer.from(config.data)),
          bitmapExtension: this.#tickArrays.extension(place.extension),
          extensionAddress: place.extension === undefined ? undefined : extensionAddress,
          tickArrays: untilMissing(ahead.map(key => this.#tickArrays.decode(batch.get(key.toBase58())))),
          behind: this.#tickArrays.behind(place, zeroForOne),
          zeroForOne,
          unix_s,
        })
      },
    }
  }
}

class ClmmState implements PoolState {
  readonly address: string
  readonly label: string
  readonly feeBps: number
  readonly computeUnits = COMPUTE_UNITS
  readonly mid: { readonly input: bigint; readonly output: bigint }
  readonly input: Side
  readonly output: Side
  readonly #facts: ClmmFacts
  readonly #mints: readonly [TokenMint, TokenMint]

  constructor(address: string, mints: readonly [TokenMint, TokenMint], facts: ClmmFacts) {
    this.address = address
    this.#mints = mints
    this.#facts = facts
    // A dynamic fee comes on top, by the swap itself; this is what it never goes below.
    this.feeBps = facts.config.tradeFeeRate / FEE_RATE_PER_BPS
    this.label = `Raydium CLMM ${this.feeBps} bps`
    const square = fromBn(facts.pool.sqrtPriceX64) ** 2n
    const one = 1n << 128n
    this.mid = facts.zeroForOne ? { input: one, output: square } : { input: square, output: one }
    this.input = { mint: mints[0].address, tokenProgram: mints[0].tokenProgram }
    this.output = { mint: mints[1].address, tokenProgram: mints[1].tokenProgram }
  }

  get liquidity(): PoolLiquidity {
    const { pool, zeroForOne, tickArrays } = this.#facts
    const ticks = tickArrays.flatMap(({ value }) => {
      const initialized = value.ticks.filter(tick => !tick.liquidityGross.isZero())
      return (zeroForOne ? initialized.toReversed() : initialized).map(tick => ({
        index: tick.tick,
        liquidityNet: fromBn(tick.liquidityNet),
      }))
    })
    return {
      kind: 'concentrated',
      sqrtPriceX64: fromBn(pool.sqrtPriceX64),
      liquidity: fromBn(pool.liquidity),
      inputIsFirst: zeroForOne,
      ticks: ticks.filter(({ index }) => (zeroForOne ? index <= pool.tickCurrent : index > pool.tickCurrent)),
    }
  }

  swap(exact: 'in' | 'out', units: bigint): SwapResult | undefined {
    const [mintIn, mintOut] = this.#mints
    if (units <= 0n || units > MAX_UNITS) return undefined
    // The pool sees what arrives after the token's own fee, and has to send what arrives before it.
    const specified = exact === 'in' ? units - mintIn.feeOf(units) : mintOut.sentFor(units)
    const traded = computeClmmSwap(this.#facts, exact, specified)
    if (traded === undefined) return undefined
    const [entering, leaving] = exact === 'in' ? [specified, traded.calculated] : [traded.calculated, specified]
    const amountIn = exact === 'in' ? units : mintIn.sentFor(entering)
    const transferOut = mintOut.feeOf(leaving)
    if (leaving <= transferOut || amountIn > MAX_UNITS) return undefined
    return {
      amountIn,
      amountOut: leaving - transferOut,
      fees: [
        { kind: 'pool', side: isClmmFeeOnInput(this.#facts) ? 'input' : 'output', units: traded.fee },
        { kind: 'transfer', side: 'input', units: amountIn - entering },
        { kind: 'transfer', side: 'output', units: transferOut },
      ],
      extraAccounts: traded.tickArrays,
    }
  }

  instruction({
    exact,
    units,
    threshold,
    owner,
    inputAccount,
    outputAccount,
    swap,
  }: SwapOrder): TransactionInstruction {
    const { program, poolId, pool, zeroForOne, extensionAddress } = this.#facts
    const [vaultIn, vaultOut] = zeroForOne ? [pool.vaultA, pool.vaultB] : [pool.vaultB, pool.vaultA]
    return ClmmInstrument.swapV2Instruction(
      program,
      owner,
      poolId,
      pool.configId,
      inputAccount,
      outputAccount,
      vaultIn,
      vaultOut,
      this.input.mint,
      this.output.mint,
      [...swap.extraAccounts],
      pool.observationId,
      bn(units),
      bn(threshold),
      new BN(0),
      exact === 'in',
      extensionAddress,
    )
  }
}

/** Behind an array that is not there nothing is known: the swap ends before it. */
function untilMissing<T>(arrays: readonly (T | undefined)[]): readonly T[] {
  const end = arrays.indexOf(undefined)
  return (end < 0 ? arrays : arrays.slice(0, end)).filter(array => array !== undefined)
}
