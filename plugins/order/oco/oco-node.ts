import { Observable } from 'rxjs'
import {
  type ForgeEvent,
  formatAmount,
  type IntentEvent,
  isForgeError,
  type LinkedOrders,
  linkedOrders,
  type OrderRecord,
  type Outcome,
  type PluginContext,
  type Report,
  WholeOrders,
} from '../../../core/index.ts'
import { type Config, LEGS } from './config.ts'
import { stopOrTarget } from './stop-or-target.ts'

const NAMES = ['stop', 'target'] as const

/** Makes a stop and a target of every intent; the whole is in the journal beside them, until one has traded or none can. */
export class OcoNode {
  readonly events: Observable<ForgeEvent>
  readonly linked: LinkedOrders
  readonly #context: PluginContext<Config>
  readonly #wholes: WholeOrders
  readonly #earlier: readonly OrderRecord[]
  #hasTakenUp = false

  static async open(context: PluginContext<Config>): Promise<OcoNode> {
    const wholes = new WholeOrders(context)
    const linked = await linkedOrders({
      context,
      schema: LEGS,
      waitsFor: stopOrTarget,
      onPartial: context.config.onPartial,
      over: outcome => [wholes.end(outcome, tradedText(outcome))],
    })
    return new OcoNode(context, wholes, linked)
  }

  private constructor(context: PluginContext<Config>, wholes: WholeOrders, linked: LinkedOrders) {
    this.#context = context
    this.#wholes = wholes
    this.linked = linked
    this.#earlier = wholes.open()
    for (const { intent } of this.#earlier) context.hold(intent)
    this.events = new Observable(out => {
      const subscription = linked.events.subscribe(out)
      this.#takeUp()
      return subscription
    })
  }

  process(event: ForgeEvent): Outcome {
    this.#takeUp()
    if (event.kind === 'intent') return this.#take(event as IntentEvent)
    return event.kind === 'price' ? this.linked.process(event) : undefined
  }

  #take(intent: IntentEvent): Outcome {
    const before = this.#context.services.desk.taken(intent)
    if (before) return this.#takenBefore(before)
    try {
      for (const name of NAMES) this.linked.check(intent, name)
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      return this.#wholes.refused(intent, thrown)
    }
    this.#begin(this.#wholes.arm(intent, intent.terms ?? {}).order)
    return undefined
  }

  /** The strategy asks again: what is over is told, what waits goes on waiting. */
  #takenBefore(order: OrderRecord): Outcome {
    if (order.state === 'armed' || !order.arming?.isWhole) return undefined
    return this.#wholes.outcome(order, this.linked.tradedBy(order.intent, NAMES))
  }

  /** What an earlier run left: also a leg that it did not live to arm. */
  #takeUp(): void {
    if (this.#hasTakenUp) return
    this.#hasTakenUp = true
    for (const order of this.#earlier) this.#begin(order)
  }

  #begin(order: OrderRecord): void {
    const { stop, target } = { ...this.#context.config, ...order.intent.terms }
    this.#wholes.tell(order, `a stop at ${stop} and a target at ${target}, of which one trades`)
    this.linked.arm(order.intent, legsOf(order.intent))
  }
}

const legsOf = (intent: IntentEvent): Record<(typeof NAMES)[number], IntentEvent> => ({ stop: intent, target: intent })

/** `its target traded: 1 SOL → 160 USDC` */
function tradedText(outcome: Report): string {
  if (outcome.state !== 'filled') return 'nothing was traded'
  const { input, output, key, short } = outcome.fill
  const name = outcome.fill.parts ? 'legs' : key.slice(key.lastIndexOf('/') + 1)
  const text = `its ${name} traded: ${formatAmount(input)} → ${formatAmount(output)}`
  return short === undefined ? text : `${text}; ${short}`
}
