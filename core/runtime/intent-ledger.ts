import type { ForgeEvent, IntentEvent } from '../events/event.ts'
import { isFinal, type Report } from '../events/report.ts'
import type { PluginKind } from '../plugin/contract.ts'
import { OpenIntents } from './open-intents.ts'
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

/** Final reports that may still be passed from node to node. */
const FINALS_KEPT = 256

interface Entry {
  readonly intent: IntentEvent
  path: readonly PathNode[]
  holder: PathNode | undefined
  /** The holder keeps it waiting in the journal: nobody waits for it. */
  resting: boolean
  /** Reports on the way that were told already. */
  readonly told: Report[]
}

/** The intents that await their final report, and the nodes each has passed. */
export class IntentLedger {
  readonly #open = new OpenIntents<Entry>()
  readonly #between: (from: string, to: PathNode) => readonly PathNode[]
  readonly #untrue = new Set<PathNode>()
  readonly #finals: Report[] = []
  #oldestFinal = 0
  /** Changes whenever an intent moves or is reported on. */
  activity = 0

  /** @param between the nodes that an intent of the first passes on its way to the second, which is not among them. */
  constructor(between: (from: string, to: PathNode) => readonly PathNode[]) {
    this.#between = between
  }

  /** Intents that will be reported on in this run: without those that rest. */
  get awaited(): number {
    let count = 0
    for (const entry of this.#open.values()) if (!entry.resting) count++
    return count
  }

  /**
   * A node gives an intent. A strategy's becomes its own (`node`); an order node that gives one for another (`cause`,
   * or a key that begins with an open one's key and `/`) goes on with that one's path. One that it took up from an
   * earlier run stays that of the strategy which wanted it then.
   *
   * @param takers the nodes it goes to: without one but sinks nobody will report on it, and it is not awaited.
   * @returns the intent as it travels on.
   */
  given(event: IntentEvent, giver: PathNode, cause: ForgeEvent | undefined, takers: readonly PathNode[]): IntentEvent {
    this.activity++
    const parent = giver.kind === 'strategy' ? undefined : this.#parentOf(event, cause)
    const node = parent?.intent.node ?? wantedBy(event, giver, cause)
    const intent = event.node === node ? event : { ...event, node }
    const known = this.#open.get(node, intent.key)
    // A strategy that repeats itself changes nothing: the journal takes the key once.
    if (known && known !== parent) return intent
    const holder = takers.find(taker => taker.kind !== 'sink')
    const before = parent?.path ?? (node === giver.id ? [] : this.#between(node, giver))
    const path = before.at(-1) === giver ? before : [...before, giver]
    if (!holder) {
      if (known) this.#settle(known)
    } else if (known) {
      const last = known.resting ? undefined : known.holder
      known.path = path
      known.holder = holder
      known.resting = false
      holder.held(1)
      last?.held(-1)
    } else {
      this.#open.add({ intent, path, holder, resting: false, told: [] })
      holder.held(1)
    }
    return intent
  }

  /**
   * A node keeps an intent waiting in the journal, of this run or an earlier one: nobody waits for it until it is given
   * on, and the end of the run leaves it where it is.
   */
  rests(intent: IntentEvent, at: PathNode): void {
    this.activity++
    const entry = this.#open.get(intent.node, intent.key)
    if (!entry) {
      const path = intent.node === at.id ? [] : this.#between(intent.node, at)
      this.#open.add({ intent, path, holder: at, resting: true, told: [] })
      return
    }
    const last = entry.resting ? undefined : entry.holder
    entry.holder = at
    entry.resting = true
    last?.held(-1)
  }

  /** A node gives a report: back along the intent's path, nearest node first, once. */
  reported(report: Report, reporter: PathNode): void {
    const entry = this.#open.get(report.node, report.key)
    // Without an open intent it is the final one, passed on: everyone has it.
    const isOver = isFinal(report.state)
    if (!entry || entry.told.includes(report) || (isOver && this.#finals.includes(report))) return
    entry.told.push(report)
    this.activity++
    const { path } = entry
    // Everyone has it before anyone acts on it: what a node reports because of it comes after it everywhere.
    for (let index = path.length - 1; index >= 0; index--) if (path[index] !== reporter) path[index]!.mail(report)
    for (let index = path.length - 1; index >= 0; index--) if (path[index] !== reporter) path[index]!.pump()
    if (!isOver) return
    this.#settle(entry)
    this.#remember(report)
  }

  /** So that it is no report on the same intent given anew, while it is still passed on. */
  #remember(report: Report): void {
    this.#finals[this.#oldestFinal] = report
    this.#oldestFinal = (this.#oldestFinal + 1) % FINALS_KEPT
  }

  has(intent: IntentEvent): boolean {
    return this.#open.get(intent.node, intent.key) !== undefined
  }

  /**
   * The journal never took an intent: the store refused it, or the node that would have traded it had stopped. What its
   * nodes have staged would say otherwise, also after its report.
   */
  neverTaken(intent: IntentEvent): void {
    for (const node of this.#open.get(intent.node, intent.key)?.path ?? []) this.#untrue.add(node)
  }

  /** Whether what the node has staged waits for an intent's transaction, or lost it. */
  isStateOpen(node: PathNode): boolean {
    return this.#untrue.has(node) || this.#passed(node)
  }

  list(): OpenIntent[] {
    return [...this.#open.values()].map(({ intent, path, holder, resting }) => ({
      intent,
      path: path.map(node => node.id),
      at: (holder ?? path.at(-1))?.id ?? intent.node,
      resting,
    }))
  }

  /** Whether an intent passed the node that is open, and not at rest: what rests is in the journal. */
  #passed(node: PathNode): boolean {
    for (const entry of this.#open.values()) if (!entry.resting && entry.path.includes(node)) return true
    return false
  }

  #settle(entry: Entry): void {
    this.#open.remove(entry)
    const holder = entry.resting ? undefined : entry.holder
    entry.holder = undefined
    holder?.held(-1)
  }

  #parentOf(event: IntentEvent, cause: ForgeEvent | undefined): Entry | undefined {
    for (let key = event.key; ; key = key.slice(0, key.lastIndexOf('/'))) {
      const entry = this.#open.get(event.node, key)
      if (entry) return entry
      if (!key.includes('/')) break
    }
    return cause?.kind === 'intent' ? this.#open.get(cause.node, cause.key) : undefined
  }
}

/** Whose intent it is when no open one says so: an order node that took it up from an earlier run knows. */
function wantedBy(event: IntentEvent, giver: PathNode, cause: ForgeEvent | undefined): string {
  if (giver.kind === 'strategy') return giver.id
  if (cause?.kind === 'intent') return cause.node
  return giver.kind === 'order' && event.node !== '' ? event.node : giver.id
}
