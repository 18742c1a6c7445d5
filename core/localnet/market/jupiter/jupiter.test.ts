import { type QuoteGetRequest, type QuoteResponse, ResponseError, type SwapRequest } from '@jup-ag/api'
import { AccountRole, address, type Instruction } from '@solana/kit'
import { FailedTransactionMetadata, type TransactionMetadata } from 'litesvm'
import { describe, expect, it } from 'vitest'
import { MarketWorld } from '../../../../test/localnet/market-world.ts'
import { derivedKey } from '../../derived-key.ts'
import { SWAP_PROGRAM, SWAP_PROGRAM_LABEL } from '../../program/swap-program.ts'
import { signTransaction } from '../../sign-transaction.ts'
import { MarketMaker, poolsOfRank } from '../market-maker.ts'
import { nanoUsdc } from '../prices.ts'
import { writeTokenAccount } from '../token-accounts.ts'
import { LOCAL_TOKENS } from '../tokens.ts'
import { TIP_ACCOUNT } from './swap-instructions.ts'

const { SOL, USDC, JSOL, BONK } = LOCAL_TOKENS
const BASE_FEE = 5_000n
const ACCOUNT_RENT = 2_039_280n

/** The unmodified client takes bigint amounts at run time, which its type does not say. */
function quoteOf(
  world: MarketWorld,
  request: Omit<QuoteGetRequest, 'amount'> & { amount: bigint },
): Promise<QuoteResponse> {
  return world.api.quoteGet({ ...request, amount: request.amount as unknown as number })
}

async function swapOf(world: MarketWorld, quoteResponse: QuoteResponse, more: Partial<SwapRequest> = {}) {
  return world.api.swapPost({ swapRequest: { userPublicKey: world.trader.address, quoteResponse, ...more } })
}

/** Fields that the client's types know no values for go through its init override, as on mainnet. */
async function rawSwapOf(
  world: MarketWorld,
  quoteResponse: QuoteResponse,
  more: object,
): Promise<Record<string, unknown>> {
  const answer = await world.api.swapPostRaw(
    { swapRequest: { userPublicKey: world.trader.address, quoteResponse } },
    async ({ init }) => ({ body: { ...(init.body as object), ...more } }) as RequestInit,
  )
  return (await answer.raw.json()) as Record<string, unknown>
}

function succeeded(result: TransactionMetadata | FailedTransactionMetadata): TransactionMetadata {
  if (result instanceof FailedTransactionMetadata) throw new Error(result.meta().prettyLogs() + result.toString())
  return result
}

async function refusal(work: Promise<unknown>): Promise<{ status: number; error: string; errorCode: string }> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(ResponseError)
  const { response } = thrown as ResponseError
  return { status: response.status, ...((await response.json()) as { error: string; errorCode: string }) }
}

describe('the market through the unmodified @jup-ag/api client', () => {
  it('buys SOL with USDC for exactly what was quoted, unwrapped, without leaving an account behind', async () => {
    const world = new MarketWorld()
    const quote = await quoteOf(world, { inputMint: USDC.mint, outputMint: SOL.mint, amount: 10_000_000n })
    expect(quote).toMatchObject({
      swapMode: 'ExactIn',
      slippageBps: 50,
      inAmount: '10000000',
      contextSlot: world.ledger.slot(),
    })
    expect(Number(quote.outAmount) / 1e9).toBeCloseTo((10 / 190) * 0.9996, 6)
    expect(BigInt(quote.otherAmountThreshold)).toBe(BigInt(quote.outAmount) - (BigInt(quote.outAmount) * 50n) / 10_000n)
    const before = { lamports: world.lamports(), usdc: world.units('USDC') }
    const { swapTransaction, lastValidBlockHeight } = await swapOf(world, quote)
    expect(lastValidBlockHeight).toBe(world.ledger.blockHeight() + 150)
    succeeded(world.execute(swapTransaction))
    expect(world.units('USDC')).toBe(before.usdc - 10_000_000n)
    expect(world.lamports()).toBe(before.lamports - BASE_FEE + BigInt(quote.outAmount))
    expect(world.ledger.account(world.account('SOL'))).toBeUndefined()
  })

  it('sells SOL for USDC, wrapping just what is sold', async () => {
    const world = new MarketWorld()
    const quote = await quoteOf(world, { inputMint: SOL.mint, outputMint: USDC.mint, amount: 3_000_000_000n })
    const before = { lamports: world.lamports(), usdc: world.units('USDC') }
    succeeded(world.execute((await swapOf(world, quote)).swapTransaction))
    expect(world.units('USDC')).toBe(before.usdc + BigInt(quote.outAmount))
    expect(world.lamports()).toBe(before.lamports - BASE_FEE - 3_000_000_000n)
  })

  it('goes through SOL when two hops give more than the direct pool', async () => {
    const world = new MarketWorld()
    const request = { inputMint: USDC.mint, outputMint: BONK.mint, amount: 5_000_000_000n }
    const quote = await quoteOf(world, request)
    expect(quote.routePlan.map(step => step.swapInfo.outputMint)).toEqual([SOL.mint, BONK.mint])
    expect(quote.routePlan[0]!.swapInfo.outAmount).toBe(quote.routePlan[1]!.swapInfo.inAmount)
    const direct = await quoteOf(world, { ...request, onlyDirectRoutes: true })
    expect(direct.routePlan).toHaveLength(1)
    expect(BigInt(direct.outAmount)).toBeLessThan(BigInt(quote.outAmount))
    const lamports = world.lamports()
    succeeded(world.execute((await swapOf(world, quote)).swapTransaction))
    expect(world.units('BONK')).toBe(BigInt(quote.outAmount))
    expect(world.lamports()).toBe(lamports - BASE_FEE - ACCOUNT_RENT)
    expect(world.ledger.account(world.account('SOL'))).toBeUndefined()
  })

  it.each([
    ['one hop', USDC, JSOL, true],
    ['two hops', BONK, JSOL, false],
  ] as const)(
    'buys an exact amount over %s for exactly what was quoted',
    async (_, input, output, onlyDirectRoutes) => {
      const world = new MarketWorld()
      if (input === BONK) {
        const funds = await quoteOf(world, { inputMint: USDC.mint, outputMint: BONK.mint, amount: 100_000_000_000n })
        succeeded(world.execute((await swapOf(world, funds)).swapTransaction))
      }
      const held = world.units(input.symbol)
      const quote = await quoteOf(world, {
        inputMint: input.mint,
        outputMint: output.mint,
        amount: 2_000_000_000n,
        swapMode: 'ExactOut',
        onlyDirectRoutes,
      })
      expect(quote.routePlan).toHaveLength(onlyDirectRoutes ? 1 : 2)
      expect(BigInt(quote.otherAmountThreshold)).toBe(BigInt(quote.inAmount) + (BigInt(quote.inAmount) * 50n) / 10_000n)
      succeeded(world.execute((await swapOf(world, quote)).swapTransaction))
      expect(world.units(output.symbol)).toBe(2_000_000_000n)
      expect(world.units(input.symbol)).toBe(held - BigInt(quote.inAmount))
    },
  )

  it('gives back what an exact-out purchase with wrapped SOL did not need', async () => {
    const world = new MarketWorld()
    const quote = await quoteOf(world, {
      inputMint: SOL.mint,
      outputMint: USDC.mint,
      amount: 100_000_000n,
      swapMode: 'ExactOut',
    })
    const before = { lamports: world.lamports(), usdc: world.units('USDC') }
    succeeded(world.execute((await swapOf(world, quote)).swapTransaction))
    expect(world.units('USDC')).toBe(before.usdc + 100_000_000n)
    expect(world.lamports()).toBe(before.lamports - BASE_FEE - BigInt(quote.inAmount))
  })

  it.each([
    ['one hop', SOL],
    ['two hops', BONK],
  ])('fails on chain with error 6001 when the price has run away over %s', async (_, output) => {
    const world = new MarketWorld()
    const quote = await quoteOf(world, {
      inputMint: USDC.mint,
      outputMint: output.mint,
      amount: 10_000_000n,
      slippageBps: 30,
    })
    const { swapTransaction } = await swapOf(world, quote)
    const usdc = world.units('USDC')
    if (output === SOL) new MarketMaker(world.ledger).move(poolsOfRank('every-point'), nanoUsdc(192))
    else new MarketMaker(world.ledger).move(poolsOfRank('close'), nanoUsdc(188))
    const fresh = await rawSwapOf(world, quote, {})
    const result = world.execute(String(fresh['swapTransaction']))
    expect(swapTransaction).not.toBe(fresh['swapTransaction'])
    expect(result).toBeInstanceOf(FailedTransactionMetadata)
    expect((result as FailedTransactionMetadata).meta().logs().join('\n')).toContain(
      `Program ${SWAP_PROGRAM} failed: custom program error: 0x1771`,
    )
    expect(world.units('USDC')).toBe(usdc)
  })

  it('gives instructions from which a client composes the same trade', async () => {
    const world = new MarketWorld()
    const quote = await quoteOf(world, { inputMint: USDC.mint, outputMint: SOL.mint, amount: 25_000_000n })
    const answer = await world.api.swapInstructionsPost({
      swapRequest: { userPublicKey: world.trader.address, quoteResponse: quote, dynamicComputeUnitLimit: true },
    })
    expect(answer.addressLookupTableAddresses).toEqual([])
    expect(answer.otherInstructions).toEqual([])
    const all = [
      ...answer.computeBudgetInstructions,
      ...answer.setupInstructions,
      answer.swapInstruction,
      answer.cleanupInstruction!,
    ]
    const instructions = all.map(
      (each): Instruction => ({
        programAddress: address(each.programId),
        accounts: each.accounts.map(({ pubkey, isSigner, isWritable }) => ({
          address: address(pubkey),
          role: isSigner
            ? isWritable
              ? AccountRole.WRITABLE_SIGNER
              : AccountRole.READONLY_SIGNER
            : isWritable
              ? AccountRole.WRITABLE
              : AccountRole.READONLY,
        })),
        data: Buffer.from(each.data, 'base64'),
      }),
    )
    const lamports = world.lamports()
    const lifetime = { blockhash: world.ledger.latestBlockhash(), lastValidBlockHeight: 0n }
    succeeded(world.ledger.execute(signTransaction(instructions, [world.trader], lifetime)))
    expect(world.lamports()).toBe(lamports - BASE_FEE + BigInt(quote.outAmount))
  })

  it('names its program', async () => {
    expect(await new MarketWorld().api.programIdToLabelGet()).toEqual({ [SWAP_PROGRAM]: SWAP_PROGRAM_LABEL })
  })

  it('prefers the deep cheap pool for every size, and leaves it when labels or account limits say so', async () => {
    const world = new MarketWorld()
    const request = { inputMint: USDC.mint, outputMint: BONK.mint, amount: 1_000_000n }
    const two = await quoteOf(world, request)
    expect(two.routePlan).toHaveLength(2)
    expect((await quoteOf(world, { ...request, maxAccounts: 12 })).routePlan).toHaveLength(1)
    expect((await refusal(quoteOf(world, { ...request, maxAccounts: 8 }))).errorCode).toBe('NO_ROUTES_FOUND')
    for (const dexes of [[SWAP_PROGRAM_LABEL], ['Orca', SWAP_PROGRAM_LABEL], [`Orca,${SWAP_PROGRAM_LABEL}`]]) {
      expect((await quoteOf(world, { ...request, dexes })).outAmount).toBe(two.outAmount)
      expect((await refusal(quoteOf(world, { ...request, excludeDexes: dexes }))).errorCode).toBe('NO_ROUTES_FOUND')
    }
    expect((await refusal(quoteOf(world, { ...request, dexes: ['Orca', 'Raydium'] }))).errorCode).toBe(
      'NO_ROUTES_FOUND',
    )
  })

  it('tells the price impact of size, without fees', async () => {
    const world = new MarketWorld()
    const small = await quoteOf(world, { inputMint: USDC.mint, outputMint: SOL.mint, amount: 10_000_000n })
    const large = await quoteOf(world, { inputMint: USDC.mint, outputMint: SOL.mint, amount: 380_000_000_000n })
    expect(Number(small.priceImpactPct)).toBeLessThan(0.000_001)
    expect(Number(large.priceImpactPct)).toBeCloseTo(0.01, 3)
  })

  it('pays rent and fee from another payer, and sends native SOL to another account', async () => {
    const world = new MarketWorld()
    const payer = derivedKey('test payer')
    const friend = derivedKey('test friend').address
    world.ledger.setAccount(payer.address, {
      lamports: 10n ** 9n,
      owner: '11111111111111111111111111111111',
      data: new Uint8Array(),
      executable: false,
    })
    const quote = await quoteOf(world, { inputMint: USDC.mint, outputMint: SOL.mint, amount: 10_000_000n })
    const { swapTransaction } = await swapOf(world, quote, { payer: payer.address, nativeDestinationAccount: friend })
    const lamports = world.lamports()
    succeeded(world.execute(swapTransaction, [world.trader, payer]))
    expect(world.lamports()).toBe(lamports)
    expect(world.lamports(payer.address)).toBe(10n ** 9n - 2n * BASE_FEE - ACCOUNT_RENT)
    expect(world.lamports(friend)).toBe(BigInt(quote.outAmount) + ACCOUNT_RENT)
  })

  it('pays into a token account of choice, and keeps SOL wrapped when told', async () => {
    const world = new MarketWorld()
    const chosen = derivedKey('test chosen account').address
    writeTokenAccount(world.ledger, { account: chosen, owner: world.trader.address, token: SOL, units: 0n })
    const quote = await quoteOf(world, { inputMint: USDC.mint, outputMint: SOL.mint, amount: 10_000_000n })
    succeeded(world.execute((await swapOf(world, quote, { destinationTokenAccount: chosen })).swapTransaction))
    expect(world.ledger.tokenUnits(chosen)).toBe(BigInt(quote.outAmount))
    const again = await quoteOf(world, { inputMint: USDC.mint, outputMint: SOL.mint, amount: 10_000_000n })
    succeeded(world.execute((await swapOf(world, again, { wrapAndUnwrapSol: false })).swapTransaction))
    expect(world.units('SOL')).toBe(BigInt(again.outAmount))
    const back = await quoteOf(world, { inputMint: SOL.mint, outputMint: USDC.mint, amount: 1_000_000n })
    succeeded(world.execute((await swapOf(world, back, { wrapAndUnwrapSol: false })).swapTransaction))
    expect(world.units('SOL')).toBe(BigInt(again.outAmount) - 1_000_000n)
  })

  it('builds legacy transactions that run', async () => {
    const world = new MarketWorld()
    const quote = await quoteOf(world, {
      inputMint: USDC.mint,
      outputMint: BONK.mint,
      amount: 10_000_000n,
      asLegacyTransaction: true,
    })
    const { swapTransaction } = await swapOf(world, quote, { asLegacyTransaction: true })
    const bytes = Buffer.from(swapTransaction, 'base64')
    expect(bytes[65]! & 0x80).toBe(0)
    succeeded(world.execute(swapTransaction))
    expect(world.units('BONK')).toBe(BigInt(quote.outAmount))
  })
})

describe('priority fees', () => {
  const fees: [what: string, fields: object, paid: bigint][] = [
    ['nothing', {}, 0n],
    ['disabled', { prioritizationFeeLamports: 'disabled' }, 0n],
    ['a number', { prioritizationFeeLamports: 7_000 }, 7_000n],
    ['auto', { prioritizationFeeLamports: 'auto' }, 1_400n],
    ['a multiple of auto', { prioritizationFeeLamports: { autoMultiplier: 3 } }, 4_200n],
    [
      'a level',
      {
        prioritizationFeeLamports: {
          priorityLevelWithMaxLamports: { priorityLevel: 'veryHigh', maxLamports: 10_000_000 },
        },
      },
      140_000n,
    ],
    [
      'a level above its maximum',
      {
        prioritizationFeeLamports: {
          priorityLevelWithMaxLamports: { priorityLevel: 'veryHigh', maxLamports: 70_000, global: true },
        },
      },
      70_000n,
    ],
    ['a compute unit price', { computeUnitPriceMicroLamports: 20_000 }, 28_000n],
    ['an automatic compute unit price', { computeUnitPriceMicroLamports: 'auto' }, 1_400n],
    ['a Jito tip', { prioritizationFeeLamports: { jitoTipLamports: 12_345 } }, 12_345n],
  ]

  it.each(fees)('%s costs what the answer says', async (what, fields, paid) => {
    const world = new MarketWorld()
    const quote = await quoteOf(world, { inputMint: USDC.mint, outputMint: JSOL.mint, amount: 10_000_000n })
    const answer = await rawSwapOf(world, quote, fields)
    expect(answer['prioritizationFeeLamports']).toBe(Number(paid))
    const lamports = world.lamports()
    if (what === 'a Jito tip') {
      // The tip account exists, as Jito's do.
      world.ledger.setAccount(TIP_ACCOUNT, {
        lamports: 10n ** 9n,
        owner: '11111111111111111111111111111111',
        data: new Uint8Array(),
        executable: false,
      })
    }
    succeeded(world.execute(String(answer['swapTransaction'])))
    expect(world.lamports()).toBe(lamports - BASE_FEE - ACCOUNT_RENT - paid)
    if (what === 'a Jito tip') expect(world.lamports(TIP_ACCOUNT)).toBe(10n ** 9n + paid)
  })

  it('a dynamic compute unit limit is enough, and far less than the maximum, for every kind of swap', async () => {
    const world = new MarketWorld()
    for (const [input, output, amount] of [
      [USDC, SOL, 10_000_000n],
      [SOL, USDC, 10_000_000n],
      [USDC, BONK, 100_000_000n],
      [BONK, SOL, 1_000_000n],
      [SOL, JSOL, 10_000_000n],
      [JSOL, BONK, 1_000_000n],
    ] as const) {
      const quote = await quoteOf(world, { inputMint: input.mint, outputMint: output.mint, amount })
      const answer = await rawSwapOf(world, quote, { dynamicComputeUnitLimit: true })
      const limit = Number(answer['computeUnitLimit'])
      const used = Number(succeeded(world.execute(String(answer['swapTransaction']))).computeUnitsConsumed())
      expect(used).toBeLessThanOrEqual(limit)
      expect(limit).toBeLessThan(90_000)
    }
  })
})

describe('refusals', () => {
  const request = { inputMint: USDC.mint, outputMint: SOL.mint, amount: 10_000_000n }

  it.each([
    ['a mint that is not here', { inputMint: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v' }, 'TOKEN_NOT_TRADABLE'],
    ['one mint twice', { outputMint: USDC.mint }, 'CIRCULAR_ARBITRAGE_IS_DISABLED'],
    [
      'too little to give anything',
      { inputMint: BONK.mint, outputMint: USDC.mint, amount: 1n },
      'COULD_NOT_FIND_ANY_ROUTE',
    ],
    ['more than all pools have', { amount: 10n ** 18n, swapMode: 'ExactOut' as const }, 'COULD_NOT_FIND_ANY_ROUTE'],
    ['an amount of zero', { amount: 0n }, 'INVALID_REQUEST'],
    ['an amount beyond 2^64', { amount: 2n ** 64n }, 'INVALID_REQUEST'],
    ['no address', { inputMint: 'USDC' }, 'INVALID_REQUEST'],
    ['a slippage above 100 %', { slippageBps: 10_001 }, 'INVALID_REQUEST'],
    ['an unknown swap mode', { swapMode: 'ExactBoth' as 'ExactIn' }, 'INVALID_REQUEST'],
    ['a platform fee', { platformFeeBps: 10 }, 'NOT_SUPPORTED'],
    ['a dynamic slippage', { dynamicSlippage: true }, 'NOT_SUPPORTED'],
  ])('a quote with %s is answered with 400 and the code', async (_, change, errorCode) => {
    const answer = await refusal(quoteOf(new MarketWorld(), { ...request, ...change }))
    expect(answer).toMatchObject({ status: 400, errorCode })
    expect(answer.error).not.toBe('')
  })

  it('a swap whose quote was tampered with, or that asks for what is not there, is answered with 400', async () => {
    const world = new MarketWorld()
    const quote = await quoteOf(world, request)
    const step = quote.routePlan[0]!
    const cases: [object, string][] = [
      [{ userPublicKey: 'nobody' }, 'INVALID_REQUEST'],
      [{ quoteResponse: undefined }, 'INVALID_REQUEST'],
      [{ quoteResponse: { ...quote, routePlan: [] } }, 'INVALID_REQUEST'],
      [{ quoteResponse: { ...quote, outputMint: BONK.mint } }, 'INVALID_REQUEST'],
      [{ quoteResponse: { ...quote, inputMint: BONK.mint } }, 'INVALID_REQUEST'],
      [{ quoteResponse: { ...quote, inAmount: '-1' } }, 'INVALID_REQUEST'],
      [
        { quoteResponse: { ...quote, routePlan: [{ ...step, swapInfo: { ...step.swapInfo, ammKey: SWAP_PROGRAM } }] } },
        'MARKET_NOT_FOUND',
      ],
      [{ prioritizationFeeLamports: 'much' }, 'INVALID_REQUEST'],
      [{ prioritizationFeeLamports: 1, computeUnitPriceMicroLamports: 1 }, 'INVALID_REQUEST'],
      [
        { prioritizationFeeLamports: { priorityLevelWithMaxLamports: { priorityLevel: 'toString', maxLamports: 1 } } },
        'INVALID_REQUEST',
      ],
      [{ nativeDestinationAccount: SWAP_PROGRAM, wrapAndUnwrapSol: false }, 'INVALID_REQUEST'],
      [{ feeAccount: SWAP_PROGRAM }, 'NOT_SUPPORTED'],
      [{ dynamicSlippage: true }, 'NOT_SUPPORTED'],
    ]
    for (const [change, errorCode] of cases) {
      expect(await refusal(rawSwapOf(world, quote, change))).toMatchObject({ status: 400, errorCode })
    }
  })

  it('an unknown path is answered with 404, a body that is no JSON with 400', async () => {
    const { market } = new MarketWorld()
    expect((await market.handle(new Request('http://x/swap/v1/unknown'))).status).toBe(404)
    const broken = await market.handle(new Request('http://x/swap/v1/swap', { method: 'POST', body: '{' }))
    expect(await broken.json()).toMatchObject({ errorCode: 'INVALID_REQUEST' })
    expect(broken.status).toBe(400)
  })
})
