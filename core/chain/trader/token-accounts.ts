import type { Address } from '@solana/kit'
import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from '@solana-program/token'
import { SOL_MINT, type Token } from '../../money/token.ts'
import type { Clock } from '../../time/clock.ts'

const TOKEN_2022_PROGRAM = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb' as Address
/** Bytes of a token account without extensions. */
export const TOKEN_ACCOUNT_BYTES = 165
const AMOUNT_AT = 64

/** The wallet's own account of each token, derived once. SOL is the wallet itself: venues wrap it on the way. */
export class TokenAccounts {
  readonly #owner: string
  readonly #clock: Clock
  readonly #known = new Map<string, Promise<string>>()

  constructor(owner: string, clock: Clock) {
    this.#owner = owner
    this.#clock = clock
  }

  /** Base58; undefined for SOL. */
  async of(token: Token): Promise<string | undefined> {
    if (token.mint === SOL_MINT) return undefined
    const known = this.#known.get(token.mint) ?? this.#clock.holdWhile('hashing', () => derive(this.#owner, token))
    this.#known.set(token.mint, known)
    return known
  }
}

/** The amount that a token account's data says, in base units; zero where there is no account. */
export function tokenUnits(data: Uint8Array | undefined): bigint {
  if (!data || data.length < TOKEN_ACCOUNT_BYTES) return 0n
  return new DataView(data.buffer, data.byteOffset).getBigUint64(AMOUNT_AT, true)
}

async function derive(owner: string, token: Token): Promise<string> {
  const [address] = await findAssociatedTokenPda({
    owner: owner as Address,
    mint: token.mint as Address,
    tokenProgram: token.program === 'token-2022' ? TOKEN_2022_PROGRAM : TOKEN_PROGRAM_ADDRESS,
  })
  return address
}
