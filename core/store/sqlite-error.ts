import { ForgeError, messageOf } from '../errors/forge-error.ts'

/** Primary result codes, from https://www.sqlite.org/rescode.html; an extended code's low byte is its primary code. */
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

/**
 * What SQLite threw as an error of ours; anything else is given back as it is.
 *
 * Codes: STORE_BUSY, STORE_WRITE_FAILED, STORE_CORRUPT.
 */
export function storeError(thrown: unknown, file: string): unknown {
  const code = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : undefined
  const details = { context: { file }, cause: thrown }
  switch (code) {
    case BUSY:
    case LOCKED:
      return new ForgeError('STORE_BUSY', { message: `${file} is locked by another program`, ...details })
    case READONLY:
    case IOERR:
    case FULL:
    case CANTOPEN:
      return new ForgeError('STORE_WRITE_FAILED', { message: `${file}: ${messageOf(thrown)}`, ...details })
    case CORRUPT:
    case NOTADB:
      return new ForgeError('STORE_CORRUPT', { message: `${file}: ${messageOf(thrown)}`, ...details })
    default:
      return thrown
  }
}
