import {
  createAssociatedTokenAccountIdempotentInstruction,
  createCloseAccountInstruction,
  createSyncNativeInstruction,
  NATIVE_MINT,
  TOKEN_2022_PROGRAM_ID,
  TOKEN_PROGRAM_ID,
} from '@solana/spl-token'
import { Keypair, type PublicKey, SystemProgram, type TransactionInstruction } from '@solana/web3.js'
import { expect, test } from 'vitest'
import { type Instruction, instructionsAroundSwap, type SwapSide } from '../../../core/index.ts'

const key = (seed: number): PublicKey => Keypair.fromSeed(new Uint8Array(32).fill(seed)).publicKey
const owner = key(1)
const account = { sol: key(2), token: key(3) }
const mint = key(4)

const sol: SwapSide = side(NATIVE_MINT, TOKEN_PROGRAM_ID, account.sol)
const token: SwapSide = side(mint, TOKEN_2022_PROGRAM_ID, account.token)
const openSol = createAssociatedTokenAccountIdempotentInstruction(owner, account.sol, owner, NATIVE_MINT)
const openToken = createAssociatedTokenAccountIdempotentInstruction(
  owner,
  account.token,
  owner,
  mint,
  TOKEN_2022_PROGRAM_ID,
)
const unwrap = createCloseAccountInstruction(account.sol, owner, owner)

test('SOL that is paid is wrapped before and unwrapped after, as @solana/spl-token would write it', () => {
  const around = instructionsAroundSwap(owner.toBase58(), sol, token, 2n ** 40n + 7n)
  const transfer = SystemProgram.transfer({ fromPubkey: owner, toPubkey: account.sol, lamports: 2n ** 40n + 7n })
  expect(around.before).toEqual([openSol, transfer, createSyncNativeInstruction(account.sol), openToken].map(plain))
  expect(around.after).toEqual([unwrap].map(plain))
})

test('SOL that is received is unwrapped, and nothing is wrapped for a token that is paid', () => {
  const around = instructionsAroundSwap(owner.toBase58(), token, sol, 5n)
  expect(around).toEqual({ before: [openSol].map(plain), after: [unwrap].map(plain) })
})

test('between two tokens only the output is opened, under its own token program', () => {
  const other = side(key(5), TOKEN_PROGRAM_ID, key(6))
  expect(instructionsAroundSwap(owner.toBase58(), other, token, 5n)).toEqual({
    before: [openToken].map(plain),
    after: [],
  })
})

function side(of: PublicKey, program: PublicKey, at: PublicKey): SwapSide {
  return { mint: of.toBase58(), tokenProgram: program.toBase58(), account: at.toBase58() }
}

function plain({ programId, keys, data }: TransactionInstruction): Instruction {
  return {
    programId: programId.toBase58(),
    accounts: keys.map(({ pubkey, isSigner, isWritable }) => ({
      address: pubkey.toBase58(),
      signer: isSigner,
      writable: isWritable,
    })),
    data: new Uint8Array(data),
  }
}
