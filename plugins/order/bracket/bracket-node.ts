import { Observable } from 'rxjs'
import {
  type Fill,
  type ForgeEvent,
  formatPrice,
  type IntentEvent,
  isFinal,
  isForgeError,
  type LinkedOrders,
  type OrderRecord,
  type Outcome,
  type PluginContext,
  priceOf,
  type Report,
  sameToken,
  tradedPair,
} from '../../../core/index.ts'
import type { Config } from './config.ts'
import { type Level, levelText, readLevel } from './levels.ts'

/** An entry that has passed, and what follows from it. On the disk before it passes. */
interface Entry {
  readonly intent: IntentEvent
  readonly stop: Level
  readonly target: Level
}

const STATE = 'entries'

/** Lets entries pass, and arms a stop and a target for what each of their fills brought. */
export class BracketNode {
  readonly events: Observable<ForgeEvent>
  readonly #context: PluginContext<Config>
  readonly #entries: Map<string, Entry>
  /** Units that brackets were armed for, and how many brackets, by entry. */
  readonly #armed = new Map<string, { units: bigint; count: number }>()
  #linked: LinkedOrders | undefined
  #hasTakenUp = false
  #wantsToFinish = false

  /** @param open makes the linked orders, whose wish to finish waits for the entries */
  static async open(
    context: PluginContext<Config>,
    open: (context: PluginContext<Config>) => Promise<LinkedOrders>,
  ): Promise<BracketNode> {
    const node = new BracketNode(context)
    node.#linked = await open({ ...context, finish: () => node.#finish() })
    return node
  }

  private constructor(context: PluginContext<Config>) {
    this.#context = context
    this.#entries = new Map(Object.entries(context.state.get<Record<string, Entry>>(STATE) ?? {}))
    this.events = new Observable(out => {
      const subscription = this.linked.events.subscribe(out)
      this.#takeUp()
      return subscription
    })
  }

  get linked(): LinkedOrders {
    return this.#linked!
  }

  process(event: ForgeEvent): Outcome {
    if (event.kind === 'price') {
      const given = this.linked.process(event)
      this.#takeUp()
      return given
    }
    return event.kind === 'intent' ? this.#enter(event as IntentEvent) : undefined
  }

  onReport(report: Report): void {
    this.linked.onReport(report)
    const id = idOf(report)
    const entry = this.#entries.get(id)
    if (!entry) return
    if (report.state === 'partly-filled') {
      this.#bracket(id, entry, report.fill)
      return
    }
    const isInterrupted = report.state === 'failed' && report.reason.code === 'ORDER_INTERRUPTED'
    if (!isFinal(report.state) || report.state === 'unresolved' || isInterrupted) return
    this.#ended(id, entry, 'fill' in report ? report.fill : undefined)
  }

  #enter(intent: IntentEvent): Outcome {
    const { config, services, clock } = this.#context
    if (this.linked.isLeg(intent)) return undefined
    const id = idOf(intent)
    const { stop = config.stop, target = config.target, ...terms } = intent.terms ?? {}
    const { terms: _, ...bare } = intent
    const entry: IntentEvent = Object.keys(terms).length === 0 ? bare : { ...bare, terms }
    const order = services.desk.taken(intent)
    // It passed before: what became of it, its outcome tells.
    if (this.#entries.has(id) || order) return entry
    try {
      this.#keep(id, { intent: entry, stop: readLevel(stop, 'stop'), target: readLevel(target, 'target') })
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      const { key, node, input, output } = intent
      const { code, message, remedy } = thrown
      const base = { kind: 'report', at: clock.now(), orderId: key, key, node, input, output } as const
      return { ...base, state: 'failed', reason: { code, message, remedy } }
    }
    return entry
  }

  /** Entries of an earlier run: what they brought and was not bracketed yet. */
  #takeUp(): void {
    if (this.#hasTakenUp) return
    this.#hasTakenUp = true
    for (const [id, entry] of [...this.#entries]) {
      const order = this.#context.services.desk.taken(entry.intent)
      if (!order) continue
      for (const { fill } of order.attempts) if (fill) this.#bracket(id, entry, fill)
      if (OVER.includes(order.state)) this.#ended(id, entry, order.fill)
    }
  }

  #ended(id: string, entry: Entry, fill: Fill | undefined): void {
    const units = (fill?.output.units ?? 0n) - (this.#armed.get(id)?.units ?? 0n)
    // The fill is that of the whole: what came in parts has its bracket.
    if (fill && units > 0n) this.#bracket(id, entry, { ...fill, output: { ...fill.output, units } }, fill)
    this.#entries.delete(id)
    this.#armed.delete(id)
    this.#save()
    if (this.#wantsToFinish) this.#finish()
  }

  /**
   * A stop and a target for what a fill brought.
   *
   * @param priced whose price counts, when it is another's
   */
  #bracket(id: string, { intent, stop, target }: Entry, fill: Fill, priced: Fill = fill): void {
    const { output } = fill
    const armed = this.#armed.get(id) ?? { units: 0n, count: 0 }
    this.#armed.set(id, { units: armed.units + output.units, count: armed.count + 1 })
    const pair = tradedPair(intent.input, intent.output)
    const isPurchase = sameToken(pair.base, intent.output)
    const [base, quote] = isPurchase ? [priced.output, priced.input] : [priced.input, priced.output]
    const paid = priceOf(pair, base, quote, 'half-even')
    const [below, above] = isPurchase ? ([stop, target] as const) : ([target, stop] as const)
    const levels = [levelText(below, paid, 'below'), levelText(above, paid, 'above')]
    const [stopAt, targetAt] = isPurchase ? levels : levels.toReversed()
    const child: IntentEvent = {
      kind: 'intent',
      at: this.#context.clock.now(),
      key: `${intent.key}/${armed.count + 1}`,
      node: intent.node,
      input: intent.output,
      output: intent.input,
      amount: output,
      exact: 'in',
      reason: `what ${intent.key} brought at ${formatPrice(paid)}`,
    }
    const leg: IntentEvent = { ...child, terms: { stop: stopAt, target: targetAt } }
    this.linked.arm(child, { stop: leg, target: leg })
  }

  #keep(id: string, entry: Entry): void {
    this.#entries.set(id, entry)
    this.#save()
  }

  #save(): void {
    this.#context.state.set(STATE, Object.fromEntries(this.#entries))
    this.#context.services.desk.save()
  }

  #finish(): void {
    this.#wantsToFinish = true
    if (this.#entries.size === 0 && this.linked.isIdle) this.#context.finish()
  }
}

const OVER: readonly OrderRecord['state'][] = ['confirmed', 'failed', 'expired', 'cancelled']

const idOf = ({ node, key }: { readonly node: string; readonly key: string }): string => `${node}\n${key}`
