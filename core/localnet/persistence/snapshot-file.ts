import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { LedgerState } from '../ledger/ledger-state.ts'
import { writeFailed } from './write-failed.ts'

const MAGIC = Buffer.from('SFCHAIN1')
const DIGEST_BYTES = 32

/** The whole chain at one moment. */
export interface ChainSnapshot {
  readonly genesisHash: string
  readonly start_ms: number
  /** The chain's time when the snapshot was taken. */
  readonly time_ms: number
  readonly ledger: LedgerState
}

/** Writes so that the path holds either what it held before or the whole snapshot, whatever happens meanwhile. @throws STORE_WRITE_FAILED */
export function writeSnapshot(path: string, snapshot: ChainSnapshot): void {
  const payload = serialize(snapshot)
  const temporary = `${path}.tmp`
  const file = openSync(temporary, 'w', 0o600)
  try {
    for (const part of [MAGIC, createHash('sha256').update(payload).digest(), payload]) {
      for (let written = 0; written < part.length; ) written += writeSync(file, part, written)
    }
    fsyncSync(file)
  } catch (thrown) {
    throw writeFailed(temporary, thrown)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  syncDirectory(dirname(path))
}

/** Undefined when the file is damaged or of another version. */
export function readSnapshot(path: string): ChainSnapshot | undefined {
  const content = readFileSync(path)
  const head = MAGIC.length + DIGEST_BYTES
  if (content.length < head || !content.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
  const payload = content.subarray(head)
  const digest = createHash('sha256').update(payload).digest()
  if (!digest.equals(content.subarray(MAGIC.length, head))) return undefined
  return deserialize(payload) as ChainSnapshot
}

/** Makes the directory's entries themselves survive a power cut. */
export function syncDirectory(path: string): void {
  // Windows opens no directories, and needs no such call.
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
