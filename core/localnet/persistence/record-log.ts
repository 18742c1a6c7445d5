import { closeSync, existsSync, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import type { ForgeError } from '../../errors/forge-error.ts'
import { writeFailed } from './write-failed.ts'

/** Before each record: its length and its CRC-32, both 32-bit little-endian. */
const FRAME_BYTES = 8
const syncData = promisify(fdatasync)

/**
 * A file that only grows. What was appended survives the death of the process at once, and a power cut once `sync` has
 * resolved. A record that was cut short by either is dropped at the next opening, with all behind it.
 */
export class RecordLog {
  readonly #path: string
  readonly #file: number
  #bytes: number
  #synced: number
  #syncing: Promise<void> | undefined
  #failure: ForgeError | undefined

  private constructor(path: string, file: number, bytes: number) {
    this.#path = path
    this.#file = file
    this.#bytes = bytes
    this.#synced = bytes
  }

  /** Opens or makes the file; answers its whole records, oldest first. */
  static open(path: string): { log: RecordLog; records: Uint8Array[] } {
    const file = openSync(path, 'a+', 0o600)
    const { records, bytes } = wholeRecords(readFileSync(file))
    ftruncateSync(file, bytes)
    fsyncSync(file)
    return { log: new RecordLog(path, file, bytes), records }
  }

  /** The whole records of a file that another may be writing; none when there is no file. */
  static read(path: string): Uint8Array[] {
    return existsSync(path) ? wholeRecords(readFileSync(path)).records : []
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How much of it is known to be on the disk. */
  get syncedBytes(): number {
    return this.#synced
  }

  /** @throws STORE_WRITE_FAILED */
  append(record: Uint8Array): void {
    if (this.#failure) throw this.#failure
    const frame = Buffer.alloc(FRAME_BYTES + record.length)
    frame.writeUInt32LE(record.length, 0)
    frame.writeUInt32LE(crc32(record), 4)
    frame.set(record, FRAME_BYTES)
    try {
      for (let written = 0; written < frame.length; ) written += writeSync(this.#file, frame, written)
    } catch (thrown) {
      // Half a record may be in the file: whatever came behind it would be dropped at the next start.
      this.#failure = writeFailed(this.#path, thrown)
      throw this.#failure
    }
    this.#bytes += frame.length
  }

  /** Resolves when all that is appended by now is on the disk; callers at the same time share one flush. @throws STORE_WRITE_FAILED */
  async sync(): Promise<void> {
    const target = this.#bytes
    while (this.#synced < target) {
      this.#syncing ??= this.#flush()
      await this.#syncing
    }
  }

  async #flush(): Promise<void> {
    if (this.#failure) throw this.#failure
    const target = this.#bytes
    try {
      await syncData(this.#file)
      this.#synced = Math.max(this.#synced, target)
    } catch (thrown) {
      // After a failed flush the kernel may report success for pages it has dropped: never ask it again.
      this.#failure = writeFailed(this.#path, thrown)
      throw this.#failure
    } finally {
      this.#syncing = undefined
    }
  }

  /** Flushes and closes. */
  async close(): Promise<void> {
    await this.sync()
    closeSync(this.#file)
  }

  /** Closes without flushing: what it holds is kept elsewhere by now. Those who wait for it need not. */
  abandon(): void {
    this.#synced = this.#bytes
    const close = (): void => closeSync(this.#file)
    // A flush under way has the descriptor: closed now, its number could name another file by then.
    if (this.#syncing) this.#syncing.then(close, close)
    else close()
  }
}

function wholeRecords(content: Buffer): { records: Uint8Array[]; bytes: number } {
  const records: Uint8Array[] = []
  let offset = 0
  while (offset + FRAME_BYTES <= content.length) {
    const length = content.readUInt32LE(offset)
    const end = offset + FRAME_BYTES + length
    if (end > content.length) break
    const record = content.subarray(offset + FRAME_BYTES, end)
    if (crc32(record) !== content.readUInt32LE(offset + 4)) break
    records.push(record)
    offset = end
  }
  return { records, bytes: offset }
}
