import { Program } from '@coral-xyz/anchor'
import { getAssociatedTokenAddressSync } from '@solana/spl-token'
import { Connection, Keypair, PublicKey } from '@solana/web3.js'
import BN from 'bn.js'
import type { Token } from '../../../../core/index.ts'
import { PDAUtil, TICK_ARRAY_SIZE, WHIRLPOOL_IDL, WhirlpoolIx } from '../../../../plugins/execution/orca/sdk.ts'
import { WHIRLPOOL } from './programs.ts'
import type { TestChain } from './test-chain.ts'

type WhirlpoolProgram = Parameters<typeof WhirlpoolIx.swapV2Ix>[0]
type Built = ReturnType<typeof WhirlpoolIx.swapV2Ix>

export interface WhirlpoolOptions {
  readonly tickSpacing: number
  /** Hundredths of a basis point. */
  readonly feeRate: number
  readonly sqrtPriceX64: bigint
  /** Adaptive fees by these constants, in a tier numbered 1024 + spacing; trading from a time on, if given. */
  readonly adaptive?: {
    readonly filterPeriod: number
    readonly decayPeriod: number
    readonly reductionFactor: number
    readonly controlFactor: number
    readonly maxVolatility: number
    readonly tradeEnable_s?: bigint
  }
  /** Tick arrays that only keep the ticks in use. */
  readonly dynamicTickArrays?: boolean
  readonly positions: readonly { readonly lower: number; readonly upper: number; readonly liquidity: bigint }[]
}

const MUCH = new BN((2n ** 62n).toString())

/** Makes pools by the program's own instructions, under a configuration that is written. */
export class WhirlpoolMaker {
  readonly config = Keypair.generate().publicKey
  readonly #chain: TestChain
  readonly #creator: Keypair
  readonly #programId = new PublicKey(WHIRLPOOL)
  readonly #program: WhirlpoolProgram

  constructor(chain: TestChain, creator: Keypair) {
    this.#chain = chain
    this.#creator = creator
    const connection = new Connection('http://unused.invalid')
    this.#program = new Program({ ...WHIRLPOOL_IDL, address: WHIRLPOOL }, { connection }) as unknown as WhirlpoolProgram
    // Three authorities, the protocol's share of fees (of 10,000), feature flags.
    const discriminator = WHIRLPOOL_IDL.accounts!.find(({ name }) => name === 'WhirlpoolsConfig')!.discriminator
    const authority = creator.publicKey.toBytes()
    const share = Buffer.from(new Uint16Array([1_300, 0]).buffer)
    const data = Buffer.concat([Buffer.from(discriminator), authority, authority, authority, share])
    chain.setAccount(this.config.toBase58(), WHIRLPOOL, data)
  }

  create(tokens: readonly [Token, Token], options: WhirlpoolOptions): string {
    const [tokenMintA, tokenMintB] = tokens
      .map(token => new PublicKey(token.mint))
      .toSorted((a, b) => Buffer.compare(a.toBuffer(), b.toBuffer())) as [PublicKey, PublicKey]
    const { tickSpacing } = options
    const tier = options.adaptive === undefined ? tickSpacing : 1_024 + tickSpacing
    const feeTierPda = PDAUtil.getFeeTier(this.#programId, this.config, tier)
    const whirlpoolPda = PDAUtil.getWhirlpool(this.#programId, this.config, tokenMintA, tokenMintB, tier)
    const vaults = { tokenVaultAKeypair: Keypair.generate(), tokenVaultBKeypair: Keypair.generate() }
    const programOf = (mint: PublicKey): PublicKey => new PublicKey(this.#chain.account(mint.toBase58())!.owner)
    const shared = {
      whirlpoolsConfig: this.config,
      whirlpoolPda,
      tokenMintA,
      tokenMintB,
      tokenBadgeA: PDAUtil.getTokenBadge(this.#programId, this.config, tokenMintA).publicKey,
      tokenBadgeB: PDAUtil.getTokenBadge(this.#programId, this.config, tokenMintB).publicKey,
      tokenProgramA: programOf(tokenMintA),
      tokenProgramB: programOf(tokenMintB),
      ...vaults,
      initSqrtPrice: new BN(options.sqrtPriceX64.toString()),
      funder: this.#creator.publicKey,
    }
    this.#createTier(options, tier, feeTierPda)
    if (options.adaptive === undefined)
      this.#run(
        WhirlpoolIx.initializePoolV2Ix(this.#program, { ...shared, feeTierKey: feeTierPda.publicKey, tickSpacing }),
        Object.values(vaults),
      )
    else
      this.#run(
        WhirlpoolIx.initializePoolWithAdaptiveFeeIx(this.#program, {
          ...shared,
          oraclePda: PDAUtil.getOracle(this.#programId, whirlpoolPda.publicKey),
          adaptiveFeeTierKey: feeTierPda.publicKey,
          initializePoolAuthority: this.#creator.publicKey,
          ...(options.adaptive.tradeEnable_s === undefined
            ? {}
            : { tradeEnableTimestamp: new BN(options.adaptive.tradeEnable_s.toString()) }),
        }),
        Object.values(vaults),
      )
    for (const position of options.positions) this.#open(whirlpoolPda.publicKey, shared, options, position)
    return whirlpoolPda.publicKey.toBase58()
  }

  #createTier(options: WhirlpoolOptions, tier: number, feeTierPda: ReturnType<typeof PDAUtil.getFeeTier>): void {
    if (this.#chain.account(feeTierPda.publicKey.toBase58()) !== undefined) return
    const { tickSpacing, feeRate, adaptive } = options
    const shared = {
      whirlpoolsConfig: this.config,
      feeTierPda,
      tickSpacing,
      feeAuthority: this.#creator.publicKey,
      funder: this.#creator.publicKey,
    }
    this.#run(
      adaptive === undefined
        ? WhirlpoolIx.initializeFeeTierIx(this.#program, { ...shared, defaultFeeRate: feeRate })
        : WhirlpoolIx.initializeAdaptiveFeeTierIx(this.#program, {
            ...shared,
            feeTierIndex: tier,
            // Only tiers of named pool creators may set a time for trading to start.
            ...(adaptive.tradeEnable_s === undefined ? {} : { initializePoolAuthority: this.#creator.publicKey }),
            defaultBaseFeeRate: feeRate,
            presetFilterPeriod: adaptive.filterPeriod,
            presetDecayPeriod: adaptive.decayPeriod,
            presetReductionFactor: adaptive.reductionFactor,
            presetAdaptiveFeeControlFactor: adaptive.controlFactor,
            presetMaxVolatilityAccumulator: adaptive.maxVolatility,
            presetTickGroupSize: tickSpacing,
            presetMajorSwapThresholdTicks: tickSpacing,
          }),
    )
  }

  #open(
    whirlpool: PublicKey,
    pool: {
      readonly tokenMintA: PublicKey
      readonly tokenMintB: PublicKey
      readonly tokenProgramA: PublicKey
      readonly tokenProgramB: PublicKey
      readonly tokenVaultAKeypair: Keypair
      readonly tokenVaultBKeypair: Keypair
    },
    { tickSpacing, dynamicTickArrays }: WhirlpoolOptions,
    { lower, upper, liquidity }: WhirlpoolOptions['positions'][number],
  ): void {
    const owner = this.#creator.publicKey
    const [tickArrayLower, tickArrayUpper] = [lower, upper].map(tick => {
      const span = tickSpacing * TICK_ARRAY_SIZE
      const startTick = Math.floor(tick / span) * span
      const tickArrayPda = PDAUtil.getTickArray(this.#programId, whirlpool, startTick)
      if (this.#chain.account(tickArrayPda.publicKey.toBase58()) === undefined) {
        const params = { whirlpool, tickArrayPda, startTick, funder: owner }
        this.#run(
          dynamicTickArrays === true
            ? WhirlpoolIx.initDynamicTickArrayIx(this.#program, params)
            : WhirlpoolIx.initTickArrayIx(this.#program, params),
        )
      }
      return tickArrayPda.publicKey
    }) as [PublicKey, PublicKey]
    const nft = Keypair.generate()
    const positionPda = PDAUtil.getPosition(this.#programId, nft.publicKey)
    const positionTokenAccount = getAssociatedTokenAddressSync(nft.publicKey, owner)
    this.#run(
      WhirlpoolIx.openPositionIx(this.#program, {
        whirlpool,
        owner,
        positionPda,
        positionMintAddress: nft.publicKey,
        positionTokenAccount,
        tickLowerIndex: lower,
        tickUpperIndex: upper,
        funder: owner,
      }),
      [nft],
    )
    this.#run(
      WhirlpoolIx.increaseLiquidityV2Ix(this.#program, {
        whirlpool,
        position: positionPda.publicKey,
        positionTokenAccount,
        positionAuthority: owner,
        tokenMintA: pool.tokenMintA,
        tokenMintB: pool.tokenMintB,
        tokenProgramA: pool.tokenProgramA,
        tokenProgramB: pool.tokenProgramB,
        tokenOwnerAccountA: getAssociatedTokenAddressSync(pool.tokenMintA, owner, false, pool.tokenProgramA),
        tokenOwnerAccountB: getAssociatedTokenAddressSync(pool.tokenMintB, owner, false, pool.tokenProgramB),
        tokenVaultA: pool.tokenVaultAKeypair.publicKey,
        tokenVaultB: pool.tokenVaultBKeypair.publicKey,
        tickArrayLower,
        tickArrayUpper,
        liquidityAmount: new BN(liquidity.toString()),
        tokenMaxA: MUCH,
        tokenMaxB: MUCH,
      }),
    )
  }

  #run(built: Built, signers: readonly Keypair[] = []): void {
    this.#chain.send(built.instructions, [this.#creator, ...signers])
  }
}
