import {
  createAssociatedTokenAccountIdempotentInstruction,
  createCloseAccountInstruction,
  createSyncNativeInstruction,
  getAssociatedTokenAddressSync,
  NATIVE_MINT,
} from '@solana/spl-token'
import { type PublicKey, SystemProgram, type TransactionInstruction } from '@solana/web3.js'

/** One side of a swap: the mint and the token program that owns it. */
export interface Side {
  readonly mint: PublicKey
  readonly tokenProgram: PublicKey
}

export interface WalletAccounts {
  readonly input: PublicKey
  readonly output: PublicKey
  readonly setup: readonly TransactionInstruction[]
  readonly cleanup: readonly TransactionInstruction[]
}

/**
 * The wallet's token accounts for a swap, and what has to run around it. The output's account is opened where it is
 * missing. SOL is wrapped before (`inputUnits` of it, the most the swap may take) and unwrapped after, which also
 * returns what an exact output left over.
 */
export function walletAccounts(owner: PublicKey, input: Side, output: Side, inputUnits: bigint): WalletAccounts {
  const addressOf = (side: Side): PublicKey => associatedAddress(owner, side)
  const open = (side: Side): TransactionInstruction =>
    createAssociatedTokenAccountIdempotentInstruction(owner, addressOf(side), owner, side.mint, side.tokenProgram)
  const isSol = (side: Side): boolean => side.mint.equals(NATIVE_MINT)
  const source = addressOf(input)
  const wrap = [
    open(input),
    SystemProgram.transfer({ fromPubkey: owner, toPubkey: source, lamports: inputUnits }),
    createSyncNativeInstruction(source),
  ]
  const sol = [input, output].find(isSol)
  return {
    input: source,
    output: addressOf(output),
    setup: [...(isSol(input) ? wrap : []), open(output)],
    cleanup: sol === undefined ? [] : [createCloseAccountInstruction(addressOf(sol), owner, owner)],
  }
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
