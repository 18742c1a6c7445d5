import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent, PriceEvent } from '../../events/event.ts'
import { isFinal, type Report } from '../../events/report.ts'
import type { Price } from '../../money/price.ts'
import { type Pair, pairName } from '../../money/token.ts'
import { FINAL_STATES } from '../../orders/state-machine.ts'
import { keysAbove } from '../../orders/wholes.ts'
import type { RunResult } from '../../runtime/result.ts'
import type { PipelineRun } from '../../runtime/run.ts'
import type { Clock } from '../../time/clock.ts'
import { formatDuration } from '../../time/duration.ts'
import type { Trading } from '../run/trading.ts'
import { composeDesk, type Equip } from './compose-desk.ts'
import type { KeptPlans } from './kept-plans.ts'
import { ASKER, OrderArrivals } from './order-arrivals.ts'
import type { OrderPlan } from './order-plan.ts'

/** A pipeline of the desk that runs, with the order nodes it has. */
interface Part {
  readonly pipeline: BoundPipeline
  readonly holders: ReadonlySet<string>
  readonly arrivals: OrderArrivals
  readonly run: PipelineRun
}

/** How long a first price is waited for, on the chain's time. */
const PRICE_PATIENCE_MS = 60_000
/** How long a node may take to say what it did with an order. */
const ARMING_PATIENCE_MS = 60_000

export interface DeskOptions {
  readonly trading: Pick<Trading, 'deployment' | 'start'>
  readonly clock: Clock
  readonly equip: Equip
  /** Told of every event of its pipelines. */
  readonly onEvent: (event: ForgeEvent) => void
}

/**
 * Watches the single orders of a data directory. All that wait at its start are watched by one pipeline; an order that
 * comes later and needs nodes which are not there (another price, another way to trade) gets a pipeline beside it, so
 * that nothing that is watched is disturbed.
 */
export class Desk {
  readonly #options: DeskOptions
  readonly #parts: Part[] = []
  /** Plans of orders that are on their way to their node, or that others will be made of. */
  readonly #plans: KeptPlans
  readonly #heard = new Map<string, (report: Report) => void>()
  readonly #ended = new Set<(key: string) => void>()
  readonly #prices = new Map<string, Price>()
  readonly #priceHeard = new Map<string, (price: Price) => void>()
  #number: number

  /** @param plans Where the desk's nodes find the plan of an order they arm. */
  constructor(options: DeskOptions, plans: KeptPlans) {
    this.#options = options
    this.#plans = plans
    const orders = options.trading.deployment.journal.orders({ node: ASKER })
    this.#number = orders.reduce((most, { intent }) => Math.max(most, numberOf(intent.key)), 0)
  }

  /** Whether nothing is watched. */
  get isEmpty(): boolean {
    return this.#parts.length === 0
  }

  /** Takes up every order that waits. */
  async takeUp(): Promise<void> {
    const open = this.#options.trading.deployment.journal.orders({ open: true })
    const plans = open.flatMap(({ arming, intent }) => {
      if (arming?.plan === undefined) return []
      const plan = arming.plan as OrderPlan
      if (arming.isWhole) this.#plans.keep(intent.key, plan)
      return [plan]
    })
    // Each order node runs apart: one that is given an order beside others would have them take it for theirs.
    for (const [, same] of Map.groupBy(plans, ({ holder }) => holder)) await this.#start(same)
  }

  /** A key that no order here has had: only who holds the directory makes orders. */
  nextKey(type: string): string {
    this.#number++
    return `${type} ${this.#number}`
  }

  /** The newest price of a pair, as soon as there is one. @throws ORDER_PRICE_MISSING */
  async priceOf(pair: Pair): Promise<Price> {
    const name = pairName(pair)
    const known = this.#prices.get(name)
    if (known) return known
    const { clock } = this.#options
    const heard = Promise.withResolvers<Price>()
    this.#priceHeard.set(name, heard.resolve)
    const timer = clock.at(clock.now() + PRICE_PATIENCE_MS, () => {
      const message = `no price of ${name} came within ${formatDuration(PRICE_PATIENCE_MS)}`
      heard.reject(new ForgeError('ORDER_PRICE_MISSING', { message }))
    })
    return heard.promise.finally(() => timer.cancel())
  }

  /** The nodes that a plan needs are there, or started now. */
  async prepare(plan: OrderPlan): Promise<void> {
    await this.#partFor(plan)
  }

  /**
   * Has an order armed by its node; answers the first that is heard of it: `armed`, or what became of it at once.
   *
   * @throws NODE_HALTED when its node has stopped; NODE_HANGS when it says nothing
   */
  async add(plan: OrderPlan, intent: IntentEvent): Promise<Report> {
    const part = await this.#partFor(plan)
    const heard = Promise.withResolvers<Report>()
    this.#plans.keep(intent.key, plan)
    this.#heard.set(intent.key, heard.resolve)
    part.arrivals.give(intent)
    const over = part.run.done.then(() => {
      throw new ForgeError('NODE_HALTED', { message: `the desk ended before it took order ${intent.key}` })
    })
    const { clock } = this.#options
    const late = clock.at(clock.now() + ARMING_PATIENCE_MS, () => {
      const message = `the order node said nothing of ${intent.key} within ${formatDuration(ARMING_PATIENCE_MS)}`
      heard.reject(new ForgeError('NODE_HANGS', { message }))
    })
    return Promise.race([heard.promise, over]).finally(() => late.cancel())
  }

  /** Calls back with the key of each order that has ended, with all that was made of it. */
  onEnd(listener: (key: string) => void): void {
    this.#ended.add(listener)
  }

  /** Stops watching: what waits stays armed, what was sent is followed to its end. */
  drain(reason: string): void {
    for (const { run, arrivals } of this.#parts) {
      arrivals.end()
      void run.drain(reason)
    }
  }

  abort(reason: string): void {
    for (const { run } of this.#parts) void run.abort(reason)
  }

  /** What its order nodes say of themselves. */
  health(): readonly string[] {
    return this.#parts.flatMap(({ run, holders }) => {
      const health = run.health()
      return [...holders].flatMap(holder => health[holder]?.detail ?? [])
    })
  }

  /** All of it as one, once all of it has ended, also what was started later. */
  async done(): Promise<{ readonly pipeline: BoundPipeline; readonly result: RunResult }> {
    let results: readonly RunResult[] = []
    while (results.length < this.#parts.length) results = await Promise.all(this.#parts.map(({ run }) => run.done))
    const nodes = new Map(this.#parts.flatMap(({ pipeline }) => pipeline.nodes).map(node => [node.id, node]))
    const [first] = this.#parts
    if (!first) throw new ForgeError('ORDER_UNKNOWN', { message: 'no order waits here' })
    return { pipeline: { ...first.pipeline, nodes: [...nodes.values()] }, result: results.reduce(both) }
  }

  async #partFor(plan: OrderPlan): Promise<Part> {
    return this.#parts.find(({ holders }) => holders.has(plan.holder)) ?? this.#start([plan])
  }

  async #start(plans: readonly OrderPlan[]): Promise<Part> {
    const arrivals = new OrderArrivals()
    const pipeline = composeDesk(plans, arrivals.node, this.#options.equip)
    const run = await this.#options.trading.start(pipeline, (_node, event) => this.#see(event))
    const part = { pipeline, run, arrivals, holders: new Set(plans.map(({ holder }) => holder)) }
    this.#parts.push(part)
    return part
  }

  #see(event: ForgeEvent): void {
    if (event.kind === 'price') {
      const { price } = event as PriceEvent
      const name = pairName(price.pair)
      this.#prices.set(name, price)
      this.#priceHeard.get(name)?.(price)
      this.#priceHeard.delete(name)
    }
    this.#options.onEvent(event)
    if (event.kind !== 'report') return
    const report = event as Report
    if (report.node !== ASKER) return
    this.#heard.get(report.key)?.(report)
    this.#heard.delete(report.key)
    const key = keysAbove(report.key).at(-1) ?? report.key
    const { journal } = this.#options.trading.deployment
    const order = this.#plans.has(key) || isFinal(report.state) ? journal.taken({ node: ASKER, key }) : undefined
    const isWhole = order?.arming?.isWhole && !FINAL_STATES.includes(order.state)
    // Until it is over, others may be made of it that need the plan.
    if (!isWhole) this.#plans.forget(key)
    // Of what nobody knows, nothing more will be heard in this run.
    const isOver = report.state === 'unresolved' || (isFinal(report.state) && !isWhole)
    if (isOver) for (const listener of this.#ended) listener(key)
  }
}

/** The number that ends an order's key; 0 for what was made of another. */
function numberOf(key: string): number {
  return Number(/^[^/]* (\d+)$/.exec(key)?.[1] ?? 0)
}

const RANK: readonly RunResult['ended'][] = ['completed', 'drained', 'timed-out', 'aborted', 'failed']

/** Two results as one: the worse end counts. */
function both(a: RunResult, b: RunResult): RunResult {
  const worse = RANK.indexOf(b.ended) > RANK.indexOf(a.ended) ? b : a
  return {
    ...worse,
    startedAt: Math.min(a.startedAt, b.startedAt),
    finishedAt: Math.max(a.finishedAt, b.finishedAt),
    nodes: { ...a.nodes, ...b.nodes },
    metrics: { ...a.metrics, ...b.metrics },
    errors: [...a.errors, ...b.errors],
    left: {
      intents: [...a.left.intents, ...b.left.intents],
      waiting: { ...a.left.waiting, ...b.left.waiting },
    },
  }
}
