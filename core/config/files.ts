import { readFile, stat } from 'node:fs/promises'
import { messageOf } from '../errors/forge-error.ts'

/** Where configurations are read from; paths as users write them. */
export interface ConfigFiles {
  /** @throws whatever says why it can't be read. */
  readText(path: string): Promise<string>
  exists(path: string): Promise<boolean>
}

/** Whatever is larger is no configuration, and not worth the memory. */
const MOST_BYTES = 16 * 1024 * 1024

/** The disk; relative paths belong to the working directory. */
export const diskFiles: ConfigFiles = {
  async readText(path) {
    const found = await stat(path)
    if (!found.isFile()) throw new Error('it is not a file')
    if (found.size > MOST_BYTES) throw new Error(`it has ${found.size} bytes, and ${MOST_BYTES} are the most`)
    return readFile(path, 'utf8')
  },
  async exists(path) {
    try {
      return (await stat(path)).isFile()
    } catch (thrown) {
      // Anything but "not there" is told when it is read.
      return !(thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR'))
    }
  },
}

/** Files that are only in memory, by path. */
export function memoryFiles(files: Readonly<Record<string, string>>): ConfigFiles {
  const texts = new Map(Object.entries(files))
  return {
    async readText(path) {
      const text = texts.get(path)
      if (text === undefined) throw new Error('there is no such file')
      return text
    },
    exists: async path => texts.has(path),
  }
}

/** A sentence for why a file can't be read. */
export function whyUnreadable(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'reading it is not permitted'
  return messageOf(thrown)
}
