import { PublicKey } from '@solana/web3.js'

const ASSOCIATED_TOKEN_PROGRAM = new PublicKey('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL')

/**
 * The owner's account for a mint, in base58. Derived, so the network is not asked.
 * Source: Associated Token Account program, seeds [owner, token program, mint].
 */
export function associatedTokenAddress(owner: string, mint: string, tokenProgram: string): string {
  const seeds = [owner, tokenProgram, mint].map(each => new PublicKey(each).toBytes())
  return PublicKey.findProgramAddressSync(seeds, ASSOCIATED_TOKEN_PROGRAM)[0].toBase58()
}
