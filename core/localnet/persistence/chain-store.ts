import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ForgeError } from '../../errors/forge-error.ts'
import { makeDirectory } from '../../store/make-directory.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { KnownRecord, LedgerRecord } from '../ledger/ledger-state.ts'
import { type ChainRecord, decodeRecord, encodeKnown, encodeMark, encodeTransaction } from './chain-record.ts'
import { lockDirectory } from './directory-lock.ts'
import { RecordLog } from './record-log.ts'
import { type ChainSnapshot, readSnapshot, syncDirectory, writeSnapshot } from './snapshot-file.ts'
import { isDiskFull } from './write-failed.ts'

/** A log of this size makes way for a snapshot: after a crash it is replayed, which takes a second for each two MiB. */
const LOG_BYTES_MAX = 4 * 1024 * 1024
/** From this size on it does so at the end too: the next start has nothing to replay then. */
const LOG_BYTES_AT_END = 64 * 1024
const READ_ATTEMPTS = 5

/** What a directory holds of a chain: start from the snapshot, then replay the records. */
export interface KeptChain {
  readonly snapshot: ChainSnapshot
  readonly records: readonly ChainRecord[]
  /** The latest time that the chain is known to have reached. */
  readonly last_ms: number
}

/**
 * A chain on disk: `snapshot-N` and `log-N`, the records since. A new snapshot is complete before its log begins and
 * the older pair goes, so the newest whole snapshot with its log is the chain, at whatever moment the process dies.
 */
export class ChainStore {
  readonly #directory: string
  readonly #logBytesMax: number
  readonly #unlock: () => void
  #generation: number
  #log: RecordLog
  #kept: KeptChain | undefined
  #clientBytes = 0
  #markedSlot = 0
  #snapshotNow: () => void = () => undefined

  private constructor(directory: string, logBytesMax: number, unlock: () => void) {
    this.#directory = directory
    this.#logBytesMax = logBytesMax
    this.#unlock = unlock
    const { generation, kept, log } = openNewest(directory)
    this.#generation = generation
    this.#kept = kept
    this.#log = log
  }

  /**
   * Takes the directory, making it when it isn't there.
   *
   * @throws LOCALNET_IN_USE, LOCALNET_STATE_DAMAGED, STORE_WRITE_FAILED
   */
  static open(directory: string, logBytesMax = LOG_BYTES_MAX): ChainStore {
    makeDirectory(directory)
    const unlock = lockDirectory(directory)
    try {
      return new ChainStore(directory, logBytesMax, unlock)
    } catch (thrown) {
      unlock()
      throw thrown
    }
  }

  /** What was found at opening; undefined for a new chain. */
  get kept(): KeptChain | undefined {
    return this.#kept
  }

  /** Keeps the chain from now on, beginning with a snapshot. */
  attach(ledger: Ledger, identity: { readonly genesisHash: string; readonly start_ms: number }): void {
    this.#kept = undefined
    const snapshot = (): void => this.#snapshot({ ...identity, time_ms: ledger.clock.now(), ledger: ledger.state() })
    snapshot()
    this.#snapshotNow = snapshot
    this.#markedSlot = ledger.slot()
    ledger.onRecord(record => {
      this.#append(record)
      this.#markedSlot = record.slot
      if (this.#log.bytes >= this.#logBytesMax) snapshot()
    })
  }

  /** Notes that time has gone on, at most once a slot: a chain that starts again must not be younger than its clients. */
  mark(slot: number, time_ms: number): void {
    if (slot <= this.#markedSlot) return
    this.#markedSlot = slot
    this.#log.append(encodeMark(time_ms))
  }

  /** Whether a client's transaction could still be lost in a power cut. */
  get isDurable(): boolean {
    return this.#log.syncedBytes >= this.#clientBytes
  }

  /** Resolves when every client's transaction so far would survive a power cut. */
  sync(): Promise<void> {
    return this.#log.sync()
  }

  /** Closes what is kept. Nothing may land any more. */
  async close(): Promise<void> {
    await this.#log.sync()
    try {
      if (this.#log.bytes >= LOG_BYTES_AT_END) this.#snapshotNow()
    } catch (thrown) {
      // The log has all of it, and the next start replays it.
      if (!isDiskFull(thrown)) throw thrown
    } finally {
      await this.#log.close()
      this.#unlock()
    }
  }

  #append(record: LedgerRecord | KnownRecord): void {
    const isKnown = 'known' in record
    this.#log.append(isKnown ? encodeKnown(record) : encodeTransaction(record))
    if (!isKnown && record.source === 'client') this.#clientBytes = this.#log.bytes
  }

  #snapshot(snapshot: ChainSnapshot): void {
    const next = this.#generation + 1
    writeSnapshot(join(this.#directory, `snapshot-${next}`), snapshot)
    const old = this.#log
    this.#log = RecordLog.open(join(this.#directory, `log-${next}`)).log
    syncDirectory(this.#directory)
    this.#generation = next
    this.#clientBytes = 0
    // All that the old log held is in the snapshot, which is on the disk.
    old.abandon()
    removeOlder(this.#directory, next)
  }
}

/** The chain's last known time without taking the directory, or undefined when it holds no chain. */
export function keptTime_ms(directory: string): number | undefined {
  for (let attempt = 1; ; attempt++) {
    const generation = generations(directory).at(-1)
    if (generation === undefined) return undefined
    try {
      const snapshot = readSnapshot(join(directory, `snapshot-${generation}`))
      if (!snapshot) return undefined
      return lastTime_ms(snapshot, RecordLog.read(join(directory, `log-${generation}`)).map(decode))
    } catch (thrown) {
      // Its owner has just put a newer one in its place.
      if (!isMissing(thrown) || attempt === READ_ATTEMPTS) throw thrown
    }
  }
}

function openNewest(directory: string): { generation: number; kept: KeptChain | undefined; log: RecordLog } {
  const generation = generations(directory).at(-1)
  if (generation === undefined) return { generation: 0, kept: undefined, log: openLog(directory, 0).log }
  const snapshot = readSnapshot(join(directory, `snapshot-${generation}`))
  if (!snapshot) throw damaged(directory, `snapshot-${generation} fails its checksum or is of another version`)
  const { log, records: payloads } = openLog(directory, generation)
  const records = payloads.map(decode)
  return { generation, kept: { snapshot, records, last_ms: lastTime_ms(snapshot, records) }, log }
}

function openLog(directory: string, generation: number): ReturnType<typeof RecordLog.open> {
  return RecordLog.open(join(directory, `log-${generation}`))
}

function decode(payload: Uint8Array): ChainRecord {
  const record = decodeRecord(payload)
  if (!record) throw damaged('', 'the log holds a record of a kind that this version does not know')
  return record
}

function lastTime_ms(snapshot: ChainSnapshot, records: readonly ChainRecord[]): number {
  const times = records.map(entry => (entry.kind === 'mark' ? entry.time_ms : entry.record.time_ms))
  return times.reduce((latest, time) => Math.max(latest, time), snapshot.time_ms)
}

/** Numbers of the snapshots, ascending. */
function generations(directory: string): number[] {
  return entries(directory)
    .flatMap(name => /^snapshot-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (thrown) {
    if (isMissing(thrown)) return []
    throw thrown
  }
}

function isMissing(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException).code === 'ENOENT'
}

function removeOlder(directory: string, generation: number): void {
  for (const name of entries(directory)) {
    const number = /^(?:snapshot|log)-(\d+)(?:\.tmp)?$/.exec(name)?.[1]
    if (number !== undefined && Number(number) < generation) rmSync(join(directory, name), { force: true })
  }
}

function damaged(directory: string, message: string): ForgeError {
  return new ForgeError('LOCALNET_STATE_DAMAGED', { message, context: { directory } })
}
