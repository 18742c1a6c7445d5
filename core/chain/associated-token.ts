import { PublicKey } from '@solana/web3.js'

const ASSOCIATED_TOKEN_PROGRAM = new PublicKey('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL')
/** A derivation costs a millisecond, and a run asks for the same few again and again. */
const KEPT_MAX = 1_000
const kept = new Map<string, string>()

/**
 * The owner's account for a mint, in base58. Derived, so the network is not asked.
 * Source: Associated Token Account program, seeds [owner, token program, mint].
 */
export function associatedTokenAddress(owner: string, mint: string, tokenProgram: string): string {
  const key = `${owner} ${mint} ${tokenProgram}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const seeds = [owner, tokenProgram, mint].map(each => new PublicKey(each).toBytes())
  const address = PublicKey.findProgramAddressSync(seeds, ASSOCIATED_TOKEN_PROGRAM)[0].toBase58()
  if (kept.size >= KEPT_MAX) kept.clear()
  kept.set(key, address)
  return address
}
