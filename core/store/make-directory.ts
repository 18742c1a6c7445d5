import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ForgeError, messageOf } from '../errors/forge-error.ts'

/**
 * Makes a directory that only its owner may read, and what leads there; one that exists stays as it is.
 *
 * Step by step, because `recursive` never returns where a file system refuses a name as missing (Linux below /proc).
 *
 * @throws STORE_WRITE_FAILED when the path is a file, or may not be made
 */
export function makeDirectory(path: string): void {
  try {
    makeStepwise(path)
  } catch (cause) {
    throw new ForgeError('STORE_WRITE_FAILED', {
      message: `${path} can not be a directory of ours: ${messageOf(cause)}`,
      remedy: 'Name a directory you may write to, on a disk with room.',
      context: { path },
      cause,
    })
  }
}

function makeStepwise(path: string): void {
  if (isDirectory(path)) return
  const parent = dirname(path)
  if (parent !== path) makeStepwise(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (thrown) {
    // Somebody else may have made it meanwhile.
    if (!isDirectory(path)) throw thrown
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
