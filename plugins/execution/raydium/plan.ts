import { PublicKey, type TransactionInstruction } from '@solana/web3.js'
import { ForgeError, type Instruction, type Quote, type SwapPlan } from '../../../core/index.ts'
import { RaydiumRoute } from './curve.ts'
import { walletAccounts } from './wallet-accounts.ts'

/**
 * The instructions of a quote. Nothing is read, so what was quoted is what is planned; the SDK's own transaction
 * builder, which asks its API for what it is not given, is not involved.
 *
 * @throws VENUE_REFUSED for a quote of another venue.
 */
export function planSwap(quote: Quote, owner: string): SwapPlan {
  if (!(quote.raw instanceof RaydiumRoute))
    throw new ForgeError('VENUE_REFUSED', { message: `raydium can not plan a quote of ${quote.venue}` })
  const { state, swap } = quote.raw
  const wallet = new PublicKey(owner)
  const mostIn = quote.exact === 'in' ? quote.input.units : quote.threshold.units
  const accounts = walletAccounts(wallet, state.input, state.output, mostIn)
  const instruction = state.instruction({
    exact: quote.exact,
    units: quote.exact === 'in' ? quote.input.units : quote.output.units,
    threshold: quote.threshold.units,
    owner: wallet,
    inputAccount: accounts.input,
    outputAccount: accounts.output,
    swap,
  })
  return {
    instructions: [...accounts.before, asInstruction(instruction), ...accounts.after],
    lookupTables: [],
  }
}

function asInstruction(instruction: TransactionInstruction): Instruction {
  return {
    programId: instruction.programId.toBase58(),
    accounts: instruction.keys.map(({ pubkey, isSigner, isWritable }) => ({
      address: pubkey.toBase58(),
      signer: isSigner,
      writable: isWritable,
    })),
    data: instruction.data,
  }
}
