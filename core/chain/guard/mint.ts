import type { AccountState } from './effects.ts'
import { type Refusal, TOKEN_2022_PROGRAM } from './expectation.ts'

/** Token-2022 extension types that can take or lock what was bought. Source: spl-token-2022 `ExtensionType`. */
const DANGERS: Readonly<Record<number, string>> = {
  6: 'a default account state (accounts may start frozen)',
  9: 'non-transferable tokens',
  12: 'a permanent delegate, who can take them from any account',
  14: 'a transfer hook, which runs code of its own at every transfer',
  26: 'a pause switch',
}
const HOOK = 14
const ACCOUNT_TYPE_OFFSET = 165

/** Whether a mint has an extension that the trade did not agree to. */
export function checkMint(
  mint: string,
  account: AccountState | undefined,
  accepted: ReadonlySet<string> = new Set(),
): Refusal | undefined {
  if (!account) return { rule: 'mint', message: `there is no mint ${mint} on this cluster` }
  if (account.owner !== TOKEN_2022_PROGRAM || accepted.has(mint)) return undefined
  const view = new DataView(account.data.buffer, account.data.byteOffset, account.data.byteLength)
  for (let offset = ACCOUNT_TYPE_OFFSET + 1; offset + 4 <= account.data.length; ) {
    const type = view.getUint16(offset, true)
    const length = view.getUint16(offset + 2, true)
    if (type === 0) break
    const danger = DANGERS[type]
    // A hook without a program (32 zero bytes after the authority) does nothing.
    const isIdleHook = type === HOOK && account.data.subarray(offset + 36, offset + 68).every(byte => byte === 0)
    if (danger && !isIdleHook) return { rule: 'mint-extension', message: `the mint ${mint} has ${danger}` }
    offset += 4 + length
  }
  return undefined
}
