import {
  type Amount,
  gapOf,
  type IntentEvent,
  isFinal,
  type PluginContext,
  type Report,
  type Slice,
  type SlicePlan,
  slicesOf,
} from '../../../core/index.ts'

/** An intent of this node for an amount, under a key. */
export type MakeIntent = (key: string, amount: Amount, reason: string) => IntentEvent

/** When a trade was begun, and whether all of it has come to an end. */
interface Begun {
  readonly at: number
  readonly over: boolean
}

const STATE = 'begun'

/**
 * One trade, whole or in parts. A run that was killed is taken up by the next one: the keys follow from when the trade
 * was begun, so that what was traded is not traded again. Only when all of it has ended, asking again means another trade.
 */
export class SliceRun {
  readonly #context: PluginContext
  readonly #amount: Amount
  readonly #plan: SlicePlan
  readonly #make: MakeIntent
  readonly #open = new Set<string>()
  #waiting: Slice[] | undefined
  #begun: Begun | undefined
  #last_ms: number | undefined

  constructor(context: PluginContext, amount: Amount, plan: SlicePlan, make: MakeIntent) {
    this.#context = context
    this.#amount = amount
    this.#plan = plan
    this.#make = make
  }

  async pull(): Promise<IntentEvent | undefined> {
    const { clock, signal } = this.#context
    const begun = this.#begin()
    const slice = this.#waiting?.shift()
    if (!slice) return undefined
    const spaced_ms = this.#last_ms === undefined ? 0 : this.#last_ms + gapOf(this.#plan)
    const due_ms = Math.max(begun.at + slice.after_ms, spaced_ms)
    if (due_ms > clock.now()) await clock.sleep(due_ms - clock.now(), signal)
    this.#last_ms = clock.now()
    const key = this.#keyOf(begun, slice)
    const parts = this.#plan.count > 1 ? `, part ${slice.index + 1} of ${this.#plan.count}` : ''
    return this.#make(key, { token: this.#amount.token, units: slice.units }, `asked for by hand${parts}`)
  }

  onReport(report: Report): void {
    // An order that a stop interrupted, or that asks a person, goes on with the next run.
    const isOver = isFinal(report.state) && report.state !== 'unresolved'
    const isInterrupted = report.state === 'failed' && report.reason.code === 'ORDER_INTERRUPTED'
    if (isOver && !isInterrupted) this.#open.delete(report.key)
    if (this.#open.size === 0 && this.#begun) this.#context.state.set(STATE, { ...this.#begun, over: true })
  }

  #begin(): Begun {
    if (this.#begun) return this.#begun
    const { clock, random, state } = this.#context
    const earlier = state.get<Begun>(STATE)
    const begun = earlier && !earlier.over ? earlier : { at: clock.now(), over: false }
    state.set(STATE, begun)
    this.#begun = begun
    const slices = slicesOf(this.#amount.units, this.#plan, random.fork(String(begun.at)))
    for (const slice of slices) this.#open.add(this.#keyOf(begun, slice))
    this.#waiting = [...slices]
    return begun
  }

  #keyOf(begun: Begun, slice: Slice): string {
    const time = new Date(begun.at).toISOString()
    return this.#plan.count > 1 ? `${time}#${slice.index + 1}` : time
  }
}
