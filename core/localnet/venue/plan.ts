import {
  type AccountMeta,
  AccountRole,
  address,
  createNoopSigner,
  type Instruction as KitInstruction,
} from '@solana/kit'
import { getTransferSolInstruction } from '@solana-program/system'
import {
  getCloseAccountInstruction,
  getCreateAssociatedTokenIdempotentInstruction,
  getSyncNativeInstruction,
} from '@solana-program/token'
import { ForgeError } from '../../errors/forge-error.ts'
import { SOL_MINT, type Token } from '../../money/token.ts'
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

  const signer = createNoopSigner(user)
  const open = (token: Token): KitInstruction =>
    getCreateAssociatedTokenIdempotentInstruction({
      payer: signer,
      owner: user,
      mint: address(token.mint),
      ata: associatedTokenAddress(user, address(token.mint)),
    })
  const wrap = [
    open(input),
    getTransferSolInstruction({ source: signer, destination: source!, amount: mostIn }),
    getSyncNativeInstruction({ account: source! }),
  ]
  const wrapped = input.mint === SOL_MINT ? source : output.mint === SOL_MINT ? destination : undefined
  const cleanup = wrapped ? [getCloseAccountInstruction({ account: wrapped, destination: user, owner: signer })] : []
  return {
    instructions: [...(input.mint === SOL_MINT ? wrap : []), open(output), swap, ...cleanup].map(plain),
    lookupTables: [],
  }
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
