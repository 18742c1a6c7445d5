import { base58 } from '@scure/base'
import type { LedgerAccount } from '../ledger-port.ts'
import { jsonNumber } from './json.ts'
import { type Config, choice, wholeNumber } from './params.ts'
import { type AccountLookup, parseAccount } from './parsed-account.ts'
import { invalidParams, RpcError } from './rpc-error.ts'

const ACCOUNT_ENCODINGS = ['binary', 'base58', 'base64', 'base64+zstd', 'jsonParsed'] as const
export type AccountEncoding = (typeof ACCOUNT_ENCODINGS)[number]

const BASE58_BYTES_MAX = 128
/** Every account is rent-exempt, so a node gives the highest epoch. */
const RENT_EPOCH = jsonNumber(2n ** 64n - 1n)

interface DataSlice {
  readonly offset: number
  readonly length: number
}

export interface AccountView {
  readonly encoding: AccountEncoding
  readonly slice: DataSlice | undefined
}

/** How the caller wants accounts: encoding and slice. Without an encoding a node uses `binary`, base58 without a label. */
export function accountViewOf(config: Config, standard: AccountEncoding = 'binary'): AccountView {
  const encoding = choice(config, 'encoding', ACCOUNT_ENCODINGS, standard)
  if (encoding === 'base64+zstd') {
    throw invalidParams('Invalid params: base64+zstd is not offered by this node; use base64.')
  }
  const slice = config['dataSlice']
  if (slice === undefined || slice === null) return { encoding, slice: undefined }
  if (typeof slice !== 'object') throw invalidParams('Invalid params: expected an object as dataSlice.')
  const { offset, length } = slice as Config
  return {
    encoding,
    slice: { offset: wholeNumber(offset, 'a number as offset'), length: wholeNumber(length, 'a number as length') },
  }
}

export function encodeAccount(account: LedgerAccount, view: AccountView, lookup: AccountLookup): object {
  return {
    data: encodeData(account, view, lookup),
    executable: account.executable,
    lamports: jsonNumber(account.lamports),
    owner: account.owner,
    rentEpoch: RENT_EPOCH,
    space: account.data.length,
  }
}

function encodeData(account: LedgerAccount, view: AccountView, lookup: AccountLookup): unknown {
  const { encoding, slice } = view
  if (encoding === 'jsonParsed') {
    const parsed = parseAccount(account, lookup)
    if (parsed) return parsed
  }
  const data = slice ? account.data.subarray(slice.offset, slice.offset + slice.length) : account.data
  if (encoding === 'binary' || encoding === 'base58') {
    if (data.length > BASE58_BYTES_MAX) {
      throw new RpcError(
        'invalidRequest',
        'Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.',
      )
    }
    const text = base58.encode(data)
    return encoding === 'binary' ? text : [text, 'base58']
  }
  return [Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'), 'base64']
}
