import type { Instruction, SwapPlan } from '../../plugin/venue.ts'
import { ASSOCIATED_TOKEN_PROGRAM, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../guard/expectation.ts'

const CLOSE_ACCOUNT = 9
const SYNC_NATIVE = 17
const TRANSFER_SOL = 2

/**
 * Several swaps as one transaction: accounts are opened once, wrapped SOL is closed once, after all swaps.
 *
 * @param plans in the order they run
 * @param handedOn accounts that one swap fills for the next: they are not funded from the wallet a second time
 */
export function mergePlans(plans: readonly SwapPlan[], handedOn: ReadonlySet<string> = new Set()): SwapPlan {
  const opened = new Set<string>()
  const cleanup = new Map<string, Instruction>()
  const instructions: Instruction[] = []
  for (const instruction of plans.flatMap(plan => plan.instructions)) {
    const account = instruction.accounts[0]?.address ?? ''
    if (isToken(instruction) && instruction.data[0] === CLOSE_ACCOUNT) {
      cleanup.set(account, instruction)
    } else if (instruction.programId === ASSOCIATED_TOKEN_PROGRAM) {
      const target = instruction.accounts[1]?.address ?? ''
      if (!opened.has(target)) instructions.push(instruction)
      opened.add(target)
    } else if (!isFunding(instruction, handedOn)) {
      instructions.push(instruction)
    }
  }
  return {
    instructions: [...instructions, ...cleanup.values()],
    lookupTables: [...new Set(plans.flatMap(plan => plan.lookupTables))],
  }
}

function isToken(instruction: Instruction): boolean {
  return instruction.programId === TOKEN_PROGRAM || instruction.programId === TOKEN_2022_PROGRAM
}

/** Lamports moved into an account that an earlier swap fills already, and the sync that goes with them. */
function isFunding({ programId, accounts, data }: Instruction, handedOn: ReadonlySet<string>): boolean {
  if (programId === SYSTEM_PROGRAM) return data[0] === TRANSFER_SOL && handedOn.has(accounts[1]?.address ?? '')
  return programId === TOKEN_PROGRAM && data[0] === SYNC_NATIVE && handedOn.has(accounts[0]?.address ?? '')
}
