import { ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'

/** What the system says of a descriptor has no path in it: here with the file that it was for. */
export function writeFailed(file: string, cause: unknown): ForgeError {
  return new ForgeError('STORE_WRITE_FAILED', { message: `${file}: ${messageOf(cause)}`, context: { file }, cause })
}

/** Whether the disk had no room. */
export function isDiskFull(thrown: unknown): boolean {
  const said = isForgeError(thrown) ? thrown.cause : thrown
  return said instanceof Error && 'code' in said && ['ENOSPC', 'EDQUOT'].includes(String(said.code))
}
