import { PositionBook } from '../../accounting/position-book.ts'
import { pairOf } from '../../accounting/quote-token.ts'
import { lastPaid, strategyProfit } from '../../accounting/strategy-profit.ts'
import { type LostFees, lostFeesOf, tradeOf } from '../../accounting/trade.ts'
import type { ForgeEvent } from '../../events/event.ts'
import { type Fill, type FillFees, type FillPart, type FillPromise, isFinal, type Report } from '../../events/report.ts'
import type { RoutesEvent } from '../../events/routes.ts'
import type { Amount } from '../../money/amount.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { keysAbove } from '../../orders/wholes.ts'
import { Samples } from '../../runtime/node/samples.ts'
import type { Clock } from '../../time/clock.ts'
import { type OrderFill, OrderFills, type OrderLanding } from './order-fills.ts'
import type { RunDocument, RunFill, RunOrder } from './run-document.ts'
import { routesOf } from './run-routes.ts'

/** Comparisons in the document: who watches routes for a day has thousands. */
const ROUTES_KEPT = 20

/** Follows every order of a run by its reports, for the run document. */
export class OrderRecorder {
  readonly #clock: Pick<Clock, 'wall_ms'>
  readonly #orders = new Map<string, RunOrder>()
  readonly #fills = new OrderFills()
  readonly #simulated = new Map<string, RunFill>()
  readonly #takenAt = new Map<string, number>()
  readonly #latencies = new Samples()
  readonly #signatures = new Set<string>()
  #routes: readonly RoutesEvent[] = []

  constructor(clock: Pick<Clock, 'wall_ms'>) {
    this.#clock = clock
  }

  /** Orders as earlier runs have left them: what failed on the chain then was paid in these runs, and not in this one. */
  recall(orders: readonly OrderRecord[]): void {
    for (const { attempts } of orders) for (const { failed } of attempts) if (failed) this.#fills.leaveOut(failed)
  }

  /** Told of every event of the run; anything but reports and comparisons is passed over. A report heard twice counts once. */
  see(event: ForgeEvent): void {
    if (event.kind === 'routes') this.#routes = [...this.#routes, event as RoutesEvent].slice(-ROUTES_KEPT)
    if (event.kind !== 'report') return
    const report = event as Report
    const known = this.#orders.get(report.orderId)
    const isSum = 'isSum' in report && report.isSum === true
    // A group without an order of its own is told of by the last of its parts, which tell of themselves.
    if (known ? isFinal(known.state) || known.key !== report.key : isSum) return
    // An order may wait for days: what it took is counted from its trigger.
    if (!known || report.state === 'triggered') this.#takenAt.set(report.orderId, this.#clock.wall_ms())
    this.#orders.set(report.orderId, orderOf(report, known))
    // What an order came to that others were made of was told by these.
    if (isSum) return
    if (report.state === 'sent') this.#signatures.add(report.signature)
    this.#fills.see(report)
    if (report.state === 'simulated') this.#simulated.set(report.orderId, fillOf(report, report.fill, false))
    if (isFinal(report.state)) this.#latencies.add(this.#clock.wall_ms() - this.#takenAt.get(report.orderId)!)
  }

  /** Where the run is, in a line. */
  progress(now_ms: number): string {
    const orders = withWholes([...this.#orders.values()]).filter(({ isWhole }) => !isWhole)
    const done = orders.filter(({ state }) => state === 'filled' || state === 'simulated').length
    const armed = orders.filter(({ state }) => state === 'armed').length
    const onTheWay = orders.filter(({ state }) => !isFinal(state)).length - armed
    const time = timeText(now_ms).replace('T', ' ').slice(0, 19)
    const rest = `${armed > 0 ? `, ${armed} armed` : ''}${onTheWay > 0 ? `, ${onTheWay} on the way` : ''}`
    return `${time}  ${done} ${done === 1 ? 'order' : 'orders'} done${rest}`
  }

  summary(): Pick<
    RunDocument,
    'counts' | 'orders' | 'fills' | 'failedLandings' | 'simulated' | 'strategies' | 'costs' | 'left'
  > {
    const orders = withWholes([...this.#orders.values()])
    const landed = this.#fills.list()
    const fills = landed.map(({ report, fill, recovered }) => fillOf(report, fill, recovered))
    const failed = this.#fills.failed()
    const simulated = [...this.#simulated.values()]
    const counted = orders.filter(({ isWhole }) => !isWhole)
    const count = (state: RunOrder['state']): number => counted.filter(order => order.state === state).length
    return {
      counts: {
        orders: counted.length,
        sent: this.#signatures.size,
        filled: count('filled'),
        simulated: count('simulated'),
        skipped: count('skipped'),
        failed: count('failed'),
        expired: count('expired'),
        unresolved: count('unresolved'),
      },
      orders: [...orders],
      fills,
      ...(failed.length > 0 && { failedLandings: failed.map(failedOf) }),
      simulated,
      strategies: strategiesOf(landed, failed),
      costs: costsOf(fills.length > 0 || failed.length > 0 ? fills : simulated, failed),
      left: orders.filter(order => !isFinal(order.state)).map(order => order.id),
    }
  }

  /** What was compared, and what that took; nothing where no node compares. */
  routes(): { readonly document: Pick<RunDocument, 'routes'>; readonly timing: Pick<RunDocument['timing'], 'routes'> } {
    if (this.#routes.length === 0) return { document: {}, timing: {} }
    return {
      document: { routes: this.#routes.map(routesOf) },
      timing: { routes: this.#routes.map(({ key, timing }) => ({ key, steps: [...timing] })) },
    }
  }

  latencies(): RunDocument['timing']['orderLatency_ms'] {
    return this.#latencies.percentiles() ?? { count: 0, p50: 0, p90: 0, p99: 0, max: 0 }
  }
}

/** The same with those marked that others were made of. */
function withWholes(orders: readonly RunOrder[]): readonly RunOrder[] {
  const wholes = new Set(orders.flatMap(({ node, key }) => keysAbove(key).map(above => `${node}\n${above}`)))
  if (wholes.size === 0) return orders
  return orders.map(order => (wholes.has(`${order.node}\n${order.key}`) ? { ...order, isWhole: true } : order))
}

/** What each strategy node has earned in this run; what it still holds is worth what its last trade paid. */
function strategiesOf(landed: readonly OrderFill[], failed: readonly OrderLanding[]): RunDocument['strategies'] {
  const book = new PositionBook()
  for (const { report, fill } of landed) book.apply(tradeOf({ fill, node: report.node }))
  for (const { report, landing } of failed) book.pay(lostFees({ report, landing }))
  return book.positions().map(position => strategyProfit(position, lastPaid(position)))
}

/** As a cost of the node that wanted the trade. */
function lostFees({ report: { node, input, output }, landing }: OrderLanding): LostFees {
  return lostFeesOf(landing, { node, pair: pairOf(input, output) })
}

function failedOf({ report, landing }: OrderLanding): NonNullable<RunDocument['failedLandings']>[number] {
  return {
    orderId: report.orderId,
    key: report.key,
    node: report.node,
    ...(landing.wallet === undefined ? {} : { wallet: landing.wallet }),
    signature: landing.signature,
    slot: landing.slot,
    time: timeText(landing.at),
    fees: feesOf(landing.fees),
  }
}

function orderOf(report: Report, before: RunOrder | undefined): RunOrder {
  const landed = report.state === 'filled' || report.state === 'partly-filled' ? report.fill.signature : undefined
  const signature = report.state === 'sent' ? report.signature : (landed ?? before?.signature)
  return {
    id: report.orderId,
    key: report.key,
    node: report.node,
    state: report.state,
    at: timeText(report.at),
    ...(signature === undefined ? {} : { signature }),
    ...('reason' in report && report.reason ? { reason: report.reason } : {}),
  }
}

function fillOf(report: Report, fill: Fill, recovered: boolean): RunFill {
  return {
    orderId: fill.orderId,
    key: fill.key,
    node: report.node,
    venue: fill.venue,
    ...(fill.wallet === undefined ? {} : { wallet: fill.wallet }),
    signature: fill.signature,
    slot: fill.slot,
    time: timeText(fill.at),
    input: amountOf(fill.input),
    output: amountOf(fill.output),
    quotedOutput: fill.quotedOutput.units.toString(),
    minimumOutput: fill.minimumOutput.units.toString(),
    fees: feesOf(fill.fees),
    computeUnits: fill.computeUnits,
    ...(fill.priceImpactBps === undefined ? {} : { priceImpactBps: fill.priceImpactBps }),
    slippageBps: fill.slippageBps,
    ...(fill.promised === undefined ? {} : { promised: promisedOf(fill.promised) }),
    ...(fill.protection === undefined ? {} : { protection: [...fill.protection] }),
    ...(fill.parts === undefined ? {} : { parts: fill.parts.map(partOf) }),
    recovered,
  }
}

function partOf({ venue, signature, slot, at, input, output }: FillPart): NonNullable<RunFill['parts']>[number] {
  return { venue, signature, slot, time: timeText(at), input: amountOf(input), output: amountOf(output) }
}

function feesOf(fees: FillFees): RunFill['fees'] {
  return {
    base_lamports: fees.base_lamports.toString(),
    priority_lamports: fees.priority_lamports.toString(),
    tip_lamports: fees.tip_lamports.toString(),
    rent_lamports: fees.rent_lamports.toString(),
  }
}

function promisedOf({ inputUnits, fees, computeUnits, slot }: FillPromise): NonNullable<RunFill['promised']> {
  return {
    input: inputUnits.toString(),
    fees: feesOf(fees),
    computeUnits,
    ...(slot === undefined ? {} : { slot }),
  }
}

function amountOf({ token, units }: Amount): RunFill['input'] {
  return { mint: token.mint, symbol: token.symbol, decimals: token.decimals, amount: units.toString() }
}

function costsOf(fills: readonly RunFill[], failed: readonly OrderLanding[]): RunDocument['costs'] {
  const sum = (of: (fill: RunFill) => string): bigint => fills.reduce((total, fill) => total + BigInt(of(fill)), 0n)
  const lost = (fee: keyof FillFees): bigint => failed.reduce((total, { landing }) => total + landing.fees[fee], 0n)
  const base = sum(fill => fill.fees.base_lamports) + lost('base_lamports')
  const priority = sum(fill => fill.fees.priority_lamports) + lost('priority_lamports')
  const tip = sum(fill => fill.fees.tip_lamports)
  return {
    base_lamports: base.toString(),
    priority_lamports: priority.toString(),
    tip_lamports: tip.toString(),
    rent_lamports: sum(fill => fill.fees.rent_lamports).toString(),
    ...(failed.length > 0 && { failed_lamports: (lost('base_lamports') + lost('priority_lamports')).toString() }),
    total_lamports: (base + priority + tip).toString(),
  }
}

export function timeText(at_ms: number): string {
  return new Date(at_ms).toISOString()
}
