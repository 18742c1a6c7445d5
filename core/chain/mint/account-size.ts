import { TOKEN_2022_PROGRAM } from '../guard/expectation.ts'
import type { Account } from '../rpc/rpc-types.ts'

/** Bytes of a token account without extensions. Source: SPL token, `Account::LEN`. */
export const PLAIN_ACCOUNT_BYTES = 165
const ACCOUNT_TYPE_BYTES = 1
/** Type and length before each extension. */
const EXTENSION_HEAD_BYTES = 4

/**
 * What a mint's extension demands of every account of that mint, in bytes without its head. Source: spl-token-2022,
 * `ExtensionType::get_required_init_account_extensions`.
 */
const DEMANDED: Readonly<Record<number, number>> = {
  1: 8, // a transfer fee: what was kept back of it
  9: 0, // non-transferable tokens
  14: 1, // a transfer hook: whether one is running
  26: 0, // a pause switch
}

/** Extension types of a Token-2022 mint, in turn; none of any other account. */
export function extensionTypes(mint: Pick<Account, 'owner' | 'data'> | undefined): readonly number[] {
  if (mint?.owner !== TOKEN_2022_PROGRAM) return []
  const { data } = mint
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const found: number[] = []
  const first = PLAIN_ACCOUNT_BYTES + ACCOUNT_TYPE_BYTES
  for (let at = first; at + EXTENSION_HEAD_BYTES <= view.byteLength; ) {
    const type = view.getUint16(at, true)
    if (type === 0) break
    found.push(type)
    at += EXTENSION_HEAD_BYTES + view.getUint16(at + 2, true)
  }
  return found
}

/**
 * Bytes of a wallet's own account of a mint when it is opened: one of Token-2022 has an owner that can not change, and
 * what the mint's extensions demand.
 */
export function ownAccountBytes(mint: Pick<Account, 'owner' | 'data'> | undefined): number {
  if (mint?.owner !== TOKEN_2022_PROGRAM) return PLAIN_ACCOUNT_BYTES
  return extensionTypes(mint)
    .flatMap(type => DEMANDED[type] ?? [])
    .reduce(
      (sum, bytes) => sum + EXTENSION_HEAD_BYTES + bytes,
      PLAIN_ACCOUNT_BYTES + ACCOUNT_TYPE_BYTES + EXTENSION_HEAD_BYTES,
    )
}

/** Lamports that make an account exempt from rent. Source: Solana's default rent, 3,480 a byte-year for two years, 128 bytes of head. */
export function usualDeposit_lamports(bytes: number): bigint {
  return BigInt(bytes + 128) * 6_960n
}
