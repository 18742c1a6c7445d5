import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeDefaultAccountStateInstruction,
  createInitializeInterestBearingMintInstruction,
  createInitializeMintCloseAuthorityInstruction,
  createInitializeMintInstruction,
  createInitializeNonTransferableMintInstruction,
  createInitializePausableConfigInstruction,
  createInitializePermanentDelegateInstruction,
  createInitializeTransferFeeConfigInstruction,
  createInitializeTransferHookInstruction,
  ExtensionType,
  getAssociatedTokenAddressSync,
  getMintLen,
  TOKEN_2022_PROGRAM_ID,
} from '@solana/spl-token'
import { Keypair, type PublicKey, SystemProgram, type TransactionInstruction } from '@solana/web3.js'
import { expect, it } from 'vitest'
import { ownAccountBytes, usualDeposit_lamports } from '../../../core/chain/mint/account-size.ts'
import { TestChain } from '../venues/chain/test-chain.ts'

/** What a wallet's account of a mint is as large as, and costs, by the real Token-2022 program. */

type Extend = (mint: PublicKey, authority: PublicKey) => TransactionInstruction

const P = TOKEN_2022_PROGRAM_ID
const EXTENSIONS: Readonly<Record<string, readonly [ExtensionType, Extend]>> = {
  'a transfer fee': [
    ExtensionType.TransferFeeConfig,
    (mint, by) => createInitializeTransferFeeConfigInstruction(mint, by, by, 100, 1_000n, P),
  ],
  'a close authority': [
    ExtensionType.MintCloseAuthority,
    (mint, by) => createInitializeMintCloseAuthorityInstruction(mint, by, P),
  ],
  'a default state': [
    ExtensionType.DefaultAccountState,
    mint => createInitializeDefaultAccountStateInstruction(mint, 1, P),
  ],
  'no transfers': [ExtensionType.NonTransferable, mint => createInitializeNonTransferableMintInstruction(mint, P)],
  interest: [
    ExtensionType.InterestBearingConfig,
    (mint, by) => createInitializeInterestBearingMintInstruction(mint, by, 5, P),
  ],
  'a permanent delegate': [
    ExtensionType.PermanentDelegate,
    (mint, by) => createInitializePermanentDelegateInstruction(mint, by, P),
  ],
  'a transfer hook': [
    ExtensionType.TransferHook,
    (mint, by) => createInitializeTransferHookInstruction(mint, by, Keypair.generate().publicKey, P),
  ],
  'a pause switch': [
    ExtensionType.PausableConfig,
    (mint, by) => createInitializePausableConfigInstruction(mint, by, P),
  ],
}

it.each([
  [],
  ...Object.keys(EXTENSIONS).map(name => [name]),
  ['a transfer fee', 'a transfer hook'],
  ['a transfer fee', 'a close authority', 'a permanent delegate', 'a transfer hook', 'a pause switch'],
])('of a mint with %s %s %s %s %s', (...names) => {
  const chain = new TestChain([], 1_700_000_000n)
  const chosen = names.flatMap(name => (name === undefined ? [] : [EXTENSIONS[name]!]))
  const mint = Keypair.generate()
  const authority = chain.payer.publicKey
  chain.send(
    [
      SystemProgram.createAccount({
        fromPubkey: authority,
        newAccountPubkey: mint.publicKey,
        space: getMintLen(chosen.map(([type]) => type)),
        lamports: 10_000_000,
        programId: P,
      }),
      ...chosen.map(([, extend]) => extend(mint.publicKey, authority)),
      createInitializeMintInstruction(mint.publicKey, 6, authority, authority, P),
    ],
    [mint],
  )
  const owner = Keypair.generate().publicKey
  const account = getAssociatedTokenAddressSync(mint.publicKey, owner, true, P)
  chain.send([createAssociatedTokenAccountIdempotentInstruction(authority, account, owner, mint.publicKey, P)], [])
  const opened = chain.account(account.toBase58())!
  const bytes = ownAccountBytes(chain.account(mint.publicKey.toBase58()))
  expect(bytes).toBe(opened.data.length)
  expect(usualDeposit_lamports(bytes)).toBe(opened.lamports)
})
