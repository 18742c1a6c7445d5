import { Keypair } from '@solana/web3.js'
import { SOL_MINT, type Token } from '../../../../core/index.ts'
import type { TestChain } from './test-chain.ts'

export const SOL: Token = { cluster: 'test', mint: SOL_MINT, symbol: 'SOL', decimals: 9, program: 'spl-token' }

/** A plain mint at a fresh address. */
export function newToken(chain: TestChain, symbol: string, decimals: number): Token {
  const mint = Keypair.generate().publicKey.toBase58()
  chain.setMint(mint, decimals)
  return { cluster: 'test', mint, symbol, decimals, program: 'spl-token' }
}
