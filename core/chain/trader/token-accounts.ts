import { SOL_MINT, type Token } from '../../money/token.ts'
import { associatedTokenAddress } from '../associated-token.ts'
import { PLAIN_ACCOUNT_BYTES } from '../mint/account-size.ts'

const PROGRAMS = {
  'spl-token': 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
  'token-2022': 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb',
} as const
const AMOUNT_AT = 64

/** The wallet's own account of a token, in base58; undefined for SOL, which venues wrap on the way. */
export function tokenAccountOf(wallet: string, token: Token): string | undefined {
  return token.mint === SOL_MINT ? undefined : associatedTokenAddress(wallet, token.mint, PROGRAMS[token.program])
}

/** The amount that a token account's data says, in base units; zero where there is no account. */
export function tokenUnits(data: Uint8Array | undefined): bigint {
  if (!data || data.length < PLAIN_ACCOUNT_BYTES) return 0n
  return new DataView(data.buffer, data.byteOffset).getBigUint64(AMOUNT_AT, true)
}
