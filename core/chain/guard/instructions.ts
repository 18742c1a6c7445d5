import { ComputeBudgetInstruction } from '@solana-program/compute-budget'
import { identifySystemInstruction, SystemInstruction } from '@solana-program/system'
import { AssociatedTokenInstruction, identifyAssociatedTokenInstruction, TokenInstruction } from '@solana-program/token'
import { messageOf } from '../../errors/forge-error.ts'
import { SOL_MINT } from '../../money/token.ts'
import type { Instruction } from '../../plugin/venue.ts'
import { addressText } from '../address-text.ts'
import { associatedTokenAddress } from '../associated-token.ts'
import {
  ASSOCIATED_TOKEN_PROGRAM,
  COMPUTE_BUDGET_PROGRAM,
  type Expectation,
  MEMO_PROGRAM,
  MEMO_V1_PROGRAM,
  type Refusal,
  SYSTEM_PROGRAM,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
} from './expectation.ts'
import { computeBudgetInstruction, tokenInstruction } from './instruction-kinds.ts'
import type { DecodedMessage } from './message.ts'

/** Lamports a token account of 165 bytes must hold, with room for Token-2022's extensions. */
const MAX_TOKEN_ACCOUNT_RENT = 10_000_000n
const MAX_COMPUTE_UNITS = 1_400_000n

/** Every instruction by the rules of its program. Returns the first refusal, or undefined. */
export function checkInstructions(message: DecodedMessage, expected: Expectation): Refusal | undefined {
  if (message.feePayer !== expected.wallet)
    return { rule: 'fee-payer', message: `${message.feePayer} would pay the fee` }
  const foreign = message.signers.find(signer => signer !== expected.wallet)
  if (foreign) return { rule: 'signers', message: `it also wants the signature of ${foreign}` }
  const budget = priorityFeeOf(message.instructions)
  if (budget > expected.maxPriorityFee_lamports) {
    return {
      rule: 'priority-fee',
      message: `its priority fee of ${budget} lamports is over the cap of ${expected.maxPriorityFee_lamports}`,
      instruction: message.instructions.findIndex(each => each.programId === COMPUTE_BUDGET_PROGRAM),
    }
  }
  const spent: Spent = { wrapped: 0n, tip: 0n }
  for (const [index, instruction] of message.instructions.entries()) {
    let refusal: Omit<Refusal, 'instruction'> | undefined
    try {
      refusal = checkOne(instruction, expected, spent)
    } catch (error) {
      // Data that its own program's decoder does not know is not understood, so it is not signed.
      refusal = { rule: 'undecodable', message: messageOf(error) }
    }
    if (refusal) return { ...refusal, instruction: index }
  }
  return undefined
}

/** Lamports that the instructions looked at so far take out of the wallet. */
interface Spent {
  wrapped: bigint
  tip: bigint
}

type Verdict = Omit<Refusal, 'instruction'> | undefined

function checkOne(instruction: Instruction, expected: Expectation, spent: Spent): Verdict {
  switch (instruction.programId) {
    case COMPUTE_BUDGET_PROGRAM:
    case MEMO_PROGRAM:
    case MEMO_V1_PROGRAM:
      return undefined
    case SYSTEM_PROGRAM:
      return checkSystem(instruction, expected, spent)
    case TOKEN_PROGRAM:
    case TOKEN_2022_PROGRAM:
      return checkToken(instruction, expected)
    case ASSOCIATED_TOKEN_PROGRAM:
      return checkAssociatedToken(instruction, expected)
    default:
      return expected.venuePrograms.has(instruction.programId)
        ? undefined
        : {
            rule: 'unknown-program',
            message: `it calls ${instruction.programId}, which the cluster profile does not allow`,
          }
  }
}

/** What the compute budget instructions make the wallet pay: price × limit, on the limit asked for. */
export function priorityFeeOf(instructions: readonly Instruction[]): bigint {
  let price = 0n
  let limit = MAX_COMPUTE_UNITS
  for (const { programId, data } of instructions) {
    if (programId !== COMPUTE_BUDGET_PROGRAM) continue
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    const kind = computeBudgetInstruction(data)
    if (kind === ComputeBudgetInstruction.SetComputeUnitPrice) price = view.getBigUint64(1, true)
    if (kind === ComputeBudgetInstruction.SetComputeUnitLimit) limit = BigInt(view.getUint32(1, true))
  }
  return (price * limit + 999_999n) / 1_000_000n
}

function checkSystem(instruction: Instruction, expected: Expectation, spent: Spent): Verdict {
  const kind = identifySystemInstruction(instruction.data)
  const view = new DataView(instruction.data.buffer, instruction.data.byteOffset, instruction.data.byteLength)
  const to = instruction.accounts[1]?.address ?? ''
  if (kind === SystemInstruction.TransferSol) {
    const lamports = view.getBigUint64(4, true)
    if (to === associatedTokenAddress(expected.wallet, SOL_MINT, TOKEN_PROGRAM) || to === expected.wallet) {
      spent.wrapped += lamports
      const most = expected.input.mint === SOL_MINT ? expected.input.maxUnits : 0n
      return spent.wrapped > most
        ? { rule: 'wrap', message: `it wraps ${spent.wrapped} lamports where ${most} are to be spent` }
        : undefined
    }
    if (expected.tipAccounts.has(to)) {
      spent.tip += lamports
      return spent.tip > expected.maxTip_lamports
        ? { rule: 'tip', message: `its tip of ${spent.tip} lamports is over the cap of ${expected.maxTip_lamports}` }
        : undefined
    }
    return { rule: 'transfer', message: `it sends ${lamports} lamports to ${to}` }
  }
  if (kind === SystemInstruction.CreateAccountWithSeed) {
    // Raydium wraps SOL in an account derived from the wallet; it is initialised for the wallet and closed again.
    const base = addressText(instruction.data.subarray(4, 36))
    const seedLength = Number(view.getBigUint64(36, true))
    const lamports = view.getBigUint64(44 + seedLength, true)
    const owner = addressText(instruction.data.subarray(60 + seedLength, 92 + seedLength))
    const most = MAX_TOKEN_ACCOUNT_RENT + (expected.input.mint === SOL_MINT ? expected.input.maxUnits : 0n)
    if (base !== expected.wallet || owner !== TOKEN_PROGRAM) {
      return { rule: 'create-account', message: `it creates an account of ${owner} derived from ${base}` }
    }
    return lamports > most
      ? { rule: 'create-account', message: `it puts ${lamports} lamports into a new account where ${most} are enough` }
      : undefined
  }
  if (kind === SystemInstruction.AdvanceNonceAccount) {
    return { rule: 'durable-nonce', message: 'it would stay valid for ever: it uses a durable nonce' }
  }
  return { rule: 'system', message: `a swap has no use for ${SystemInstruction[kind] ?? kind} of the system program` }
}

function checkToken(instruction: Instruction, expected: Expectation): Verdict {
  const kind = tokenInstruction(instruction.data)
  const { wallet } = expected
  switch (kind) {
    case TokenInstruction.SyncNative:
      return undefined
    case TokenInstruction.InitializeAccount: {
      const owner = instruction.accounts[2]?.address
      return owner === wallet ? undefined : { rule: 'account-owner', message: `it opens a token account for ${owner}` }
    }
    case TokenInstruction.InitializeAccount2:
    case TokenInstruction.InitializeAccount3: {
      const owner = addressText(instruction.data.subarray(1, 33))
      return owner === wallet ? undefined : { rule: 'account-owner', message: `it opens a token account for ${owner}` }
    }
    case TokenInstruction.CloseAccount: {
      const destination = instruction.accounts[1]?.address
      return destination === wallet
        ? undefined
        : { rule: 'close-destination', message: `it closes a token account in favour of ${destination}` }
    }
    default:
      return { rule: 'token', message: `a swap has no use for ${TokenInstruction[kind] ?? kind} of the token program` }
  }
}

function checkAssociatedToken(instruction: Instruction, expected: Expectation): Verdict {
  const kind = identifyAssociatedTokenInstruction(instruction.data)
  if (kind === AssociatedTokenInstruction.RecoverNestedAssociatedToken) {
    return { rule: 'associated-token', message: 'a swap has no use for RecoverNested of the associated token program' }
  }
  const [payer, account, owner, mint, , program] = instruction.accounts.map(each => each.address)
  if (owner !== expected.wallet) return { rule: 'account-owner', message: `it opens a token account for ${owner}` }
  if (payer !== expected.wallet) return { rule: 'account-payer', message: `${payer} would pay for a token account` }
  return account === associatedTokenAddress(expected.wallet, mint!, program!)
    ? undefined
    : { rule: 'associated-token', message: `${account} is not the wallet's account for ${mint}` }
}

/** What tips take: transfers from the wallet to tip accounts. */
export function tipOf(message: DecodedMessage, expected: Expectation): bigint {
  let tip = 0n
  for (const { programId, accounts, data } of message.instructions) {
    if (programId !== SYSTEM_PROGRAM || !expected.tipAccounts.has(accounts[1]?.address ?? '')) continue
    tip += new DataView(data.buffer, data.byteOffset, data.byteLength).getBigUint64(4, true)
  }
  return tip
}
