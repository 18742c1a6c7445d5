import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import { makeDirectory } from '../../store/make-directory.ts'

/** Writes the files of a report into a folder, which is made where it is missing. @throws STORE_WRITE_FAILED, FILE_REFUSED */
export function writeReport(directory: string, files: ReadonlyMap<string, string>): readonly string[] {
  makeDirectory(directory)
  return [...files].map(([name, text]) => {
    const path = join(directory, name)
    try {
      writeFileSync(path, text)
    } catch (cause) {
      throw new ForgeError('FILE_REFUSED', { message: `${path}: ${messageOf(cause)}`, cause })
    }
    return path
  })
}
