import { base58 } from '@scure/base'
import { identifySystemInstruction, SystemInstruction } from '@solana-program/system'
import { AssociatedTokenInstruction, identifyAssociatedTokenInstruction, TokenInstruction } from '@solana-program/token'
import type { WireCalls } from '../rpc/rpc-types.ts'
import {
  ASSOCIATED_TOKEN_PROGRAM,
  BASE_PROGRAMS,
  type Expectation,
  type Refusal,
  SYSTEM_PROGRAM,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
} from './expectation.ts'
import { tokenInstruction } from './instruction-kinds.ts'

/** A call that a program made during simulation. */
export interface InnerCall {
  /** The top-level instruction it came from, counting from 0. */
  readonly instruction: number
  readonly programId: string
  /** The RPC's name for what it does, as in `transferChecked`; undefined for programs the RPC does not decode. */
  readonly name?: string
  /** Addresses it was given, in no particular order. */
  readonly accounts: readonly string[]
}

/** What a program may not do with the wallet's signature, by the names the RPC gives instructions. */
const NEVER: Readonly<Record<string, ReadonlySet<string>>> = {
  [SYSTEM_PROGRAM]: new Set([
    'assign',
    'assignWithSeed',
    'advanceNonce',
    'authorizeNonce',
    'initializeNonce',
    'withdrawFromNonce',
  ]),
  [TOKEN_PROGRAM]: new Set(['approve', 'approveChecked', 'setAuthority', 'burn', 'burnChecked', 'batch']),
  [TOKEN_2022_PROGRAM]: new Set(['approve', 'approveChecked', 'setAuthority', 'burn', 'burnChecked', 'batch']),
  [ASSOCIATED_TOKEN_PROGRAM]: new Set(['recoverNested', 'recoverNestedAssociatedToken']),
}

/** Every call that programs made of each other: known programs only, and nothing that hands authority on. */
export function checkCalls(calls: readonly InnerCall[], expected: Expectation): Refusal | undefined {
  for (const call of calls) {
    if (!BASE_PROGRAMS.has(call.programId) && !expected.venuePrograms.has(call.programId)) {
      return {
        rule: 'unknown-program',
        message: `it leads to a call of ${call.programId}, which the cluster profile does not allow`,
        instruction: call.instruction,
      }
    }
    if (call.name && NEVER[call.programId]?.has(call.name) && call.accounts.includes(expected.wallet)) {
      return {
        rule: 'inner-call',
        message: `it leads to ${call.name} with the wallet's signature`,
        instruction: call.instruction,
      }
    }
  }
  return undefined
}

/**
 * The calls in one form, whichever the endpoint gives: nodes decode the programs they know, and leave the others.
 *
 * @param addresses of the transaction, for calls given by index
 * @throws RangeError for an index past them; what a decoder throws for data it does not know
 */
export function readCalls(wire: readonly WireCalls[], addresses: readonly string[]): readonly InnerCall[] {
  const at = (index: number): string => {
    const address = addresses[index]
    if (address === undefined) throw new RangeError(`account ${index} of ${addresses.length}`)
    return address
  }
  return wire.flatMap(({ index: instruction, instructions }) =>
    instructions.map(call => {
      if ('parsed' in call)
        return { instruction, programId: call.programId, name: call.parsed.type, accounts: texts(call.parsed.info) }
      const programId = 'programId' in call ? call.programId : at(call.programIdIndex)
      const accounts = call.accounts.map(account => (typeof account === 'number' ? at(account) : account))
      return { instruction, programId, ...nameOf(programId, base58.decode(call.data)), accounts }
    }),
  )
}

function texts(info: unknown): readonly string[] {
  return typeof info === 'object' && info !== null ? Object.values(info).filter(value => typeof value === 'string') : []
}

function nameOf(programId: string, data: Uint8Array): { readonly name?: string } {
  switch (programId) {
    case TOKEN_PROGRAM:
      return named(TokenInstruction[tokenInstruction(data)])
    case TOKEN_2022_PROGRAM:
      // Its first instructions are those of the token program; the rest are extensions, which have no part in a swap.
      return named((data[0] ?? 0) in TokenInstruction ? TokenInstruction[data[0] ?? 0] : 'extension')
    case SYSTEM_PROGRAM:
      return named(SystemInstruction[identifySystemInstruction(data)])
    case ASSOCIATED_TOKEN_PROGRAM:
      return named(AssociatedTokenInstruction[identifyAssociatedTokenInstruction(data)])
    default:
      return {}
  }
}

function named(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name: name.charAt(0).toLowerCase() + name.slice(1) }
}
