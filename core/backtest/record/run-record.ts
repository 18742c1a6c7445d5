import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { outcomeOf } from '../../chain/trader/reports.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { ForgeEvent } from '../../events/event.ts'
import { isFinal, type Report } from '../../events/report.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import { asGiven } from '../../orders/wholes.ts'
import type { PluginKind } from '../../plugin/contract.ts'
import { makeDirectory } from '../../store/make-directory.ts'
import { decodeValue, encodeValue } from '../../store/value-codec.ts'

/** What a record begins with. */
interface RecordHead {
  readonly record: 1
  readonly pipeline: string
  readonly start_ms: number
  /** The wallets that nodes traded with, as the pipeline names them; nodes of the run's own wallet are not among them. */
  readonly wallets?: Readonly<Record<string, string>>
  /**
   * The run went on with what earlier ones had left: their orders come first, as the journal has them; what their sources
   * brought is not here.
   */
  readonly resumed?: boolean
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

/** What a record ends with, unless its run was killed. */
const END = { end: true } as const

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

  /**
   * Begins a new file; an older one of that name is gone. A killed run has not written all that it did, and its journal
   * has: so what earlier runs decided comes from there, and not from files of theirs.
   *
   * @param earlier the orders of the runs that this one goes on with, in creation order; undefined when there were none
   * @throws FILE_REFUSED
   */
  constructor(path: string, pipeline: BoundPipeline, start_ms: number, earlier?: readonly OrderRecord[]) {
    this.#path = path
    this.#kinds = new Map(pipeline.nodes.map(({ id, kind }) => [id, kind]))
    const head: RecordHead = {
      record: 1,
      pipeline: pipeline.name,
      start_ms,
      wallets: walletsOf(pipeline),
      ...(earlier && { resumed: true }),
    }
    try {
      makeDirectory(dirname(path))
      writeFileSync(path, `${encodeValue(head)}\n`)
    } catch (cause) {
      throw refused(path, cause)
    }
    if (earlier) this.#recall(earlier)
  }

  /** Takes an event of a node, if it is one that is kept. */
  see(node: string, event: ForgeEvent, now: number): void {
    if (this.#isKept(this.#kinds.get(node), event)) this.#keep(node, event, now)
  }

  #keep(node: string, event: ForgeEvent, now: number): void {
    if (this.#failure) return
    const recorded: RecordedEvent = { t: now, node, event }
    this.#lines.push(encodeValue(recorded))
    if (this.#lines.length >= BUFFER) this.#write()
  }

  /** What earlier runs wanted, and how it ended; of what an order node made of an intent, only the end. */
  #recall(orders: readonly OrderRecord[]): void {
    const given = new Map(asGiven(orders).map(order => [order.id, order]))
    for (const part of orders) {
      const order = given.get(part.id) ?? part
      const { createdAt, intent, updatedAt } = order
      if (given.has(order.id)) this.see(intent.node, intent, createdAt)
      if (!FINAL_STATES.includes(order.state)) continue
      const end = outcomeOf(order, true)
      if (this.#isEnd(end)) this.#keep(intent.node, end, updatedAt)
    }
  }

  /**
   * Writes the rest, and that this is all. @throws FILE_REFUSED, also for what could not be written before: trading went on
   * without it.
   */
  close(): void {
    this.#lines.push(encodeValue(END))
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
    return event.kind === 'report' && kind !== 'sink' && this.#isEnd(event as Report)
  }

  /** Passed on from node to node, an end is still one end. */
  #isEnd({ node, key, state }: Report): boolean {
    const order = `${node}\n${key}`
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
  const { pipeline, resumed = false, start_ms, wallets = {} } = head
  const areNames = wallets !== null && Object.values(wallets).every(name => typeof name === 'string')
  if (
    head.record !== 1 ||
    typeof pipeline !== 'string' ||
    typeof start_ms !== 'number' ||
    typeof resumed !== 'boolean' ||
    !areNames
  ) {
    throw new ForgeError('RECORD_INVALID', { message: `${path}:1: this is no record of a run` })
  }
  const isComplete = lines.at(-1) === encodeValue(END)
  const events = lines.slice(1, isComplete ? -1 : undefined).map((line, index) => {
    const event = parsed<Partial<RecordedEvent>>(path, line, index + 2)
    if (typeof event?.t === 'number' && typeof event.node === 'string' && typeof event.event?.kind === 'string') {
      return event as RecordedEvent
    }
    throw new ForgeError('RECORD_INVALID', { message: `${path}:${index + 2}: this is no recorded event` })
  })
  if (!isComplete) {
    throw new ForgeError('RECORD_INVALID', {
      message: `${path}: it has no end: its run goes on, or was killed`,
      remedy: 'Start that run again with the same --data-dir and --record: its journal has what it did before.',
    })
  }
  return { record: 1, pipeline, start_ms, wallets, resumed, events }
}

function parsed<T>(path: string, line: string, number: number): T {
  try {
    return decodeValue<T>(line)
  } catch (cause) {
    throw new ForgeError('RECORD_INVALID', { message: `${path}:${number}: ${messageOf(cause)}`, cause })
  }
}
