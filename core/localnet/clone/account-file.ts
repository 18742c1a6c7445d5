import { base58 } from '@scure/base'
import { ForgeError } from '../../errors/forge-error.ts'
import type { LedgerAccount } from '../ledger-port.ts'
import { toJson } from '../rpc/json.ts'

/** An account as JSON-RPC gives it in base64, and `solana account --output json` writes it. */
export interface AccountJson {
  readonly lamports: bigint
  readonly data: readonly [string, 'base64']
  readonly owner: string
  readonly executable: boolean
}

const RENT_EPOCH = 2n ** 64n - 1n

/** The text of `<address>.json`. */
export function accountFileText(address: string, account: AccountJson): string {
  const { lamports, data, owner, executable } = account
  const space = Buffer.from(data[0], 'base64').length
  return `${toJson({ pubkey: address, account: { lamports, data, owner, executable, rentEpoch: RENT_EPOCH, space } })}\n`
}

/**
 * The account of a file's text.
 *
 * @throws LOCALNET_ACCOUNT_FILE_INVALID
 */
export function parseAccountFile(text: string, file: string): { address: string; account: LedgerAccount } {
  const invalid = (reason: string, cause?: unknown): ForgeError =>
    new ForgeError('LOCALNET_ACCOUNT_FILE_INVALID', { message: `${file}: ${reason}`, context: { file }, cause })
  let content: unknown
  try {
    content = parseJsonWithLamports(text)
  } catch (thrown) {
    throw invalid('not JSON', thrown)
  }
  const { pubkey, account } = (content ?? {}) as { pubkey?: unknown; account?: unknown }
  if (!isAddress(pubkey)) throw invalid('"pubkey" is not an address')
  if (!isAccountJson(account)) throw invalid('"account" needs lamports, data in base64, owner and executable')
  return { address: pubkey, account: accountOf(account) }
}

function accountOf(json: AccountJson): LedgerAccount {
  const { lamports, data, owner, executable } = json
  return { lamports, owner, executable, data: new Uint8Array(Buffer.from(data[0], 'base64')) }
}

export function isAccountJson(value: unknown): value is AccountJson {
  if (typeof value !== 'object' || value === null) return false
  const { lamports, data, owner, executable } = value as Record<string, unknown>
  return (
    typeof lamports === 'bigint' &&
    lamports >= 0n &&
    Array.isArray(data) &&
    typeof data[0] === 'string' &&
    data[1] === 'base64' &&
    isAddress(owner) &&
    typeof executable === 'boolean'
  )
}

/** JSON in which lamports, which may exceed what a number holds, are bigints. */
export function parseJsonWithLamports(text: string): unknown {
  const keepDigits = (key: string, value: unknown, context: { source?: string }): unknown =>
    key === 'lamports' && /^\d+$/.test(context.source ?? '') ? BigInt(context.source!) : value
  // The reviver's third argument (ES2026, in Node since 21) is not in TypeScript's library yet.
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
}

export function isAddress(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(value)) return false
  return base58.decode(value).length === 32
}
