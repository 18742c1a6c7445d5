import type { ForgeEvent, IntentEvent } from '../events/event.ts'
import { isFinal, type Report } from '../events/report.ts'
import type { PluginKind } from '../plugin/contract.ts'
import type { OpenIntent } from './result.ts'

/** A node as the ledger sees it. */
export interface PathNode {
  readonly id: string
  readonly kind: PluginKind
  /** Puts a report into its mailbox. */
  mail(report: Report): void
  /** Lets it read its mail, unless it is at work: then it does so next. */
  pump(): void
  /** Counts the open intents it has in hand: a node does not end before they are settled. */
  held(change: 1 | -1): void
}

interface Entry {
  readonly intent: IntentEvent
  path: readonly PathNode[]
  holder: PathNode | undefined
}

/** The intents that await their final report, and the nodes each has passed. */
export class IntentLedger {
  readonly #open = new Map<string, Entry>()
  readonly #delivered = new WeakSet<Report>()
  /** Changes whenever an intent moves or is reported on. */
  activity = 0

  get size(): number {
    return this.#open.size
  }

  /**
   * A node gives an intent. A strategy's becomes its own (`node`); an order node that gives one for another (`cause`,
   * or a key that begins with an open one's key and `/`) goes on with that one's path.
   *
   * @param takers the nodes it goes to: without one but sinks nobody will report on it, and it is not awaited.
   * @returns the intent as it travels on.
   */
  given(event: IntentEvent, giver: PathNode, cause: ForgeEvent | undefined, takers: readonly PathNode[]): IntentEvent {
    this.activity++
    const parent = giver.kind === 'strategy' ? undefined : this.#parentOf(event, cause)
    const node = parent?.intent.node ?? (giver.kind !== 'strategy' && cause?.kind === 'intent' ? cause.node : giver.id)
    const intent = event.node === node ? event : { ...event, node }
    const key = keyOf(node, intent.key)
    const known = this.#open.get(key)
    // A strategy that repeats itself changes nothing: the journal takes the key once.
    if (known && known !== parent) return intent
    const holder = takers.find(taker => taker.kind !== 'sink')
    const path = parent === undefined ? [giver] : parent.path.at(-1) === giver ? parent.path : [...parent.path, giver]
    if (!holder) {
      if (known) this.#settle(key, known)
    } else if (known) {
      const before = known.holder
      known.path = path
      known.holder = holder
      holder.held(1)
      before?.held(-1)
    } else {
      this.#open.set(key, { intent, path, holder })
      holder.held(1)
    }
    return intent
  }

  /** A node gives a report: back along the intent's path, nearest node first, once. */
  reported(report: Report, reporter: PathNode): void {
    if (this.#delivered.has(report)) return
    this.#delivered.add(report)
    this.activity++
    const key = keyOf(report.node, report.key)
    const entry = this.#open.get(key)
    if (!entry) return
    const hearers = entry.path.toReversed().filter(node => node !== reporter)
    // Everyone has it before anyone acts on it: what a node reports because of it comes after it everywhere.
    for (const node of hearers) node.mail(report)
    for (const node of hearers) node.pump()
    if (isFinal(report.state)) this.#settle(key, entry)
  }

  has(intent: IntentEvent): boolean {
    return this.#open.has(keyOf(intent.node, intent.key))
  }

  /** Whether an open intent passed the node. */
  passed(node: PathNode): boolean {
    for (const entry of this.#open.values()) if (entry.path.includes(node)) return true
    return false
  }

  list(): OpenIntent[] {
    return [...this.#open.values()].map(({ intent, path, holder }) => ({
      intent,
      path: path.map(node => node.id),
      at: (holder ?? path.at(-1))?.id ?? intent.node,
    }))
  }

  #settle(key: string, entry: Entry): void {
    this.#open.delete(key)
    const holder = entry.holder
    entry.holder = undefined
    holder?.held(-1)
  }

  #parentOf(event: IntentEvent, cause: ForgeEvent | undefined): Entry | undefined {
    if (cause?.kind === 'intent') return this.#open.get(keyOf(cause.node, cause.key))
    for (let key = event.key; ; key = key.slice(0, key.lastIndexOf('/'))) {
      const entry = this.#open.get(keyOf(event.node, key))
      if (entry) return entry
      if (!key.includes('/')) return undefined
    }
  }
}

const keyOf = (node: string, key: string): string => `${node}\n${key}`
