import {
  appendTransactionMessageInstructions,
  type Blockhash,
  compileTransaction,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  type Instruction,
  isSignerRole,
  isWritableRole,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit'
import type { LedgerPort } from '../../ledger-port.ts'
import { buildSwapInstructions } from './swap-instructions.ts'
import type { SwapRequest } from './swap-request.ts'

/** The answer of `POST /swap`: a transaction for the user to sign. @throws ApiError */
export function swapAnswer(ledger: LedgerPort, request: SwapRequest): unknown {
  const built = buildSwapInstructions(request)
  const { blockhash, lastValidBlockHeight } = ledger.finalizedBlockhash()
  const lifetime = { blockhash: blockhash as Blockhash, lastValidBlockHeight: BigInt(lastValidBlockHeight) }
  const instructions = [
    ...built.computeBudget,
    ...built.setup,
    built.swap,
    ...(built.cleanup ? [built.cleanup] : []),
    ...built.other,
  ]
  return {
    swapTransaction: request.asLegacyTransaction
      ? wireOf('legacy', request, lifetime, instructions)
      : wireOf(0, request, lifetime, instructions),
    lastValidBlockHeight,
    prioritizationFeeLamports: Number(built.priorityFee.total_lamports),
    computeUnitLimit: built.computeUnitLimit,
    prioritizationType:
      built.priorityFee.tip_lamports > 0n
        ? { jito: { lamports: Number(built.priorityFee.tip_lamports) } }
        : {
            computeBudget: {
              microLamports: Number(built.priorityFee.computeUnitPrice_microLamports),
              estimatedMicroLamports: null,
            },
          },
    dynamicSlippageReport: null,
    simulationError: null,
  }
}

/** The answer of `POST /swap-instructions`. @throws ApiError */
export function swapInstructionsAnswer(request: SwapRequest): unknown {
  const built = buildSwapInstructions(request)
  return {
    tokenLedgerInstruction: null,
    otherInstructions: built.other.map(toJson),
    computeBudgetInstructions: built.computeBudget.map(toJson),
    setupInstructions: built.setup.map(toJson),
    swapInstruction: toJson(built.swap),
    cleanupInstruction: built.cleanup ? toJson(built.cleanup) : null,
    addressLookupTableAddresses: [],
    prioritizationFeeLamports: Number(built.priorityFee.total_lamports),
    computeUnitLimit: built.computeUnitLimit,
  }
}

function wireOf(
  version: 0 | 'legacy',
  request: SwapRequest,
  lifetime: { readonly blockhash: Blockhash; readonly lastValidBlockHeight: bigint },
  instructions: readonly Instruction[],
): string {
  const message = pipe(
    createTransactionMessage({ version: version as 0 }),
    draft => setTransactionMessageFeePayer(request.payer, draft),
    draft => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
    draft => appendTransactionMessageInstructions(instructions, draft),
  )
  return getBase64EncodedWireTransaction(compileTransaction(message))
}

function toJson(instruction: Instruction): unknown {
  return {
    programId: instruction.programAddress,
    accounts: (instruction.accounts ?? []).map(({ address, role }) => ({
      pubkey: address,
      isSigner: isSignerRole(role),
      isWritable: isWritableRole(role),
    })),
    data: Buffer.from(instruction.data ?? new Uint8Array()).toString('base64'),
  }
}
