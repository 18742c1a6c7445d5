import {
  AuthorityType,
  createApproveCheckedInstruction,
  createApproveInstruction,
  createAssociatedTokenAccountIdempotentInstruction,
  createBurnInstruction,
  createCloseAccountInstruction,
  createInitializeAccount3Instruction,
  createRecoverNestedInstruction,
  createRevokeInstruction,
  createSetAuthorityInstruction,
  createTransferCheckedInstruction,
  createTransferInstruction,
  getAssociatedTokenAddressSync,
  TOKEN_2022_PROGRAM_ID,
} from '@solana/spl-token'
import { ComputeBudgetProgram, PublicKey, SystemProgram, TransactionInstruction } from '@solana/web3.js'
import type { Instruction } from '../../../core/plugin/venue.ts'
import { type GuardWorld, plain } from './guard-world.ts'

/** A transaction that looks like a swap and is not only one. */
export interface Hostile {
  readonly name: string
  /** What is traded: USDC into SOL unless said otherwise. */
  readonly sells?: 'SOL'
  /** The swap's instructions, tampered with. */
  tamper(swap: readonly Instruction[], world: GuardWorld): readonly Instruction[]
  /** The rule that must refuse it. */
  readonly rule: string
}

const added =
  (make: (world: GuardWorld) => TransactionInstruction): Hostile['tamper'] =>
  (swap, world) => [...swap, plain(make(world))]
const first =
  (make: (world: GuardWorld) => TransactionInstruction): Hostile['tamper'] =>
  (swap, world) => [plain(make(world)), ...swap]

/** The swap itself with some of its accounts replaced. */
const redirected =
  (replace: (world: GuardWorld) => ReadonlyMap<string, string>): Hostile['tamper'] =>
  (swap, world) => {
    const to = replace(world)
    return swap.map(instruction => ({
      ...instruction,
      accounts: instruction.accounts.map(account => ({
        ...account,
        address: to.get(account.address) ?? account.address,
      })),
    }))
  }

const attackersUsdc = ({ mint, attacker }: GuardWorld): PublicKey =>
  getAssociatedTokenAddressSync(mint('USDC'), attacker)

export const HOSTILE: readonly Hostile[] = [
  {
    name: 'an extra transfer of lamports',
    tamper: added(({ wallet, attacker }) =>
      SystemProgram.transfer({ fromPubkey: wallet, toPubkey: attacker, lamports: 1_000_000 }),
    ),
    rule: 'transfer',
  },
  {
    name: 'a tip to an account that is no tip account',
    tamper: added(({ wallet, attacker }) =>
      SystemProgram.transfer({ fromPubkey: wallet, toPubkey: attacker, lamports: 1_000 }),
    ),
    rule: 'transfer',
  },
  {
    name: 'an extra transfer of tokens',
    tamper: added(world =>
      createTransferInstruction(world.account('USDC'), attackersUsdc(world), world.wallet, 1_000_000),
    ),
    rule: 'token',
  },
  {
    name: 'an extra checked transfer of another token',
    tamper: added(world =>
      createTransferCheckedInstruction(
        world.account('JSOL'),
        world.mint('JSOL'),
        getAssociatedTokenAddressSync(world.mint('JSOL'), world.attacker),
        world.wallet,
        1_000n,
        9,
      ),
    ),
    rule: 'token',
  },
  {
    name: 'an approval of all tokens',
    tamper: added(({ account, attacker, wallet }) =>
      createApproveInstruction(account('USDC'), attacker, wallet, 2n ** 63n),
    ),
    rule: 'token',
  },
  {
    name: 'a checked approval, before the swap',
    tamper: first(({ account, mint, attacker, wallet }) =>
      createApproveCheckedInstruction(account('USDC'), mint('USDC'), attacker, wallet, 1n, 6),
    ),
    rule: 'token',
  },
  {
    name: 'an approval through the Token-2022 program',
    tamper: added(({ account, attacker, wallet }) =>
      createApproveInstruction(account('USDC'), attacker, wallet, 1n, [], TOKEN_2022_PROGRAM_ID),
    ),
    rule: 'token',
  },
  {
    name: 'a new owner for a token account',
    tamper: added(({ account, attacker, wallet }) =>
      createSetAuthorityInstruction(account('USDC'), wallet, AuthorityType.AccountOwner, attacker),
    ),
    rule: 'token',
  },
  {
    name: 'a new close authority',
    tamper: added(({ account, attacker, wallet }) =>
      createSetAuthorityInstruction(account('USDC'), wallet, AuthorityType.CloseAccount, attacker),
    ),
    rule: 'token',
  },
  {
    name: 'a burn',
    tamper: added(({ account, mint, wallet }) => createBurnInstruction(account('JSOL'), mint('JSOL'), wallet, 1n)),
    rule: 'token',
  },
  {
    name: 'a revocation nobody asked for',
    tamper: added(({ account, wallet }) => createRevokeInstruction(account('USDC'), wallet)),
    rule: 'token',
  },
  {
    name: 'a token account closed in favour of another',
    tamper: added(({ account, attacker, wallet }) => createCloseAccountInstruction(account('JSOL'), attacker, wallet)),
    rule: 'close-destination',
  },
  {
    name: 'the unwrapped SOL sent to another',
    tamper: (swap, { attacker, wallet }) =>
      swap.map((instruction, index) =>
        index === swap.length - 1
          ? {
              ...instruction,
              accounts: instruction.accounts.map((account, at) =>
                at === 1 && account.address === wallet.toBase58()
                  ? { ...account, address: attacker.toBase58() }
                  : account,
              ),
            }
          : instruction,
      ),
    rule: 'close-destination',
  },
  {
    name: 'the output sent to an account of another',
    sells: 'SOL',
    tamper: redirected(world => new Map([[world.account('USDC').toBase58(), attackersUsdc(world).toBase58()]])),
    rule: 'associated-token',
  },
  {
    name: 'a token account opened for another',
    tamper: added(world =>
      createAssociatedTokenAccountIdempotentInstruction(
        world.wallet,
        attackersUsdc(world),
        world.attacker,
        world.mint('USDC'),
      ),
    ),
    rule: 'account-owner',
  },
  {
    name: 'a token account initialised for another',
    tamper: added(({ account, mint, attacker }) =>
      createInitializeAccount3Instruction(account('BONK'), mint('BONK'), attacker),
    ),
    rule: 'account-owner',
  },
  {
    name: 'tokens recovered from a nested account',
    tamper: added(({ account, mint, wallet }) =>
      createRecoverNestedInstruction(
        account('USDC'),
        mint('USDC'),
        account('SOL'),
        account('USDC'),
        mint('SOL'),
        wallet,
      ),
    ),
    rule: 'associated-token',
  },
  {
    name: 'the wallet assigned to a program',
    tamper: added(({ wallet, swapProgram }) =>
      SystemProgram.assign({ accountPubkey: wallet, programId: new PublicKey(swapProgram) }),
    ),
    rule: 'system',
  },
  {
    name: "the wallet's space allocated",
    tamper: added(({ wallet }) => SystemProgram.allocate({ accountPubkey: wallet, space: 8 })),
    rule: 'system',
  },
  {
    name: 'a durable nonce, which keeps it valid for ever',
    tamper: first(({ wallet, attacker }) =>
      SystemProgram.nonceAdvance({ noncePubkey: attacker, authorizedPubkey: wallet }),
    ),
    rule: 'durable-nonce',
  },
  {
    name: 'rent drained into an account derived for another',
    tamper: added(({ wallet, attacker, swapProgram }) =>
      SystemProgram.createAccountWithSeed({
        fromPubkey: wallet,
        basePubkey: wallet,
        seed: 'x',
        newAccountPubkey: attacker,
        lamports: 2_039_280,
        space: 165,
        programId: new PublicKey(swapProgram),
      }),
    ),
    rule: 'create-account',
  },
  {
    name: 'rent far above what an account needs',
    tamper: added(({ wallet, attacker }) =>
      SystemProgram.createAccountWithSeed({
        fromPubkey: wallet,
        basePubkey: wallet,
        seed: 'x',
        newAccountPubkey: attacker,
        lamports: 3_000_000_000,
        space: 165,
        programId: new PublicKey('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'),
      }),
    ),
    rule: 'create-account',
  },
  {
    name: 'more SOL wrapped than is sold',
    sells: 'SOL',
    tamper: added(({ wallet, account }) =>
      SystemProgram.transfer({ fromPubkey: wallet, toPubkey: account('SOL'), lamports: 1_000_000_000 }),
    ),
    rule: 'wrap',
  },
  {
    name: 'an unknown program',
    tamper: added(
      ({ wallet }) =>
        new TransactionInstruction({
          programId: new PublicKey('Stake11111111111111111111111111111111111111'),
          keys: [{ pubkey: wallet, isSigner: true, isWritable: true }],
        }),
    ),
    rule: 'unknown-program',
  },
  {
    name: 'a priority fee raised behind our back',
    tamper: (swap, _world) => [
      ...swap,
      plain(ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1_000_000_000 })),
    ],
    rule: 'priority-fee',
  },
  {
    name: 'an instruction with data that its program does not know',
    tamper: (swap, { account }) => [
      ...swap,
      {
        programId: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
        accounts: [{ address: account('USDC').toBase58(), signer: false, writable: true }],
        data: Uint8Array.of(200),
      },
    ],
    rule: 'undecodable',
  },
  {
    name: 'ten times the input',
    tamper: (swap, { swapProgram }) =>
      swap.map(instruction =>
        instruction.programId === swapProgram
          ? { ...instruction, data: multiplied(instruction.data, 10n) }
          : instruction,
      ),
    rule: 'balances',
  },
  {
    name: 'no minimum, and a swap of next to nothing',
    tamper: (swap, { swapProgram }) =>
      swap.map(instruction =>
        instruction.programId === swapProgram
          ? { ...instruction, data: amounts(instruction.data, 1_000n, 0n) }
          : instruction,
      ),
    rule: 'balances',
  },
  {
    name: 'the swap left out',
    tamper: (swap, { swapProgram }) => swap.filter(instruction => instruction.programId !== swapProgram),
    rule: 'balances',
  },
  {
    name: 'two swaps instead of one',
    tamper: (swap, { swapProgram }) =>
      swap.flatMap(instruction => (instruction.programId === swapProgram ? [instruction, instruction] : [instruction])),
    rule: 'balances',
  },
  {
    name: 'a second swap, of another token of the wallet',
    tamper: (swap, world) => [...swap, ...(world.others ?? [])],
    rule: 'balances',
  },
  {
    name: 'an empty account of the wallet closed',
    tamper: added(({ account, wallet }) => createCloseAccountInstruction(account('BONK'), wallet, wallet)),
    rule: 'closed',
  },
  {
    name: 'a transfer to the wallet of itself, as if to wrap',
    tamper: added(({ wallet }) => SystemProgram.transfer({ fromPubkey: wallet, toPubkey: wallet, lamports: 1 })),
    rule: 'wrap',
  },
]

/** Amount and limit stand in bytes 1 to 17 of a swap, little endian. */
function amounts(data: Uint8Array, amount: bigint, limit: bigint): Uint8Array {
  const changed = data.slice()
  const view = new DataView(changed.buffer)
  view.setBigUint64(1, amount, true)
  view.setBigUint64(9, limit, true)
  return changed
}

function multiplied(data: Uint8Array, factor: bigint): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset)
  return amounts(data, view.getBigUint64(1, true) * factor, view.getBigUint64(9, true))
}
