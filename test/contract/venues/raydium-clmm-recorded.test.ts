import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ClmmConfigLayout,
  getPdaExBitmapAccount,
  getPdaTickArrayAddress,
  ObservationLayout,
  PoolInfoLayout,
  TickArrayBitmapExtensionLayout,
  TickArrayBitmapUtil,
} from '@raydium-io/raydium-sdk-v2'
import { PublicKey } from '@solana/web3.js'
import BN from 'bn.js'
import { afterAll, describe, expect, test } from 'vitest'
import { SOL_MINT, type Token } from '../../../core/index.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { createRaydiumVenue } from '../../../plugins/execution/raydium/venue.ts'
import { anchorAccount } from './chain/anchor-account.ts'
import { keepingLog } from './chain/keeping-log.ts'
import { CLMM, hasProgram, recordedFolder } from './chain/programs.ts'
import { TestChain } from './chain/test-chain.ts'
import { CaseBook, NEVER, proveSwap } from './chain/truth.ts'

const SOL: Token = { cluster: 'recorded', mint: SOL_MINT, symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { ...SOL, mint: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', symbol: 'USDC', decimals: 6 }

interface Recording {
  readonly pool_address: string
  readonly pool_b64: string
  readonly tick_arrays: readonly { readonly address: string; readonly data_b64: string }[]
  readonly swap: {
    readonly block_time: number
    readonly amount: number
    readonly is_base_input: boolean
    readonly zero_for_one: boolean
    readonly observed_amount_in: number
    readonly observed_amount_out: number
  }
}

/** The mainnet state before a swap; configuration, observations, bitmap extension and vault balances are made up. */
function replay(recording: Recording) {
  const chain = new TestChain([CLMM], BigInt(recording.swap.block_time))
  const poolId = new PublicKey(recording.pool_address)
  const data = Buffer.from(recording.pool_b64, 'base64')
  const pool = PoolInfoLayout.decode(data)
  chain.setAccount(recording.pool_address, CLMM, data)
  for (const array of recording.tick_arrays)
    chain.setAccount(array.address, CLMM, Buffer.from(array.data_b64, 'base64'))
  const config = {
    bump: 0,
    index: 8,
    owner: PublicKey.default,
    protocolFeeRate: 120_000,
    tradeFeeRate: 400,
    tickSpacing: 1,
    fundFeeRate: 40_000,
    fundOwner: PublicKey.default,
  }
  chain.setAccount(pool.configId.toBase58(), CLMM, anchorAccount('AmmConfig', ClmmConfigLayout, config))
  const observation = {
    initialized: true,
    recentEpoch: new BN(0),
    observationIndex: 0,
    poolId,
    observations: Array.from({ length: 100 }, () => ({ blockTimestamp: 0, tickCumulative: new BN(0) })),
  }
  chain.setAccount(
    pool.observationId.toBase58(),
    CLMM,
    anchorAccount('ObservationState', ObservationLayout, observation),
  )
  const bitmap = { poolId, positiveTickArrayBitmap: Buffer.alloc(896), negativeTickArrayBitmap: Buffer.alloc(896) }
  const extension = getPdaExBitmapAccount(new PublicKey(CLMM), poolId).publicKey.toBase58()
  chain.setAccount(extension, CLMM, anchorAccount('TickArrayBitmapExtension', TickArrayBitmapExtensionLayout, bitmap))
  // The array behind the price is named in the instruction but was not recorded: no recorded swap goes there.
  const behind = TickArrayBitmapUtil.findTickArrayStartIndex({
    tickSpacing: pool.tickSpacing,
    poolBitmap: pool.tickArrayBitmap,
    tickArrayBitmap: TickArrayBitmapExtensionLayout.decode(Buffer.alloc(TickArrayBitmapExtensionLayout.span)),
    findInfo: {
      type: recording.swap.zero_for_one ? 'oneForZero' : 'zeroForOne',
      count: 2,
      tickArrayCurrent: pool.tickCurrent,
    },
  })
  for (const start of behind) {
    const address = getPdaTickArrayAddress(new PublicKey(CLMM), poolId, start).publicKey.toBase58()
    if (chain.account(address) !== undefined) continue
    const empty = Buffer.alloc(10_240)
    Buffer.from(recording.tick_arrays[0]!.data_b64, 'base64').copy(empty, 0, 0, 40)
    empty.writeInt32LE(start, 40)
    chain.setAccount(address, CLMM, empty)
  }
  chain.setMint(USDC.mint, USDC.decimals)
  chain.setTokenAccount(pool.vaultA, pool.mintA, poolId, 2n ** 53n)
  chain.setTokenAccount(pool.vaultB, pool.mintB, poolId, 2n ** 53n)
  const venue = createRaydiumVenue({
    accounts: chain.accounts,
    clock: createVirtualClock({ start_ms: recording.swap.block_time * 1_000 }),
    log: keepingLog(),
    programs: { clmm: CLMM },
  })
  return { chain, venue, wallet: chain.wallet([SOL, USDC]) }
}

const folder = hasProgram(CLMM) ? recordedFolder('raydium-clmm') : undefined

describe.skipIf(folder === undefined)('Raydium CLMM on recorded mainnet swaps', () => {
  const book = new CaseBook()
  afterAll(() => book.print('Raydium CLMM, recorded mainnet swaps', [CLMM]))

  const files = folder === undefined ? [] : readdirSync(folder).filter(file => file.startsWith('swap_'))
  for (const file of files) {
    const recording: Recording = JSON.parse(readFileSync(join(folder!, file), 'utf8'))
    const { swap } = recording
    const sides = swap.zero_for_one ? ([SOL, USDC] as const) : ([USDC, SOL] as const)

    test(`${file} gives mainnet's amounts, quoted and executed`, async () => {
      expect(swap.is_base_input).toBe(true)
      const quote = await proveSwap({ ...replay(recording), book }, 'clmm', sides, 'in', BigInt(swap.amount))
      expect(quote.input.units).toBe(BigInt(swap.observed_amount_in))
      expect(quote.output.units).toBe(BigInt(swap.observed_amount_out))
    })

    test(`${file} gives the same amount when what came out is asked for exactly`, async () => {
      const wanted = BigInt(swap.observed_amount_out)
      const quote = await proveSwap({ ...replay(recording), book }, 'clmm', sides, 'out', wanted)
      expect(quote.input.units <= BigInt(swap.observed_amount_in)).toBe(true)
    })
  }

  test('a size beyond the recorded tick arrays is no route, without a throw', async () => {
    const { venue } = replay(JSON.parse(readFileSync(join(folder!, files[0]!), 'utf8')))
    const request = { input: SOL, output: USDC, exact: 'in', slippageBps: 50 } as const
    expect(await venue.quote({ ...request, amount: { token: SOL, units: 2n ** 62n } }, NEVER)).toBeUndefined()
    const out = { ...request, exact: 'out', amount: { token: USDC, units: 2n ** 62n } } as const
    expect(await venue.quote(out, NEVER)).toBeUndefined()
  })
})
