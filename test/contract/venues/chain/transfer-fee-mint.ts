import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeMintInstruction,
  createInitializeTransferFeeConfigInstruction,
  createMintToInstruction,
  ExtensionType,
  getAssociatedTokenAddressSync,
  getMintLen,
  TOKEN_2022_PROGRAM_ID,
} from '@solana/spl-token'
import { Keypair, PublicKey, SystemProgram } from '@solana/web3.js'
import type { Token } from '../../../../core/index.ts'
import type { TestChain } from './test-chain.ts'

/** A Token-2022 mint whose transfers keep back a part, made by the real token program. */
export function createTransferFeeMint(
  chain: TestChain,
  options: { readonly symbol: string; readonly decimals: number; readonly feeBps: number; readonly maximumFee: bigint },
): Token {
  const mint = Keypair.generate()
  const space = getMintLen([ExtensionType.TransferFeeConfig])
  const authority = chain.payer.publicKey
  chain.send(
    [
      SystemProgram.createAccount({
        fromPubkey: authority,
        newAccountPubkey: mint.publicKey,
        space,
        lamports: 10_000_000,
        programId: TOKEN_2022_PROGRAM_ID,
      }),
      createInitializeTransferFeeConfigInstruction(
        mint.publicKey,
        authority,
        authority,
        options.feeBps,
        options.maximumFee,
        TOKEN_2022_PROGRAM_ID,
      ),
      createInitializeMintInstruction(mint.publicKey, options.decimals, authority, null, TOKEN_2022_PROGRAM_ID),
    ],
    [mint],
  )
  return {
    cluster: 'test',
    mint: mint.publicKey.toBase58(),
    symbol: options.symbol,
    decimals: options.decimals,
    program: 'token-2022',
  }
}

/** Gives a wallet so much of a mint whose authority is the chain's payer. */
export function mintTo(chain: TestChain, token: Token, owner: PublicKey, units: bigint): void {
  const mint = new PublicKey(token.mint)
  const authority = chain.payer.publicKey
  const account = getAssociatedTokenAddressSync(mint, owner, true, TOKEN_2022_PROGRAM_ID)
  chain.send(
    [
      createAssociatedTokenAccountIdempotentInstruction(authority, account, owner, mint, TOKEN_2022_PROGRAM_ID),
      createMintToInstruction(mint, account, authority, units, [], TOKEN_2022_PROGRAM_ID),
    ],
    [],
  )
}
