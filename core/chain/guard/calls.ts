import {
  ASSOCIATED_TOKEN_PROGRAM,
  BASE_PROGRAMS,
  type Expectation,
  type Refusal,
  SYSTEM_PROGRAM,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
} from './expectation.ts'

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
  [ASSOCIATED_TOKEN_PROGRAM]: new Set(['recoverNested']),
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
