import { getAssociatedTokenAddressSync } from '@solana/spl-token'
import type { PublicKey } from '@solana/web3.js'
import { type Instruction, instructionsAroundSwap } from '../../../core/index.ts'

/** One side of a swap: the mint and the token program that owns it. */
export interface Side {
  readonly mint: PublicKey
  readonly tokenProgram: PublicKey
}

/** The wallet's token accounts for a swap, and what has to run around it. */
export interface WalletAccounts {
  readonly input: PublicKey
  readonly output: PublicKey
  readonly before: readonly Instruction[]
  readonly after: readonly Instruction[]
}

export function walletAccounts(owner: PublicKey, input: Side, output: Side, inputUnits: bigint): WalletAccounts {
  const [from, to] = [associatedAddress(owner, input), associatedAddress(owner, output)]
  const side = ({ mint, tokenProgram }: Side, account: PublicKey) => ({
    mint: mint.toBase58(),
    tokenProgram: tokenProgram.toBase58(),
    account: account.toBase58(),
  })
  const around = instructionsAroundSwap(owner.toBase58(), side(input, from), side(output, to), inputUnits)
  return { input: from, output: to, ...around }
}

/** A derivation costs a millisecond, and every swap needs the same few. */
const KEPT_MAX = 1_000
const kept = new Map<string, PublicKey>()

function associatedAddress(owner: PublicKey, { mint, tokenProgram }: Side): PublicKey {
  const key = Buffer.concat([owner.toBytes(), mint.toBytes(), tokenProgram.toBytes()]).toString('base64')
  const known = kept.get(key)
  if (known !== undefined) return known
  const address = getAssociatedTokenAddressSync(mint, owner, true, tokenProgram)
  if (kept.size >= KEPT_MAX) kept.clear()
  kept.set(key, address)
  return address
}
