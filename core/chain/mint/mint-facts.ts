import { addressText } from '../address-text.ts'
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../guard/expectation.ts'
import type { Account } from '../rpc/rpc-types.ts'
import { extensionTypes } from './account-size.ts'

/** What a mint's account says of its token. */
export interface MintFacts {
  readonly program: 'spl-token' | 'token-2022'
  readonly decimals: number
  readonly supply: bigint
  /** Who can make more of it; undefined: nobody, ever. */
  readonly mintAuthority: string | undefined
  /** Who can freeze what others hold; undefined: nobody, ever. */
  readonly freezeAuthority: string | undefined
  /** Token-2022 extensions, for people. */
  readonly extensions: readonly string[]
}

/** Layout of a mint. Source: `spl_token::state::Mint`, 82 bytes; options are a 4-byte tag before 32 bytes. */
const MINT_BYTES = 82
const SUPPLY_AT = 36
const DECIMALS_AT = 44
const IS_INITIALIZED_AT = 45
const FREEZE_AUTHORITY_AT = 46
const ADDRESS_BYTES = 32
/** Extensions follow a byte that says what kind of account it is. Source: spl-token-2022. */
const ACCOUNT_TYPE_AT = 165
const MINT_ACCOUNT = 1

/** Source: spl-token-2022 `ExtensionType`; those that mints can have. */
const EXTENSIONS: Readonly<Record<number, string>> = {
  1: 'a transfer fee',
  3: 'a close authority',
  4: 'confidential transfers',
  6: 'a default account state (accounts may start frozen)',
  9: 'non-transferable tokens',
  10: 'interest',
  12: 'a permanent delegate, who can take them from any account',
  14: 'a transfer hook, which runs code of its own at every transfer',
  18: 'a metadata pointer',
  19: 'metadata',
  20: 'a group pointer',
  22: 'a member pointer',
  25: 'a scaled amount',
  26: 'a pause switch',
}

/** Reads a mint; undefined when the account is none. */
export function mintFacts(account: Account | undefined): MintFacts | undefined {
  if (!account || account.data.length < MINT_BYTES) return undefined
  const { data, owner } = account
  if (owner !== TOKEN_PROGRAM && owner !== TOKEN_2022_PROGRAM) return undefined
  if (data.length > MINT_BYTES && data[ACCOUNT_TYPE_AT] !== MINT_ACCOUNT) return undefined
  if (data[IS_INITIALIZED_AT] !== 1) return undefined
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const authority = (at: number): string | undefined =>
    view.getUint32(at, true) === 0 ? undefined : addressText(data.subarray(at + 4, at + 4 + ADDRESS_BYTES))
  return {
    program: owner === TOKEN_PROGRAM ? 'spl-token' : 'token-2022',
    decimals: data[DECIMALS_AT]!,
    supply: view.getBigUint64(SUPPLY_AT, true),
    mintAuthority: authority(0),
    freezeAuthority: authority(FREEZE_AUTHORITY_AT),
    extensions: extensionTypes(account).map(type => EXTENSIONS[type] ?? `extension ${type}`),
  }
}
