import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import { parseAccountFile } from './account-file.ts'

/** Holds the chain's time; a clone brings it, so that who loads the accounts knows how old they are. */
export const CLOCK_SYSVAR = 'SysvarC1ock11111111111111111111111111111111'
/** Slot, epoch start, epoch and leader epoch come before `unix_timestamp`. Source: Solana SDK, `sysvar::clock::Clock`. */
const UNIX_TIME_OFFSET = 32

/** Chain time at which a folder's accounts were cloned; undefined when it has no clock. */
export async function clonedAt_ms(directory: string): Promise<number | undefined> {
  const file = join(directory, `${CLOCK_SYSVAR}.json`)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT' || (thrown as NodeJS.ErrnoException).code === 'ENOTDIR')
      return undefined
    throw invalid(file, messageOf(thrown), thrown)
  }
  const { data } = parseAccountFile(text, file).account
  if (data.length < UNIX_TIME_OFFSET + 8) throw invalid(file, 'it is no clock')
  return Number(new DataView(data.buffer, data.byteOffset).getBigInt64(UNIX_TIME_OFFSET, true)) * 1_000
}

function invalid(file: string, reason: string, cause?: unknown): ForgeError {
  return new ForgeError('LOCALNET_ACCOUNT_FILE_INVALID', { message: `${file}: ${reason}`, context: { file }, cause })
}
