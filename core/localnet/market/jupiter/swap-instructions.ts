import { type Address, address, createNoopSigner, type Instruction } from '@solana/kit'
import { getSetComputeUnitLimitInstruction, getSetComputeUnitPriceInstruction } from '@solana-program/compute-budget'
import { getTransferSolInstruction } from '@solana-program/system'
import {
  getCloseAccountInstruction,
  getCreateAssociatedTokenIdempotentInstruction,
  getSyncNativeInstruction,
} from '@solana-program/token'
import { SOL_MINT } from '../../../money/token.ts'
import { associatedTokenAddress } from '../../derived-address.ts'
import { swapExactInInstruction, swapExactOutInstruction } from '../../program/instructions.ts'
import { hopAccounts } from '../pool-reserves.ts'
import { type PriorityFee, parsePriorityFee } from './priority-fee.ts'
import { slippageLimit } from './quote.ts'
import type { QuotedSwap, SwapRequest } from './swap-request.ts'

/** All instructions of a swap, in the order in which they run. */
export interface SwapInstructions {
  readonly computeBudget: readonly Instruction[]
  readonly setup: readonly Instruction[]
  readonly swap: Instruction
  readonly cleanup: Instruction | undefined
  readonly other: readonly Instruction[]
  readonly computeUnitLimit: number
  readonly priorityFee: PriorityFee
}

/** Where tips go: the address of `derivedKey('tip account')`. The embedded chain has no block engine. */
export const TIP_ACCOUNT = address('4i1iEHxv9A4u5FzU9SRfq9LNs5xfDF5fTcdCKHK8uBuw')

const COMPUTE_UNITS_MAX = 1_400_000
/** Two for the compute budget, transfer, sync, close, tip. */
const PLAIN_INSTRUCTIONS_MAX = 6
/** Upper bounds, compared with the chain by a test. Making an account costs 1,500 for each bump its address skips. */
const COMPUTE_UNITS = { newAccount: 30_000, plainInstruction: 1_000, swap: 5_000, perHop: 5_000 } as const

/** @throws ApiError */
export function buildSwapInstructions(request: SwapRequest): SwapInstructions {
  const { user, payer, quote } = request
  const isWrapping = request.wrapAndUnwrapSol && quote.inputMint === SOL_MINT
  const isUnwrapping = request.wrapAndUnwrapSol && quote.outputMint === SOL_MINT && !request.destinationTokenAccount
  const source = associatedTokenAddress(user, quote.inputMint)
  const destination = request.destinationTokenAccount ?? associatedTokenAddress(user, quote.outputMint)
  const limit = slippageLimit(quote.swapMode, quote.amountIn, quote.amountOut, quote.slippageBps)

  const setup: Instruction[] = []
  if (isWrapping) {
    const lamports = quote.swapMode === 'ExactIn' ? quote.amountIn : limit
    setup.push(
      createAssociated(payer, user, quote.inputMint, source),
      getTransferSolInstruction({ source: createNoopSigner(user), destination: source, amount: lamports }),
      getSyncNativeInstruction({ account: source }),
    )
  }
  if (!request.destinationTokenAccount) setup.push(createAssociated(payer, user, quote.outputMint, destination))
  const wrapped = isWrapping ? source : isUnwrapping ? destination : undefined
  const cleanup =
    wrapped &&
    getCloseAccountInstruction({
      account: wrapped,
      destination: (isUnwrapping ? request.nativeDestinationAccount : undefined) ?? user,
      owner: createNoopSigner(user),
    })

  const newAccounts = (isWrapping ? 1 : 0) + (request.destinationTokenAccount ? 0 : 1)
  const computeUnitLimit = request.dynamicComputeUnitLimit
    ? computeUnitsOf(PLAIN_INSTRUCTIONS_MAX, newAccounts, quote)
    : COMPUTE_UNITS_MAX
  const priorityFee = parsePriorityFee(request.body, computeUnitLimit)
  const { computeUnitPrice_microLamports: microLamports, tip_lamports: tip } = priorityFee
  return {
    computeBudget: [
      getSetComputeUnitLimitInstruction({ units: computeUnitLimit }),
      ...(microLamports > 0n ? [getSetComputeUnitPriceInstruction({ microLamports })] : []),
    ],
    setup,
    swap: swapInstruction(quote, { user, source, destination }, limit),
    cleanup,
    other:
      tip > 0n
        ? [getTransferSolInstruction({ source: createNoopSigner(payer), destination: TIP_ACCOUNT, amount: tip })]
        : [],
    computeUnitLimit,
    priorityFee,
  }
}

function swapInstruction(
  quote: QuotedSwap,
  accounts: { readonly user: Address; readonly source: Address; readonly destination: Address },
  limit: bigint,
): Instruction {
  const route = { ...accounts, hops: quote.hops.map(({ pool, side }) => hopAccounts(pool, side)) }
  return quote.swapMode === 'ExactIn'
    ? swapExactInInstruction(route, { amountIn: quote.amountIn, minimumOut: limit })
    : swapExactOutInstruction(route, { amountOut: quote.amountOut, maximumIn: limit })
}

function createAssociated(payer: Address, owner: Address, mint: Address, ata: Address): Instruction {
  return getCreateAssociatedTokenIdempotentInstruction({ payer: createNoopSigner(payer), owner, mint, ata })
}

function computeUnitsOf(plainCount: number, newAccountCount: number, quote: QuotedSwap): number {
  const { newAccount, plainInstruction, swap, perHop } = COMPUTE_UNITS
  return newAccount * newAccountCount + plainInstruction * plainCount + swap + perHop * quote.hops.length
}
