import { Observable } from 'rxjs'
import {
  type Fill,
  type ForgeEvent,
  formatAmount,
  formatPrice,
  type IntentEvent,
  isForgeError,
  type LinkedOrders,
  linkedOrders,
  type OrderRecord,
  type Outcome,
  type PluginContext,
  priceOf,
  type Report,
  sameToken,
  tradedPair,
  WholeOrders,
} from '../../../core/index.ts'
import { type Config, TERMS } from './config.ts'
import { entryOrExit, type Levels, levelText, readLevels } from './levels.ts'

/** An order with its entry and what guards it. All of it follows from the journal. */
interface Bracket {
  readonly order: OrderRecord
  readonly levels: Levels
  /** Units of the entry's fills that are guarded, and by how many pairs of stop and target. */
  guarded: bigint
  pairs: number
  /** Whether nothing more will come of the entry. */
  isEntered: boolean
}

const ENTRY = 'entry'
const EXITS = ['stop', 'target'] as const

/**
 * Makes an entry of every intent, and a stop and a target of what each of its fills brought, of which one trades. The
 * whole is in the journal beside them until nothing is left to guard; to its strategy it is filled when its entry is.
 */
export class BracketNode {
  readonly events: Observable<ForgeEvent>
  readonly #context: PluginContext<Config>
  readonly #wholes: WholeOrders
  readonly #brackets = new Map<string, Bracket>()
  #linked: LinkedOrders | undefined
  readonly #earlier: readonly OrderRecord[]
  #hasTakenUp = false
  #wantsToFinish = false

  static async open(context: PluginContext<Config>): Promise<BracketNode> {
    const node = new BracketNode(context)
    node.#linked = await linkedOrders({
      // The node ends when no bracket is left, not when its orders have ended.
      context: { ...context, finish: () => node.#finish() },
      schema: TERMS,
      waitsFor: entryOrExit,
      onPartial: context.config.onPartial,
      over: outcome => node.#over(outcome),
    })
    return node
  }

  private constructor(context: PluginContext<Config>) {
    this.#context = context
    this.#wholes = new WholeOrders(context)
    this.#earlier = this.#wholes.open()
    for (const { intent } of this.#earlier) context.hold(intent)
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
    this.#takeUp()
    if (event.kind === 'intent') return this.#take(event as IntentEvent)
    return event.kind === 'price' ? this.linked.process(event) : undefined
  }

  onReport(report: Report): void {
    this.linked.onReport(report)
    if (report.state !== 'partly-filled' || !report.key.endsWith(`/${ENTRY}`)) return
    const bracket = this.#bracketOf(report)
    if (bracket) this.#guard(bracket, report.fill)
  }

  #take(intent: IntentEvent): Outcome {
    const { config, services } = this.#context
    const before = services.desk.taken(intent)
    if (before) return this.#takenBefore(before)
    const { terms = {} } = intent
    try {
      readLevelsOf(intent, { ...config, ...terms })
      this.linked.check(entryOf(intent), ENTRY)
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      return this.#wholes.refused(intent, thrown)
    }
    this.#begin(this.#wholes.arm(intent, { stop: config.stop, target: config.target, ...terms }).order)
    return undefined
  }

  /** The strategy asks again: what became of the entry is told, what is on its way stays so. */
  #takenBefore(order: OrderRecord): Outcome {
    if (!order.arming?.isWhole) return this.linked.isLeg(order.intent) ? undefined : order.intent
    const isEntering = this.#brackets.get(order.id)?.isEntered === false
    return isEntering ? undefined : this.#wholes.outcome(order, this.linked.tradedBy(order.intent, [ENTRY]))
  }

  /** What an earlier run left: also an entry it did not live to arm, and fills that it did not live to guard. */
  #takeUp(): void {
    if (this.#hasTakenUp) return
    this.#hasTakenUp = true
    for (const order of this.#earlier) this.#begin(order)
  }

  #begin(order: OrderRecord): void {
    const { intent, arming } = order
    const { stop, target, entry } = arming?.terms ?? {}
    const levels = readLevelsOf(intent, { stop, target, entry })
    const bracket: Bracket = { order, levels, guarded: 0n, pairs: 0, isEntered: false }
    this.#brackets.set(order.id, bracket)
    const at = entry === undefined ? 'an entry at once' : `an entry at ${String(entry)} or better`
    this.#wholes.tell(order, `${at}, then a stop at ${String(stop)} and a target at ${String(target)}`)
    for (const part of this.#partsOf(bracket)) this.#guard(bracket, part)
    this.linked.arm(intent, { [ENTRY]: entryOf(intent) })
  }

  /** What each transaction of the entry brought, in turn, as the journal has it; nothing of an entry in one. */
  #partsOf({ order: { intent } }: Bracket): readonly Fill[] {
    const entry = this.#context.services.desk.taken({ node: intent.node, key: `${intent.key}/${ENTRY}` })
    return (entry?.attempts ?? []).flatMap(({ fill }) => fill ?? [])
  }

  /** A pair of stop and target is over, or the entry is. */
  #over(outcome: Report): readonly ForgeEvent[] {
    const order = this.#context.services.desk.taken(outcome)
    const bracket = order && this.#brackets.get(order.id)
    if (bracket) return this.#entered(bracket, outcome)
    const whole = this.#bracketOf(outcome)
    if (whole) this.#endWhenOver(whole, outcome)
    return [outcome]
  }

  #entered(bracket: Bracket, outcome: Report): readonly ForgeEvent[] {
    bracket.isEntered = true
    const told: Report = { ...outcome, orderId: bracket.order.id }
    if (outcome.state === 'filled' || outcome.state === 'simulated') {
      // The last part is not told by itself; by the journal, as after a restart, its levels follow from its own price.
      for (const part of this.#partsOf(bracket).slice(bracket.pairs)) this.#guard(bracket, part)
      const { fill } = outcome
      const units = fill.output.units - bracket.guarded
      // The fill is that of the whole entry: what came in parts has its guards.
      if (units > 0n) this.#guard(bracket, { ...fill, output: { ...fill.output, units } }, fill)
    }
    this.#endWhenOver(bracket, told)
    return [told]
  }

  /**
   * A stop and a target for what a fill brought.
   *
   * @param priced whose price counts, when it is another's
   */
  #guard(bracket: Bracket, fill: Fill, priced: Fill = fill): void {
    const { intent, arming } = bracket.order
    const { output } = fill
    bracket.guarded += output.units
    bracket.pairs += 1
    const pair = tradedPair(intent.input, intent.output)
    const isPurchase = sameToken(pair.base, intent.output)
    const [base, quote] = isPurchase ? [priced.output, priced.input] : [priced.input, priced.output]
    const paid = priceOf(pair, base, quote, 'half-even')
    const { stop, target } = bracket.levels
    const { entry: _entry, size: _size, ...common } = arming?.terms ?? {}
    const terms = {
      ...common,
      stop: levelText(stop, paid, isPurchase ? 'below' : 'above'),
      target: levelText(target, paid, isPurchase ? 'above' : 'below'),
    }
    const child: IntentEvent = {
      kind: 'intent',
      at: this.#context.clock.now(),
      key: `${intent.key}/${bracket.pairs}`,
      node: intent.node,
      input: intent.output,
      output: intent.input,
      amount: output,
      exact: 'in',
      reason: `what ${intent.key} brought at ${formatPrice(paid)}`,
    }
    const leg: IntentEvent = { ...child, terms }
    this.linked.arm(child, { stop: leg, target: leg })
  }

  #endWhenOver(bracket: Bracket, told: Report): void {
    const { order } = bracket
    if (!bracket.isEntered || this.linked.holds(order) || !this.#brackets.delete(order.id)) return
    const [entry] = this.linked.tradedBy(order.intent, [ENTRY])
    const { key, node, input, output } = order.intent
    const whole = { ...told, orderId: order.id, key, node, input, output }
    this.#wholes.end(
      entry ? { ...whole, state: 'filled', fill: entry, recovered: false } : whole,
      this.#tradeText(bracket, entry),
    )
    if (this.#wantsToFinish) queueMicrotask(() => this.#finish())
  }

  /** `entered with 100 USDC → 1 SOL; left with 1 SOL → 110 USDC` */
  #tradeText({ order, pairs }: Bracket, entry: Fill | undefined): string {
    if (!entry) return 'nothing was traded'
    const exits = Array.from({ length: pairs }, (_, index) => ({
      ...order.intent,
      key: `${order.intent.key}/${index + 1}`,
    }))
    const fills = exits.flatMap(exit => this.linked.tradedBy(exit, EXITS))
    const traded = fills.reduce((units, { input }) => units + input.units, 0n)
    const [short] = fills.flatMap(fill => fill.short ?? [])
    const unguarded = short === undefined ? entry.output.units - traded : 0n
    return [
      `entered with ${formatAmount(entry.input)} → ${formatAmount(entry.output)}`,
      ...fills.map(
        ({ input, output, key }) => `its ${nameOf(key)} traded ${formatAmount(input)} → ${formatAmount(output)}`,
      ),
      ...(short === undefined ? [] : [short]),
      ...(unguarded > 0n ? [`${formatAmount({ ...entry.output, units: unguarded })} stay, without a stop`] : []),
    ].join('; ')
  }

  /** The bracket of which an order, or a pair of them, is a part. */
  #bracketOf({ node, key }: Pick<Report, 'node' | 'key'>): Bracket | undefined {
    const order = this.#context.services.desk.taken({ node, key: key.slice(0, key.lastIndexOf('/')) })
    return order && this.#brackets.get(order.id)
  }

  #finish(): void {
    this.#wantsToFinish = true
    if (this.linked.isIdle) this.#context.finish()
  }
}

/** The entry as an order of its own: what guards it later is none of its terms, and it is tried once. */
function entryOf(intent: IntentEvent): IntentEvent {
  const { stop: _stop, target: _target, ...terms } = intent.terms ?? {}
  return { ...intent, terms: { ...terms, onFailure: 'end' } }
}

function readLevelsOf(
  { input, output }: IntentEvent,
  terms: { readonly stop?: unknown; readonly target?: unknown; readonly entry?: unknown },
): Levels {
  const pair = tradedPair(input, output)
  return readLevels(terms, pair, sameToken(pair.base, output))
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1)
