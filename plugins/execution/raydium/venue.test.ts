import {
  CpmmConfigInfoLayout,
  CpmmPoolInfoLayout,
  getLiquidityAssociatedAuthority,
  liquidityStateV4Layout,
} from '@raydium-io/raydium-sdk-v2'
import { ACCOUNT_SIZE, MINT_SIZE, MintLayout, TOKEN_PROGRAM_ID } from '@solana/spl-token'
import { PublicKey } from '@solana/web3.js'
import { expect, test } from 'vitest'
import type { AccountReader, ChainAccount, Clock, PoolVenue, Quote, Token } from '../../../core/index.ts'
import { createRaydiumVenue } from './venue.ts'

const AMM_V4 = '675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8'
const CPMM = 'CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C'
const NEVER = new AbortController().signal
const RESERVE = 1_000_000_000n

const key = (byte: number): PublicKey => new PublicKey(new Uint8Array(32).fill(byte))
const token = (byte: number, symbol: string): Token => ({
  cluster: 'test',
  mint: key(byte).toBase58(),
  symbol,
  decimals: 6,
  program: 'spl-token',
})
const [ONE, TWO] = [token(11, 'ONE'), token(12, 'TWO')]
const [VAULT_ONE, VAULT_TWO, CONFIG, POOL] = [key(21), key(22), key(23), key(24)]

/** Accounts in memory: both mints, both vaults, the clock, and what a test adds. */
class Shelf {
  readonly #accounts = new Map<string, ChainAccount>()

  constructor() {
    this.put('SysvarC1ock11111111111111111111111111111111', PublicKey.default.toBase58(), Buffer.alloc(40))
    for (const { mint } of [ONE, TWO]) {
      const data = Buffer.alloc(MINT_SIZE)
      const none = PublicKey.default
      const fields = { mintAuthorityOption: 0 as const, mintAuthority: none, supply: RESERVE, decimals: 6 }
      const frozen = { isInitialized: true, freezeAuthorityOption: 0 as const, freezeAuthority: none }
      MintLayout.encode({ ...fields, ...frozen }, data)
      this.put(mint, TOKEN_PROGRAM_ID.toBase58(), data)
    }
    for (const vault of [VAULT_ONE, VAULT_TWO]) {
      const data = Buffer.alloc(ACCOUNT_SIZE)
      data.writeBigUInt64LE(RESERVE, 64)
      this.put(vault.toBase58(), TOKEN_PROGRAM_ID.toBase58(), data)
    }
  }

  put(address: string, owner: string, data: Buffer): void {
    this.#accounts.set(address, { address, owner, lamports: 1n, data })
  }

  venue(): PoolVenue {
    const all = (): readonly ChainAccount[] => [...this.#accounts.values()]
    const accounts: AccountReader = {
      many: async addresses => ({ slot: 7, accounts: addresses.map(address => this.#accounts.get(address)) }),
      program: async programId => ({ slot: 7, accounts: all().filter(({ owner }) => owner === programId) }),
    }
    const silent = (): void => undefined
    const log = { debug: silent, info: silent, warn: silent, error: silent }
    const clock = { now: () => 0 } as Clock
    return createRaydiumVenue({ accounts, clock, log, programs: { ammV4: AMM_V4, cpmm: CPMM } })
  }
}

/** Fields by name over zeroed bytes: what is not given is zero. */
function written(
  layout: { span: number; offsetOf(name: never): number | undefined },
  fields: Record<string, bigint | number | PublicKey>,
): Buffer {
  const data = Buffer.alloc(layout.span)
  for (const [name, value] of Object.entries(fields)) {
    const offset = layout.offsetOf(name as never)!
    if (value instanceof PublicKey) data.set(value.toBytes(), offset)
    else if (typeof value === 'bigint') data.writeBigUInt64LE(value, offset)
    else data.writeUInt8(value, offset)
  }
  return data
}

function withCpmm(feeOn: number, enableCreatorFee = 1): PoolVenue {
  const shelf = new Shelf()
  const sides = { mintA: key(11), mintB: key(12), vaultA: VAULT_ONE, vaultB: VAULT_TWO }
  const pool = written(CpmmPoolInfoLayout, { ...sides, configId: CONFIG, feeOn, enableCreatorFee })
  shelf.put(POOL.toBase58(), CPMM, pool)
  const config = written(CpmmConfigInfoLayout, { tradeFeeRate: 2_500n, creatorFeeRate: 10_000n })
  shelf.put(CONFIG.toBase58(), CPMM, config)
  return shelf.venue()
}

const SWAPPING = 6n
function withAmmV4(status: bigint): PoolVenue {
  const shelf = new Shelf()
  const sides = { baseMint: key(11), quoteMint: key(12), baseVault: VAULT_ONE, quoteVault: VAULT_TWO }
  const fee = { swapFeeNumerator: 25n, swapFeeDenominator: 10_000n }
  shelf.put(POOL.toBase58(), AMM_V4, written(liquidityStateV4Layout, { ...sides, ...fee, status }))
  return shelf.venue()
}

function ask(
  venue: PoolVenue,
  input: Token,
  output: Token,
  units: bigint,
  exact: 'in' | 'out' = 'in',
): Promise<Quote | undefined> {
  const amount = { token: exact === 'in' ? input : output, units }
  return venue.quote({ input, output, amount, exact, slippageBps: 100 }, NEVER)
}

// Of 1,000,000 in: 2,500 trade fee; 10,000 creator's fee of the input, or ⌈1%⌉ of what would come out.
const FEE_ON_INPUT = (RESERVE * 987_500n) / (RESERVE + 987_500n)
const BEFORE_CREATOR = (RESERVE * 997_500n) / (RESERVE + 997_500n)
const FEE_ON_OUTPUT = BEFORE_CREATOR - (BEFORE_CREATOR + 99n) / 100n

test.each([
  [0, 'both tokens', FEE_ON_INPUT, FEE_ON_INPUT],
  [1, 'the first token', FEE_ON_INPUT, FEE_ON_OUTPUT],
  [2, 'the second token', FEE_ON_OUTPUT, FEE_ON_INPUT],
])(
  "CPMM: a creator's fee on token choice %i, %s, is taken on the side the program takes it",
  async (feeOn, _, forward, back) => {
    const venue = withCpmm(feeOn)
    expect((await ask(venue, ONE, TWO, 1_000_000n))?.output.units).toBe(forward)
    expect((await ask(venue, TWO, ONE, 1_000_000n))?.output.units).toBe(back)
  },
)

test("CPMM: a configuration's creator fee does not touch pools that have it off", async () => {
  expect((await ask(withCpmm(0, 0), ONE, TWO, 1_000_000n))?.output.units).toBe(BEFORE_CREATOR)
})

test('CPMM: the fees of a quote say who takes them and of which token', async () => {
  const quote = await ask(withCpmm(1), TWO, ONE, 1_000_000n)
  expect(quote?.fees).toEqual([
    { kind: 'pool', amount: { token: TWO, units: 2_500n } },
    { kind: 'creator', amount: { token: ONE, units: BEFORE_CREATOR - FEE_ON_OUTPUT } },
  ])
})

test('the impact is the distance from the mid price, without the fees', async () => {
  // A tenth of the pool: net ÷ (reserve + net) of it is lost.
  const quote = await ask(withCpmm(0, 0), ONE, TWO, 100_000_000n)
  expect(quote?.priceImpactBps).toBeCloseTo((99_750_000 / 1_099_750_000) * 10_000, 1)
})

test('AMM v4: a fee below half a unit is none, as the program rounds', async () => {
  expect((await ask(withAmmV4(SWAPPING), ONE, TWO, 199n))?.fees?.[0]?.amount.units).toBe(0n)
  expect((await ask(withAmmV4(SWAPPING), ONE, TWO, 200n))?.fees?.[0]?.amount.units).toBe(1n)
})

test('AMM v4: the threshold of an exact output is the most that goes in, rounded down', async () => {
  const quote = await ask(withAmmV4(SWAPPING), ONE, TWO, 1_000_000n, 'out')
  expect(quote?.threshold).toEqual({ token: ONE, units: (quote!.input.units * 10_100n) / 10_000n })
})

test('AMM v4: a pool with an order book, or stopped, is no route', async () => {
  for (const status of [0n, 1n, 2n, 5n]) expect(await ask(withAmmV4(status), ONE, TWO, 1_000_000n)).toBeUndefined()
})

test('a plan opens the output account, swaps, and needs nothing else between two tokens', async () => {
  const venue = withAmmV4(SWAPPING)
  const owner = key(31).toBase58()
  const { instructions } = await venue.plan((await ask(venue, ONE, TWO, 1_000_000n))!, owner, NEVER)
  expect(instructions.map(({ programId }) => programId)).toEqual([
    'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL',
    AMM_V4,
  ])
  const { publicKey: authority } = getLiquidityAssociatedAuthority({ programId: new PublicKey(AMM_V4) })
  const addresses = instructions[1]!.accounts.map(({ address }) => address)
  expect(addresses).toContain(authority.toBase58())
  expect(instructions[1]!.accounts.filter(({ signer }) => signer).map(({ address }) => address)).toEqual([owner])
})

test("another venue's quote is refused, not planned", async () => {
  const venue = withAmmV4(SWAPPING)
  const quote = (await ask(venue, ONE, TWO, 1_000_000n))!
  await expect(venue.plan({ ...quote, venue: 'jupiter', raw: {} }, key(31).toBase58(), NEVER)).rejects.toMatchObject({
    code: 'VENUE_REFUSED',
  })
})
