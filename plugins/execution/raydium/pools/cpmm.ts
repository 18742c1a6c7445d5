import {
  CpmmConfigInfoLayout,
  CpmmPoolInfoLayout,
  CurveCalculator,
  getCpmmPdaAmmConfigId,
  getCpmmPdaPoolId,
  getPdaPoolAuthority,
  makeSwapCpmmBaseInInstruction,
  makeSwapCpmmBaseOutInstruction,
} from '@raydium-io/raydium-sdk-v2'
import { PublicKey, type TransactionInstruction } from '@solana/web3.js'
import type { AccountFilter, ChainAccount, PoolLiquidity } from '../../../../core/index.ts'
import type { Batch } from './batch.ts'
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

type PoolInfo = ReturnType<typeof CpmmPoolInfoLayout.decode>
type ConfigInfo = ReturnType<typeof CpmmConfigInfoLayout.decode>

/** Bit of the pool's status that stops swaps. */
const SWAP_DISABLED = 1 << 2
/** Who pays the creator: both sides (of what goes in), only the first token, only the second. */
const CREATOR_FEE_ON = { input: 0, first: 1, second: 2 } as const
const COMPUTE_UNITS = 80_000

/** Raydium CPMM: constant product, pools derived from configuration and mints or created at any address. */
export class CpmmKind implements PoolKind {
  readonly programId: string
  readonly #program: PublicKey
  readonly #authority: PublicKey

  constructor(programId: string) {
    this.programId = programId
    this.#program = new PublicKey(programId)
    this.#authority = getPdaPoolAuthority(this.#program).publicKey
  }

  derived(mintA: string, mintB: string): readonly string[] {
    const [a, b] = [new PublicKey(mintA), new PublicKey(mintB)]
    return Array.from({ length: CONFIGS_MAX }, (_, index) => {
      const config = getCpmmPdaAmmConfigId(this.#program, index).publicKey
      return getCpmmPdaPoolId(this.#program, config, a, b).publicKey.toBase58()
    })
  }

  searches(mintA: string, mintB: string): readonly (readonly AccountFilter[])[] {
    return [
      [
        { dataSize: CpmmPoolInfoLayout.span },
        { memcmp: { offset: CpmmPoolInfoLayout.offsetOf('mintA'), bytes: mintA } },
        { memcmp: { offset: CpmmPoolInfoLayout.offsetOf('mintB'), bytes: mintB } },
      ],
    ]
  }

  open(account: ChainAccount, inputMint: string, outputMint: string): OpenPool | undefined {
    if (account.owner !== this.programId || account.data.length !== CpmmPoolInfoLayout.span) return undefined
    const pool = CpmmPoolInfoLayout.decode(Buffer.from(account.data))
    const direction = directionOf(pool, inputMint, outputMint)
    if (direction === undefined) return undefined
    const needs = [pool.configId, pool.vaultA, pool.vaultB].map(key => key.toBase58())
    return {
      needs: () => needs,
      state: batch => {
        const config = batch.get(pool.configId.toBase58())
        const [mintA, mintB] = [batch.mint(pool.mintA.toBase58()), batch.mint(pool.mintB.toBase58())]
        const reserves = reservesOf(pool, batch)
        if (config === undefined || mintA === undefined || mintB === undefined || reserves === undefined)
          return undefined
        // A pool just created refuses swaps until its open time.
        const isOpen = fromBn(pool.openTime) <= batch.time.unix_s && (pool.status & SWAP_DISABLED) === 0
        if (!isOpen || mintA.hasTransferHook || mintB.hasTransferHook) return undefined
        return new CpmmState({
          address: account.address,
          program: this.#program,
          authority: this.#authority,
          pool,
          config: CpmmConfigInfoLayout.decode(Buffer.from(config.data)),
          aToB: direction === 'a-to-b',
          mints: [mintA, mintB],
          reserves,
        })
      },
    }
  }
}

interface CpmmFacts {
  readonly address: string
  readonly program: PublicKey
  readonly authority: PublicKey
  readonly pool: PoolInfo
  readonly config: ConfigInfo
  readonly aToB: boolean
  readonly mints: readonly [TokenMint, TokenMint]
  readonly reserves: readonly [bigint, bigint]
}

class CpmmState implements PoolState {
  readonly address: string
  readonly label: string
  readonly feeBps: number
  readonly computeUnits = COMPUTE_UNITS
  readonly mid: { readonly input: bigint; readonly output: bigint }
  readonly liquidity: PoolLiquidity
  readonly input: Side
  readonly output: Side
  readonly #facts: CpmmFacts
  readonly #mints: readonly [TokenMint, TokenMint]
  readonly #reserves: readonly [bigint, bigint]
  readonly #creatorFeeRate: bigint
  readonly #isCreatorFeeOnInput: boolean

  constructor(facts: CpmmFacts) {
    this.#facts = facts
    const { pool, config, aToB, mints, reserves } = facts
    this.#mints = aToB ? mints : [mints[1], mints[0]]
    this.#reserves = aToB ? reserves : [reserves[1], reserves[0]]
    // The SDK ignores both the pool's switch and, for a fee on one token only, the direction of the swap.
    this.#creatorFeeRate = pool.enableCreatorFee ? fromBn(config.creatorFeeRate) : 0n
    this.#isCreatorFeeOnInput = pool.feeOn === CREATOR_FEE_ON.input || (pool.feeOn === CREATOR_FEE_ON.first) === aToB
    this.address = facts.address
    this.feeBps = (Number(config.tradeFeeRate) + Number(this.#creatorFeeRate)) / FEE_RATE_PER_BPS
    this.label = `Raydium CPMM ${this.feeBps} bps`
    this.mid = { input: this.#reserves[0], output: this.#reserves[1] }
    this.liquidity = { kind: 'constant-product', reserveIn: this.#reserves[0], reserveOut: this.#reserves[1] }
    this.input = { mint: this.#mints[0].address, tokenProgram: this.#mints[0].tokenProgram }
    this.output = { mint: this.#mints[1].address, tokenProgram: this.#mints[1].tokenProgram }
  }

  swap(exact: 'in' | 'out', units: bigint): SwapResult | undefined {
    const [mintIn, mintOut] = this.#mints
    if (units <= 0n || units > MAX_UNITS) return undefined
    if (exact === 'in') {
      const transferIn = mintIn.feeOf(units)
      if (units === transferIn) return undefined
      const result = this.#compute('in', units - transferIn)
      return this.#result(units, transferIn, result)
    }
    const leaving = mintOut.sentFor(units)
    // The program rounds an input below half a unit to none, and then refuses it; the SDK takes a whole unit.
    const isDust = this.#reserves[0] * leaving * 2n < this.#reserves[1] - leaving
    if (leaving >= this.#reserves[1] || isDust) return undefined
    const result = this.#compute('out', leaving)
    const entering = fromBn(result.inputAmount)
    const sent = mintIn.sentFor(entering)
    return this.#result(sent, sent - entering, result)
  }

  instruction({ exact, units, threshold, owner, inputAccount, outputAccount }: SwapOrder): TransactionInstruction {
    const { program, authority, pool, aToB, address } = this.#facts
    const make = exact === 'in' ? makeSwapCpmmBaseInInstruction : makeSwapCpmmBaseOutInstruction
    const [vaultIn, vaultOut] = aToB ? [pool.vaultA, pool.vaultB] : [pool.vaultB, pool.vaultA]
    return make(
      program,
      owner,
      authority,
      pool.configId,
      new PublicKey(address),
      inputAccount,
      outputAccount,
      vaultIn,
      vaultOut,
      this.input.tokenProgram,
      this.output.tokenProgram,
      this.input.mint,
      this.output.mint,
      pool.observationId,
      bn(exact === 'in' ? units : threshold),
      bn(exact === 'in' ? threshold : units),
    )
  }

  #compute(exact: 'in' | 'out', units: bigint): ReturnType<typeof CurveCalculator.swapBaseInput> {
    const { config } = this.#facts
    const rates = [config.tradeFeeRate, bn(this.#creatorFeeRate), config.protocolFeeRate, config.fundFeeRate] as const
    const reserves = [bn(this.#reserves[0]), bn(this.#reserves[1])] as const
    return exact === 'in'
      ? CurveCalculator.swapBaseInput(bn(units), ...reserves, ...rates, this.#isCreatorFeeOnInput)
      : CurveCalculator.swapBaseOutput(bn(units), ...reserves, ...rates, this.#isCreatorFeeOnInput)
  }

  #result(
    amountIn: bigint,
    transferIn: bigint,
    result: ReturnType<typeof CurveCalculator.swapBaseInput>,
  ): SwapResult | undefined {
    const leaving = fromBn(result.outputAmount)
    const transferOut = this.#mints[1].feeOf(leaving)
    if (leaving <= transferOut || this.#reserves[0] + amountIn > MAX_UNITS) return undefined
    return {
      amountIn,
      amountOut: leaving - transferOut,
      fees: [
        { kind: 'pool', side: 'input', units: fromBn(result.tradeFee) },
        { kind: 'creator', side: this.#isCreatorFeeOnInput ? 'input' : 'output', units: fromBn(result.creatorFee) },
        { kind: 'transfer', side: 'input', units: transferIn },
        { kind: 'transfer', side: 'output', units: transferOut },
      ],
      extraAccounts: [],
    }
  }
}

/** What trades: the vaults without the fees that lie in them. */
function reservesOf(pool: PoolInfo, batch: Batch): readonly [bigint, bigint] | undefined {
  const [vaultA, vaultB] = [batch.tokenAmount(pool.vaultA.toBase58()), batch.tokenAmount(pool.vaultB.toBase58())]
  if (vaultA === undefined || vaultB === undefined) return undefined
  const reserves = [
    vaultA - fromBn(pool.protocolFeesMintA) - fromBn(pool.fundFeesMintA) - fromBn(pool.creatorFeesMintA),
    vaultB - fromBn(pool.protocolFeesMintB) - fromBn(pool.fundFeesMintB) - fromBn(pool.creatorFeesMintB),
  ] as const
  return reserves[0] > 0n && reserves[1] > 0n ? reserves : undefined
}
