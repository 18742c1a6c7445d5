import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NATIVE_MINT, TOKEN_PROGRAM_ID } from '@solana/spl-token'
import type { Token } from '../../../../core/index.ts'
import { accountFileText } from '../../../../core/localnet/clone/account-file.ts'
import { writeAmmV4Pool } from './amm-v4-pool.ts'
import { createClmmPool } from './clmm-pool.ts'
import { createCpmmPool } from './cpmm-pool.ts'
import { AMM_V4, CLMM, CPMM, programBytes, WHIRLPOOL } from './programs.ts'
import { TestChain } from './test-chain.ts'
import { newToken, SOL } from './tokens.ts'
import { WhirlpoolMaker } from './whirlpool.ts'

export const PROGRAMS = [WHIRLPOOL, CPMM, CLMM, AMM_V4]
/** Before the embedded market's first hour, so that every pool is open there. */
const MADE_S = 1_600_000_000n
/** The embedded market's own mint: whoever is funded there can trade here. */
const USDC: Token = {
  cluster: 'test',
  mint: 'BCorVm6gZrv5hb4SiKEsuMvFtrFEpd51VbwiaAD2AhWa',
  symbol: 'USDC',
  decimals: 6,
  program: 'spl-token',
}
/** USDC units for a lamport, as in 150 USDC for a SOL. */
const PRICE = 0.15
/** Ticks from the price to both ends of a position; a multiple of every tick spacing in use. */
const REACH = 6_400
/** About as much as the reserves below, within a position's range. */
const LIQUIDITY = 7_000_000_000_000n
const RESERVES = { SOL: 5_000_000_000_000n, USDC: 750_000_000_000n }
/** For tokens that only lie beside: a million of them, and 10 SOL for a thousand. */
const SIDE = 1_000_000_000_000n

export interface RealMarket {
  /** Pools of SOL/USDC by the label a venue gives them. */
  readonly pools: Readonly<Record<'orca' | 'clmm' | 'cpmm' | 'ammV4', string>>
  readonly orcaConfig: string
  /** ALT trades against USDC alone, in a CPMM pool; MID against SOL alone, in an AMM v4 pool. */
  readonly tokens: readonly Token[]
  /** Every file written, by address. */
  readonly addresses: readonly string[]
}

/**
 * Writes a market of the real programs in the files that `localnet start --load` takes: SOL/USDC in one pool of each
 * kind, and two tokens that are reached over two hops only.
 */
export function writeRealMarket(folder: string): RealMarket {
  const chain = new TestChain(PROGRAMS, MADE_S)
  chain.setMint(USDC.mint, USDC.decimals)
  const [alt, mid] = [newToken(chain, 'ALT', 6), newToken(chain, 'MID', 9)]
  const maker = chain.wallet([USDC, alt, mid])
  chain.wrapSol(maker, 4n * RESERVES.SOL)
  const whirlpools = new WhirlpoolMaker(chain, maker)
  const shape = concentrated()
  const orca = whirlpools.create([SOL, USDC], { ...shape, tickSpacing: 64, feeRate: 2_000 })
  const clmm = createClmmPool(chain, maker, [SOL, USDC], {
    ...shape,
    configIndex: 1,
    tickSpacing: 10,
    tradeFeeRate: 2_500,
  })
  const cpmm = createCpmmPool(chain, maker, [
    [SOL, RESERVES.SOL],
    [USDC, RESERVES.USDC],
  ])
  const ammV4 = writeAmmV4Pool(chain, SOL, USDC, [RESERVES.SOL, RESERVES.USDC])
  createCpmmPool(chain, maker, [
    [alt, SIDE],
    [USDC, SIDE],
  ])
  writeAmmV4Pool(chain, SOL, mid, [SIDE, 100n * SIDE])
  const own = [NATIVE_MINT.toBase58(), USDC.mint]
  const accounts = chain
    .accountsOf([...PROGRAMS, TOKEN_PROGRAM_ID.toBase58()])
    .filter(({ address }) => !own.includes(address))
  for (const { address, lamports, owner, data } of accounts) {
    const base64 = Buffer.from(data).toString('base64')
    const text = accountFileText(address, { lamports, owner, data: [base64, 'base64'], executable: false })
    writeFileSync(join(folder, `${address}.json`), text)
  }
  for (const program of PROGRAMS) writeFileSync(join(folder, `${program}.so`), programBytes(program))
  return {
    pools: { orca, clmm, cpmm, ammV4 },
    orcaConfig: whirlpools.config.toBase58(),
    tokens: [SOL, USDC, alt, mid],
    addresses: [...PROGRAMS, ...accounts.map(({ address }) => address)],
  }
}

/** A cluster profile of one's own for a chain that has this market; in JSON, which is YAML. */
export function profileOf(market: RealMarket, rpcUrl: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    name: 'elsewhere',
    genesisHash: 'private',
    rpcUrls: [rpcUrl],
    programs: {
      orcaWhirlpool: WHIRLPOOL,
      orcaConfig: market.orcaConfig,
      raydiumAmmV4: AMM_V4,
      raydiumCpmm: CPMM,
      raydiumClmm: CLMM,
    },
    tokens: market.tokens.map(({ symbol, mint, decimals }) => ({ symbol, mint, decimals })),
    ...more,
  })
}

/** The price and one wide position around it, for programs that order the mints by their bytes: SOL before USDC. */
function concentrated() {
  const centre = Math.round(Math.log(PRICE) / Math.log(1.0001) / 320) * 320
  return {
    sqrtPriceX64: BigInt(Math.round(Math.sqrt(PRICE) * 2 ** 52)) << 12n,
    positions: [{ lower: centre - REACH, upper: centre + REACH, liquidity: LIQUIDITY }],
  }
}
