import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { ForgeEvent } from '../../events/event.ts'
import { isFinal, type Report } from '../../events/report.ts'
import type { PluginKind } from '../../plugin/contract.ts'
import { decodeValue, encodeValue } from '../../store/value-codec.ts'

/** What a record begins with. */
interface RecordHead {
  readonly record: 1
  readonly pipeline: string
  readonly start_ms: number
  /** The wallets that nodes traded with, as the pipeline names them; nodes of the run's own wallet are not among them. */
  readonly wallets?: Readonly<Record<string, string>>
}

/** An event of a run: what a source brought, what was wanted, or how it ended. */
export interface RecordedEvent {
  /** When, on the run's clock. */
  readonly t: number
  readonly node: string
  readonly event: ForgeEvent
}

export interface RunRecord extends RecordHead {
  readonly events: readonly RecordedEvent[]
}

/** Lines that are kept back before they are written. */
const BUFFER = 256

/**
 * Writes what is needed to run a pipeline again without the world: all that its sources brought, every intent of its
 * strategies, and how each order ended. A line of JSON each.
 * A disk that refuses stops the record, never the run: `close` tells of it.
 */
export class RunRecorder {
  readonly #path: string
  readonly #kinds: ReadonlyMap<string, PluginKind>
  readonly #ended = new Set<string>()
  #lines: string[] = []
  #failure: ForgeError | undefined

  /** Begins a new file; an older one of that name is gone. @throws FILE_REFUSED */
  constructor(path: string, pipeline: BoundPipeline, start_ms: number) {
    this.#path = path
    this.#kinds = new Map(pipeline.nodes.map(({ id, kind }) => [id, kind]))
    const head: RecordHead = { record: 1, pipeline: pipeline.name, start_ms, wallets: walletsOf(pipeline) }
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `${encodeValue(head)}\n`)
    } catch (cause) {
      throw refused(path, cause)
    }
  }

  /** Takes an event of a node, if it is one that is kept. */
  see(node: string, event: ForgeEvent, now: number): void {
    if (this.#failure || !this.#isKept(this.#kinds.get(node), event)) return
    const recorded: RecordedEvent = { t: now, node, event }
    this.#lines.push(encodeValue(recorded))
    if (this.#lines.length >= BUFFER) this.#write()
  }

  /** Writes the rest. @throws FILE_REFUSED, also for what could not be written before: trading went on without it. */
  close(): void {
    this.#write()
    if (this.#failure) throw this.#failure
  }

  #write(): void {
    const lines = this.#lines
    this.#lines = []
    if (lines.length === 0) return
    try {
      appendFileSync(this.#path, `${lines.join('\n')}\n`)
    } catch (cause) {
      this.#failure = refused(this.#path, cause)
    }
  }

  #isKept(kind: PluginKind | undefined, event: ForgeEvent): boolean {
    if (kind === 'source') return true
    if (kind === 'strategy') return event.kind === 'intent'
    if (event.kind !== 'report' || kind === 'sink') return false
    const { node, key, state } = event as Report
    const order = `${node}\n${key}`
    // Passed on from node to node, an end is still one end.
    if (!isFinal(state) || this.#ended.has(order)) return false
    this.#ended.add(order)
    return true
  }
}

/** Nodes with the names of their wallets, those of the run's own apart. */
export function walletsOf({ nodes }: Pick<BoundPipeline, 'nodes'>): Readonly<Record<string, string>> {
  return Object.fromEntries(nodes.flatMap(({ id, wallet }) => (wallet === undefined ? [] : [[id, wallet]])))
}

function refused(path: string, cause: unknown): ForgeError {
  return new ForgeError('FILE_REFUSED', { message: `${path}: ${messageOf(cause)}`, cause })
}

/** @throws RECORD_INVALID with file and line */
export function readRecord(path: string): RunRecord {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ForgeError('RECORD_INVALID', { message: `${path}: ${messageOf(cause)}`, cause })
  }
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const head = parsed<Partial<RecordHead>>(path, lines[0] ?? '', 1)
  const { pipeline, start_ms, wallets = {} } = head
  const areNames = wallets !== null && Object.values(wallets).every(name => typeof name === 'string')
  if (head.record !== 1 || typeof pipeline !== 'string' || typeof start_ms !== 'number' || !areNames) {
    throw new ForgeError('RECORD_INVALID', { message: `${path}:1: this is no record of a run` })
  }
  const events = lines.slice(1).map((line, index) => {
    const event = parsed<Partial<RecordedEvent>>(path, line, index + 2)
    if (typeof event?.t === 'number' && typeof event.node === 'string' && typeof event.event?.kind === 'string') {
      return event as RecordedEvent
    }
    throw new ForgeError('RECORD_INVALID', { message: `${path}:${index + 2}: this is no recorded event` })
  })
  return { record: 1, pipeline, start_ms, wallets, events }
}

function parsed<T>(path: string, line: string, number: number): T {
  try {
    return decodeValue<T>(line)
  } catch (cause) {
    throw new ForgeError('RECORD_INVALID', { message: `${path}:${number}: ${messageOf(cause)}`, cause })
  }
}
