import { base58 } from '@scure/base'
import { tryDecodeBase58 } from '../ledger/address-text.ts'
import { tokenAccountOf } from '../ledger/token-account.ts'
import type { LedgerAccount } from '../ledger-port.ts'
import { type Config, choice, wholeNumber } from './params.ts'
import { invalidParams } from './rpc-error.ts'

export type AccountFilter = (account: LedgerAccount) => boolean

const FILTERS_MAX = 4
const MEMCMP_BYTES_MAX = 128

/** The `filters` of getProgramAccounts and programSubscribe: memcmp, dataSize, tokenAccountState; all must hold. */
export function accountFilters(config: Config): AccountFilter {
  const list = config['filters'] ?? []
  if (!Array.isArray(list)) throw invalidParams('Invalid params: expected an array as filters.')
  if (list.length > FILTERS_MAX) throw invalidParams(`Too many filters provided; max ${FILTERS_MAX}`)
  const filters = list.map(filterOf)
  return account => filters.every(filter => filter(account))
}

function filterOf(filter: unknown): AccountFilter {
  if (filter === 'tokenAccountState') return account => tokenAccountOf(account) !== undefined
  if (typeof filter !== 'object' || filter === null) throw invalidParams('Invalid params: unknown filter.')
  if ('dataSize' in filter) {
    const size = wholeNumber(filter.dataSize, 'a number as dataSize')
    return account => account.data.length === size
  }
  if ('memcmp' in filter && typeof filter.memcmp === 'object' && filter.memcmp !== null) {
    return memcmp(filter.memcmp as Config)
  }
  if ('tokenAccountState' in filter) return account => tokenAccountOf(account) !== undefined
  throw invalidParams('Invalid params: unknown filter, expected memcmp, dataSize or tokenAccountState.')
}

function memcmp(config: Config): AccountFilter {
  const offset = wholeNumber(config['offset'] ?? 0, 'a number as offset')
  const bytes = memcmpBytes(config)
  if (bytes.length > MEMCMP_BYTES_MAX) throw invalidParams('encoded binary data should be less than 128 bytes')
  return ({ data }) =>
    offset + bytes.length <= data.length && Buffer.compare(data.subarray(offset, offset + bytes.length), bytes) === 0
}

function memcmpBytes(config: Config): Uint8Array {
  const { bytes } = config
  if (Array.isArray(bytes)) return Uint8Array.from(bytes.map(byte => wholeNumber(byte, 'a byte')))
  if (typeof bytes !== 'string') throw invalidParams('Invalid params: expected text as bytes.')
  if (choice(config, 'encoding', ['base58', 'base64', 'bytes', 'binary'], 'base58') === 'base64') {
    return Buffer.from(bytes, 'base64')
  }
  const decoded = tryDecodeBase58(bytes)
  if (!decoded || base58.encode(decoded) !== bytes) throw invalidParams('Invalid param: Invalid')
  return decoded
}
