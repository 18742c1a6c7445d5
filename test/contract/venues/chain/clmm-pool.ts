import {
  ClmmConfigLayout,
  ClmmInstrument,
  getPdaAmmConfigId,
  getPdaExBitmapAccount,
  getPdaObservationAccount,
  getPdaPersonalPositionAddress,
  getPdaPoolId,
  getPdaPoolVaultId,
  getPdaProtocolPositionAddress,
  getPdaTickArrayAddress,
  TickArrayUtil,
} from '@raydium-io/raydium-sdk-v2'
import { getAssociatedTokenAddressSync, TOKEN_2022_PROGRAM_ID } from '@solana/spl-token'
import { Keypair, PublicKey } from '@solana/web3.js'
import BN from 'bn.js'
import type { Token } from '../../../../core/index.ts'
import { anchorAccount } from './anchor-account.ts'
import { CLMM } from './programs.ts'
import type { TestChain } from './test-chain.ts'

export interface ClmmPoolOptions {
  readonly configIndex: number
  readonly tickSpacing: number
  /** Hundredths of a basis point. */
  readonly tradeFeeRate: number
  readonly sqrtPriceX64: bigint
  readonly positions: readonly { readonly lower: number; readonly upper: number; readonly liquidity: bigint }[]
}

const U64_MAX = new BN((2n ** 62n).toString())

/** A pool made by the program's own instructions on a configuration that is written; answers its address. */
export function createClmmPool(
  chain: TestChain,
  creator: Keypair,
  tokens: readonly [Token, Token],
  options: ClmmPoolOptions,
): string {
  const program = new PublicKey(CLMM)
  const config = getPdaAmmConfigId(program, options.configIndex).publicKey
  const fields = {
    bump: getPdaAmmConfigId(program, options.configIndex).nonce,
    index: options.configIndex,
    owner: PublicKey.default,
    protocolFeeRate: 120_000,
    tradeFeeRate: options.tradeFeeRate,
    tickSpacing: options.tickSpacing,
    fundFeeRate: 40_000,
    fundOwner: PublicKey.default,
  }
  chain.setAccount(config.toBase58(), CLMM, anchorAccount('AmmConfig', ClmmConfigLayout, fields))
  const [mintA, mintB] = tokens
    .map(token => new PublicKey(token.mint))
    .toSorted((a, b) => Buffer.compare(a.toBuffer(), b.toBuffer())) as [PublicKey, PublicKey]
  const pool = getPdaPoolId(program, config, mintA, mintB).publicKey
  const [vaultA, vaultB] = [mintA, mintB].map(mint => getPdaPoolVaultId(program, pool, mint).publicKey) as Two
  const [programA, programB] = [mintA, mintB].map(mint => new PublicKey(chain.account(mint.toBase58())!.owner)) as Two
  const extension = getPdaExBitmapAccount(program, pool).publicKey
  chain.send(
    [
      ClmmInstrument.createPoolInstruction(
        program,
        pool,
        creator.publicKey,
        config,
        getPdaObservationAccount(program, pool).publicKey,
        mintA,
        vaultA,
        programA,
        mintB,
        vaultB,
        programB,
        extension,
        new BN(options.sqrtPriceX64.toString()),
        undefined,
      ),
    ],
    [creator],
  )
  for (const { lower, upper, liquidity } of options.positions) {
    const nft = Keypair.generate()
    const [lowerStart, upperStart] = [lower, upper].map(tick =>
      TickArrayUtil.getTickArrayStartIndex(tick, options.tickSpacing),
    ) as [number, number]
    const protocolPosition = getPdaProtocolPositionAddress(program, pool, lower, upper).publicKey
    const instruction = ClmmInstrument.openPositionWithToken22NftInstruction(
      program,
      creator.publicKey,
      pool,
      creator.publicKey,
      nft.publicKey,
      getAssociatedTokenAddressSync(nft.publicKey, creator.publicKey, false, TOKEN_2022_PROGRAM_ID),
      protocolPosition,
      getPdaTickArrayAddress(program, pool, lowerStart).publicKey,
      getPdaTickArrayAddress(program, pool, upperStart).publicKey,
      getPdaPersonalPositionAddress(program, nft.publicKey).publicKey,
      getAssociatedTokenAddressSync(mintA, creator.publicKey, false, programA),
      getAssociatedTokenAddressSync(mintB, creator.publicKey, false, programB),
      vaultA,
      vaultB,
      mintA,
      mintB,
      lower,
      upper,
      lowerStart,
      upperStart,
      new BN(liquidity.toString()),
      U64_MAX,
      U64_MAX,
      false,
      null,
      extension,
    )
    // Deployments before 2026 still write the position that several owners of one range share.
    for (const key of instruction.keys) if (key.pubkey.equals(protocolPosition)) key.isWritable = true
    chain.send([instruction], [creator, nft])
  }
  return pool.toBase58()
}

type Two = [PublicKey, PublicKey]
