import { type AccountMeta, AccountRole, type Address, type Instruction } from '@solana/kit'
import { TOKEN_PROGRAM_ADDRESS } from '@solana-program/token'
import { SWAP_PROGRAM } from './swap-program.ts'

/** An instruction of the swap program: accounts and data are always there. */
export interface SwapInstruction extends Instruction {
  readonly accounts: readonly AccountMeta[]
  readonly data: Uint8Array
}

/** A pool as one hop of a route passes it: which vault takes, which gives. */
export interface HopAccounts {
  readonly pool: Address
  readonly vaultOwner: Address
  readonly vaultIn: Address
  readonly vaultOut: Address
}

export interface SwapAccounts {
  /** Owner of `source`; signs. */
  readonly user: Address
  readonly source: Address
  readonly destination: Address
  /** One to four, in order; a pool may stand here once. */
  readonly hops: readonly HopAccounts[]
}

/** The most hops one instruction takes. */
export const HOPS_MAX = 4

/** Makes a pool out of a fresh account of the program (144 bytes, signing) and two vaults of `vaultOwnerOf(pool)`. */
export function initializePoolInstruction(
  accounts: {
    readonly pool: Address
    readonly mintA: Address
    readonly mintB: Address
    readonly vaultA: Address
    readonly vaultB: Address
  },
  feeBps: number,
  program: Address = SWAP_PROGRAM,
): SwapInstruction {
  return {
    programAddress: program,
    accounts: [
      { address: accounts.pool, role: AccountRole.WRITABLE_SIGNER },
      { address: accounts.mintA, role: AccountRole.READONLY },
      { address: accounts.mintB, role: AccountRole.READONLY },
      { address: accounts.vaultA, role: AccountRole.READONLY },
      { address: accounts.vaultB, role: AccountRole.READONLY },
    ],
    data: Uint8Array.of(0, feeBps & 0xff, feeBps >> 8),
  }
}

/** Swaps exactly `amountIn`; fails with 6001 when the last hop gives less than `minimumOut`. Base units. */
export function swapExactInInstruction(
  accounts: SwapAccounts,
  amounts: { readonly amountIn: bigint; readonly minimumOut: bigint },
  program: Address = SWAP_PROGRAM,
): SwapInstruction {
  return swapInstruction(1, accounts, amounts.amountIn, amounts.minimumOut, program)
}

/** Buys exactly `amountOut`; fails with 6001 when that costs more than `maximumIn`. Base units. */
export function swapExactOutInstruction(
  accounts: SwapAccounts,
  amounts: { readonly amountOut: bigint; readonly maximumIn: bigint },
  program: Address = SWAP_PROGRAM,
): SwapInstruction {
  return swapInstruction(2, accounts, amounts.amountOut, amounts.maximumIn, program)
}

function swapInstruction(
  tag: number,
  accounts: SwapAccounts,
  amount: bigint,
  limit: bigint,
  program: Address,
): SwapInstruction {
  const data = new Uint8Array(17)
  const view = new DataView(data.buffer)
  view.setUint8(0, tag)
  view.setBigUint64(1, amount, true)
  view.setBigUint64(9, limit, true)
  return {
    programAddress: program,
    accounts: [
      { address: accounts.user, role: AccountRole.READONLY_SIGNER },
      { address: accounts.source, role: AccountRole.WRITABLE },
      { address: accounts.destination, role: AccountRole.WRITABLE },
      { address: TOKEN_PROGRAM_ADDRESS, role: AccountRole.READONLY },
      ...accounts.hops.flatMap(hop => [
        { address: hop.pool, role: AccountRole.READONLY },
        { address: hop.vaultOwner, role: AccountRole.READONLY },
        { address: hop.vaultIn, role: AccountRole.WRITABLE },
        { address: hop.vaultOut, role: AccountRole.WRITABLE },
      ]),
    ],
    data,
  }
}
