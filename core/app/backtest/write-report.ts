import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'

/** Writes the files of a report into a folder, which is made where it is missing. @throws FILE_REFUSED */
export function writeReport(directory: string, files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].map(([name, text]) => {
    const path = join(directory, name)
    try {
      mkdirSync(directory, { recursive: true })
      writeFileSync(path, text)
    } catch (cause) {
      throw new ForgeError('FILE_REFUSED', { message: `${path}: ${messageOf(cause)}`, cause })
    }
    return path
  })
}
