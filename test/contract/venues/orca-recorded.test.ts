import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PublicKey } from '@solana/web3.js'
import { afterAll, describe, expect, test } from 'vitest'
import { SOL_MINT, type Token } from '../../../core/index.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { ParsableWhirlpool } from '../../../plugins/execution/orca/sdk.ts'
import { createOrcaVenue } from '../../../plugins/execution/orca/venue.ts'
import { hasProgram, recordedFolder, WHIRLPOOL } from './chain/programs.ts'
import { TestChain } from './chain/test-chain.ts'
import { CaseBook, NEVER, proveSwap } from './chain/truth.ts'

const CONFIG = '2LecshUwdy9xi7meFgHtFJQNSKk4KdTrcpvaB56dP2NQ'
const SOL: Token = { cluster: 'recorded', mint: SOL_MINT, symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = {
  ...SOL,
  mint: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
  symbol: 'USDC',
  decimals: 6,
}

interface Recording {
  readonly pool: string
  readonly unixTime: number
  readonly swaps: readonly { readonly input: 'SOL' | 'USDC'; readonly amountIn: string; readonly amountOut: string }[]
  readonly accounts: readonly { readonly pubkey: string; readonly data: string }[]
}

/** The mainnet state of a pool, with the vaults full and mints made up. */
function replay(recording: Recording) {
  const chain = new TestChain([WHIRLPOOL], BigInt(recording.unixTime))
  for (const { pubkey, data } of recording.accounts) chain.setAccount(pubkey, WHIRLPOOL, Buffer.from(data, 'base64'))
  chain.setMint(USDC.mint, USDC.decimals)
  const account = chain.account(recording.pool)!
  const pool = ParsableWhirlpool.parse(PublicKey.default, {
    ...account,
    data: Buffer.from(account.data),
    owner: new PublicKey(account.owner),
    lamports: 0,
    executable: false,
  })!
  const owner = new PublicKey(recording.pool)
  chain.setTokenAccount(pool.tokenVaultA, pool.tokenMintA, owner, 2n ** 53n)
  chain.setTokenAccount(pool.tokenVaultB, pool.tokenMintB, owner, 2n ** 53n)
  const venue = createOrcaVenue({
    accounts: chain.accounts,
    clock: createVirtualClock({ start_ms: recording.unixTime * 1_000 }),
    programs: { whirlpool: WHIRLPOOL, config: CONFIG },
  })
  return { chain, venue, wallet: chain.wallet([SOL, USDC]) }
}

const folder = hasProgram(WHIRLPOOL) ? recordedFolder('whirlpool') : undefined

describe.skipIf(folder === undefined)('Orca on recorded mainnet pools', () => {
  const book = new CaseBook()
  afterAll(() => book.print('Orca, recorded mainnet pools', [WHIRLPOOL]))

  for (const file of folder === undefined ? [] : readdirSync(folder)) {
    const recording: Recording = JSON.parse(readFileSync(join(folder!, file), 'utf8'))

    test(`${recording.pool} gives the recorded amounts, quoted and executed, in order`, async () => {
      const trader = { ...replay(recording), book }
      for (const { input, amountIn, amountOut } of recording.swaps) {
        const sides = input === 'SOL' ? ([SOL, USDC] as const) : ([USDC, SOL] as const)
        const quote = await proveSwap(trader, 'whirlpool', sides, 'in', BigInt(amountIn))
        expect(quote.output.units).toBe(BigInt(amountOut))
        expect(quote.route[0]?.pool).toBe(recording.pool)
      }
    })

    test(`${recording.pool} trades every size in both directions, exact in and exact out, as quoted`, async () => {
      const trader = { ...replay(recording), book }
      for (const exponent of [3n, 5n, 7n, 9n, 10n, 11n]) {
        for (const sides of [
          [SOL, USDC],
          [USDC, SOL],
        ] as const) {
          const lamports = 7n * 10n ** exponent
          const units = sides[0] === SOL ? lamports : lamports / 48n + 1n
          await proveSwap(trader, 'whirlpool', sides, 'in', units)
          const wanted = sides[1] === SOL ? lamports : lamports / 48n + 1n
          await proveSwap(trader, 'whirlpool', sides, 'out', wanted)
        }
      }
    })

    test(`${recording.pool} has no route for a size beyond it, and says so without a throw`, async () => {
      const { venue } = replay(recording)
      const request = (units: bigint, exact: 'in' | 'out') =>
        venue.quote(
          { input: SOL, output: USDC, amount: { token: exact === 'in' ? SOL : USDC, units }, exact, slippageBps: 50 },
          NEVER,
        )
      expect(await request(2n ** 63n, 'in')).toBeUndefined()
      expect(await request(2n ** 62n, 'out')).toBeUndefined()
      expect(await request(0n, 'in')).toBeUndefined()
    })

    test(`${recording.pool} is read in two rounds cold and one warm`, async () => {
      const { chain, venue } = replay(recording)
      const request = {
        input: SOL,
        output: USDC,
        amount: { token: SOL, units: 1_000_000n },
        exact: 'in',
        slippageBps: 50,
      } as const
      await venue.quote(request, NEVER)
      expect(chain.batches).toBe(2)
      await venue.quote(request, NEVER)
      expect(chain.batches).toBe(3)
    })
  }
})
