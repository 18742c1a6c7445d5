import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ForgeError, messageOf } from '../errors/forge-error.ts'
import { refuse } from './candle-row.ts'

/** How a file is packed; found by its first bytes, whatever its name says. */
export type Packing = 'csv' | 'gzip' | 'parquet'

const CANDLE_NAME = /\.(csv|tsv|txt|csv\.gz|gz|parquet)$/i
const BY_NAME = new Intl.Collator('en', { numeric: true })

/**
 * The candle files of a path: itself, or those of a folder in the order of their names, numbers by their value. Hidden
 * files and folders in it are passed over.
 *
 * @throws CANDLES_INVALID when there is nothing to read, or a file of another kind among them
 */
export async function candleFiles(path: string): Promise<readonly string[]> {
  const about = await asked(path, () => stat(path))
  if (!about.isDirectory()) return [path]
  const entries = await asked(path, () => readdir(path, { withFileTypes: true }))
  const names = entries
    .filter(entry => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => entry.name)
    .sort(BY_NAME.compare)
  const other = names.find(name => !CANDLE_NAME.test(name))
  if (other !== undefined) {
    refuse(join(path, other), undefined, 'no candle file by its name', 'Keep only .csv, .gz and .parquet files there.')
  }
  if (names.length === 0) refuse(path, undefined, 'the folder has no .csv, .gz or .parquet file')
  return names.map(name => join(path, name))
}

/** @throws CANDLES_INVALID for a file that can not be read, or a zip archive */
export async function packingOf(path: string): Promise<Packing> {
  const head = await asked(path, async () => {
    await using file = await open(path, 'r')
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  })
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  const text = head.toString('latin1')
  if (text === 'PAR1') return 'parquet'
  if (text.startsWith('PK'))
    refuse(path, undefined, 'this is a zip archive', 'Unpack it, and name the file or its folder.')
  return 'csv'
}

/** What the system answers; what it refuses is told with the path. */
async function asked<Answer>(path: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    if (isMissing) refuse(path, undefined, 'there is no such file or folder', 'Check the path.')
    throw new ForgeError('CANDLES_INVALID', { message: `${path}: ${messageOf(cause)}`, cause, context: { path } })
  }
}
