import { type AccountMeta, AccountRole, address, type Instruction as KitInstruction } from '@solana/kit'
import { TOKEN_PROGRAM_ADDRESS } from '@solana-program/token'
import { ForgeError } from '../../errors/forge-error.ts'
import type { Token } from '../../money/token.ts'
import { instructionsAroundSwap, type SwapSide } from '../../plugin/swap-accounts.ts'
import type { Instruction, Quote, SwapPlan } from '../../plugin/venue.ts'
import { associatedTokenAddress } from '../derived-address.ts'
import { swapExactInInstruction, swapExactOutInstruction } from '../program/instructions.ts'
import { LocalRoute } from './curve.ts'

/** One instruction for all hops: what one gives is what the next takes, to the unit. @throws VENUE_REFUSED */
export function planSwap(quotes: readonly Quote[], owner: string, programId: string): SwapPlan {
  const [first, last] = [quotes[0]!, quotes.at(-1)!]
  const routes = quotes.map(quote => {
    if (quote.raw instanceof LocalRoute) return quote.raw
    throw new ForgeError('VENUE_REFUSED', { message: `localnet can not plan a quote of ${quote.venue}` })
  })
  const user = address(owner)
  const [input, output] = [first.input.token, last.output.token]
  const [source, destination] = [input, output].map(token => associatedTokenAddress(user, address(token.mint)))
  const accounts = { user, source: source!, destination: destination!, hops: routes.flatMap(route => route.hops) }
  const isIn = first.exact === 'in'
  const mostIn = isIn ? first.input.units : first.threshold.units
  const swap = isIn
    ? swapExactInInstruction(accounts, { amountIn: mostIn, minimumOut: last.threshold.units }, address(programId))
    : swapExactOutInstruction(accounts, { amountOut: last.output.units, maximumIn: mostIn }, address(programId))

  const side = (token: Token, account: string): SwapSide => ({
    mint: token.mint,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
    account,
  })
  const around = instructionsAroundSwap(owner, side(input, source!), side(output, destination!), mostIn)
  return { instructions: [...around.before, plain(swap), ...around.after], lookupTables: [] }
}

function plain(instruction: KitInstruction): Instruction {
  return {
    programId: instruction.programAddress,
    accounts: (instruction.accounts ?? []).map((account: Pick<AccountMeta, 'address' | 'role'>) => ({
      address: account.address,
      signer: account.role === AccountRole.READONLY_SIGNER || account.role === AccountRole.WRITABLE_SIGNER,
      writable: account.role === AccountRole.WRITABLE || account.role === AccountRole.WRITABLE_SIGNER,
    })),
    data: new Uint8Array(instruction.data ?? []),
  }
}
