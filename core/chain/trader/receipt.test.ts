import { PublicKey } from '@solana/web3.js'
import { describe, expect, it } from 'vitest'
import type { IntentEvent } from '../../events/event.ts'
import { SOL_MINT, type Token } from '../../money/token.ts'
import type { Attempt } from '../../orders/journal.ts'
import type { ConfirmedTransaction, TokenBalance, TransactionMeta } from '../rpc/rpc-types.ts'
import { compose } from '../transaction/compose.ts'
import { fillOf } from './receipt.ts'

const addressOf = (byte: number): string => new PublicKey(new Uint8Array(32).fill(byte)).toBase58()
const WALLET = addressOf(1)
const SOL: Token = { cluster: 'x', mint: SOL_MINT, symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { cluster: 'x', mint: addressOf(5), symbol: 'USDC', decimals: 6, program: 'spl-token' }
const RENT = 2_039_280

const wire = compose({
  instructions: [
    {
      programId: addressOf(9),
      accounts: [2, 3].map(byte => ({ address: addressOf(byte), signer: false, writable: true })),
      data: new Uint8Array(),
    },
  ],
  payer: WALLET,
  blockhash: addressOf(7),
  tables: {},
  price_microLamports: 0n,
  salt: 0,
}).wire

const attempt: Attempt = {
  orderId: 'o',
  number: 1,
  signature: 's',
  wire,
  lastValidBlockHeight: 1,
  venue: 'v',
  promise: { inputUnits: 1_000n, quotedOutputUnits: 10_000n, minimumOutputUnits: 9_900n, priceImpactBps: 3 },
  createdAt: 0,
}

function intentOf(input: Token, output: Token): IntentEvent {
  const amount = { token: input, units: 1_000n }
  return { kind: 'intent', at: 0, key: 'k', node: 'n', input, output, amount, exact: 'in', reason: '' }
}

const tokens = (accountIndex: number, mint: string, amount: string, owner = WALLET): TokenBalance => ({
  accountIndex,
  mint,
  owner,
  uiTokenAmount: { amount, decimals: 0 },
})

function landed(
  meta: Partial<TransactionMeta> & Pick<TransactionMeta, 'preBalances' | 'postBalances'>,
): ConfirmedTransaction & { meta: TransactionMeta } {
  return {
    slot: 5,
    blockTime: 1_700_000_000,
    transaction: [Buffer.from(wire).toString('base64'), 'base64'],
    meta: { err: null, fee: 5_100, computeUnitsConsumed: 42, ...meta },
  }
}

describe('a receipt', () => {
  it('tells SOL received for tokens from the fee', () => {
    const fill = fillOf(
      intentOf(USDC, SOL),
      attempt,
      landed({
        preBalances: [1_000_000, RENT, 777],
        postBalances: [1_000_000 + 9_950 - 5_100, RENT, 777],
        preTokenBalances: [tokens(1, USDC.mint, '5000'), tokens(2, USDC.mint, '0', 'pool')],
        postTokenBalances: [tokens(1, USDC.mint, '4000'), tokens(2, USDC.mint, '1000', 'pool')],
      }),
      WALLET,
      9,
    )
    expect(fill).toMatchObject({
      input: { units: 1_000n },
      output: { units: 9_950n },
      fees: { base_lamports: 5_000n, priority_lamports: 100n, rent_lamports: 0n },
      slippageBps: 50,
      priceImpactBps: 3,
      at: 1_700_000_000_000,
      slot: 5,
      computeUnits: 42,
    })
  })

  it('tells SOL spent from the deposit of an account that was opened', () => {
    const fill = fillOf(
      intentOf(SOL, USDC),
      attempt,
      landed({
        preBalances: [10_000_000, 0, 1],
        postBalances: [10_000_000 - 1_000 - RENT - 5_100, RENT, 1],
        preTokenBalances: [],
        postTokenBalances: [tokens(1, USDC.mint, '10000')],
      }),
      WALLET,
      9,
    )
    expect(fill.input.units).toBe(1_000n)
    expect(fill.output.units).toBe(10_000n)
    expect(fill.fees.rent_lamports).toBe(BigInt(RENT))
  })

  it('gives the deposit of a closed account back as negative rent', () => {
    const fill = fillOf(
      intentOf(USDC, SOL),
      attempt,
      landed({
        preBalances: [1_000_000, RENT, 1],
        postBalances: [1_000_000 + 500 + RENT - 5_100, 0, 1],
        preTokenBalances: [tokens(1, USDC.mint, '1000')],
        postTokenBalances: [],
      }),
      WALLET,
      9,
    )
    expect([fill.input.units, fill.output.units, fill.fees.rent_lamports]).toEqual([1_000n, 500n, -BigInt(RENT)])
  })

  it('counts wrapped SOL that stays in an account of the wallet as SOL', () => {
    const fill = fillOf(
      intentOf(USDC, SOL),
      attempt,
      landed({
        preBalances: [10_000_000, RENT, 0],
        postBalances: [10_000_000 - RENT - 5_100, RENT, RENT + 700],
        preTokenBalances: [tokens(1, USDC.mint, '1000')],
        postTokenBalances: [tokens(1, USDC.mint, '0'), tokens(2, SOL_MINT, '700')],
      }),
      WALLET,
      9,
    )
    expect([fill.input.units, fill.output.units, fill.fees.rent_lamports]).toEqual([1_000n, 700n, BigInt(RENT)])
  })

  it('measures slippage of an exact output by what was paid', () => {
    const intent: IntentEvent = { ...intentOf(USDC, SOL), exact: 'out' }
    const fill = fillOf(
      intent,
      attempt,
      landed({
        preBalances: [1_000_000, RENT, 1],
        postBalances: [1_000_000 + 10_000 - 5_100, RENT, 1],
        preTokenBalances: [tokens(1, USDC.mint, '5000')],
        postTokenBalances: [tokens(1, USDC.mint, '3990')],
      }),
      WALLET,
      9,
    )
    expect([fill.input.units, fill.slippageBps]).toEqual([1_010n, 100])
  })
})
