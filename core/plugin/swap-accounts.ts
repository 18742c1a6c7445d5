import { SOL_MINT } from '../money/token.ts'
import type { Instruction } from './venue.ts'

const SYSTEM_PROGRAM = '11111111111111111111111111111111'
const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA'
const ASSOCIATED_TOKEN_PROGRAM = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL'

/** Numbers of the programs' instructions. Source: the enums SystemInstruction, TokenInstruction, AssociatedTokenAccountInstruction. */
const TRANSFER = 2
const CLOSE_ACCOUNT = 9
const SYNC_NATIVE = 17
const CREATE_IDEMPOTENT = 1

/** One side of a swap: the mint, the token program that owns it, and the wallet's associated account for it. */
export interface SwapSide {
  readonly mint: string
  readonly tokenProgram: string
  readonly account: string
}

/**
 * What has to run before and after a swap from the wallet's token accounts. The output's account is opened where it is
 * missing. SOL is wrapped before (`inputUnits` of it, the most the swap may take) and unwrapped after, which also
 * returns what an exact output left over.
 */
export function instructionsAroundSwap(
  owner: string,
  input: SwapSide,
  output: SwapSide,
  inputUnits: bigint,
): { readonly before: readonly Instruction[]; readonly after: readonly Instruction[] } {
  const sol = [input, output].find(side => side.mint === SOL_MINT)
  const wrap = [open(owner, input), transfer(owner, input.account, inputUnits), syncNative(input.account)]
  return {
    before: [...(sol === input ? wrap : []), open(owner, output)],
    after: sol === undefined ? [] : [close(owner, sol.account)],
  }
}

type Rights = 'read' | 'write' | 'sign' | 'sign and write'

const meta = (address: string, rights: Rights): Instruction['accounts'][number] => ({
  address,
  signer: rights.startsWith('sign'),
  writable: rights.endsWith('write'),
})

function open(owner: string, { mint, tokenProgram, account }: SwapSide): Instruction {
  return {
    programId: ASSOCIATED_TOKEN_PROGRAM,
    accounts: [
      meta(owner, 'sign and write'),
      meta(account, 'write'),
      meta(owner, 'read'),
      meta(mint, 'read'),
      meta(SYSTEM_PROGRAM, 'read'),
      meta(tokenProgram, 'read'),
    ],
    data: Uint8Array.of(CREATE_IDEMPOTENT),
  }
}

function transfer(from: string, to: string, lamports: bigint): Instruction {
  const data = new Uint8Array(12)
  const view = new DataView(data.buffer)
  view.setUint32(0, TRANSFER, true)
  view.setBigUint64(4, lamports, true)
  return { programId: SYSTEM_PROGRAM, accounts: [meta(from, 'sign and write'), meta(to, 'write')], data }
}

function syncNative(account: string): Instruction {
  return { programId: TOKEN_PROGRAM, accounts: [meta(account, 'write')], data: Uint8Array.of(SYNC_NATIVE) }
}

function close(owner: string, account: string): Instruction {
  return {
    programId: TOKEN_PROGRAM,
    accounts: [meta(account, 'write'), meta(owner, 'write'), meta(owner, 'sign')],
    data: Uint8Array.of(CLOSE_ACCOUNT),
  }
}
