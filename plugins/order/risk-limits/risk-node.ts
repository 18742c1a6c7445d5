import { existsSync } from 'node:fs'
import { Observable, type Subscriber } from 'rxjs'
import {
  type ForgeEvent,
  formatAmount,
  type IntentEvent,
  isFinal,
  type OrderRecord,
  type Outcome,
  type PluginContext,
  type Reason,
  type Report,
  sameToken,
} from '../../../core/index.ts'
import { type Config, type Limits, limitsOf } from './config.ts'
import { refusalOf } from './refusals.ts'
import { RiskBook, type Stop } from './risk-book.ts'

/** An order that a transaction may have been signed for: it is past holding back. */
const BEYOND_REACH: readonly OrderRecord['state'][] = [
  'submitting',
  'unresolved',
  'confirmed',
  'failed',
  'expired',
  'cancelled',
]
const OVER: readonly OrderRecord['state'][] = ['confirmed', 'failed', 'expired', 'cancelled']

/** Lets intents pass while every limit holds, and stops all trading when it must. */
export class RiskNode {
  readonly events: Observable<ForgeEvent>
  readonly #context: PluginContext<Config>
  readonly #limits: Limits
  readonly #book: RiskBook
  #out: Subscriber<ForgeEvent> | undefined
  readonly #early: ForgeEvent[] = []
  #intentsEnded = false

  constructor(context: PluginContext<Config>) {
    const { config, services, state, clock } = context
    this.#context = context
    this.#limits = limitsOf(config, services.tokens)
    this.#book = new RiskBook(this.#limits.currency, state, () => services.desk.save())
    this.#book.reconcile(
      order => services.desk.taken(order),
      ({ state }) => OVER.includes(state),
    )
    const { stop } = this.#book
    if (stop?.by === 'drawdown' && (this.#limits.acknowledged_ms ?? Number.NEGATIVE_INFINITY) >= stop.at)
      this.#book.goOn(this.#equity())
    this.events = new Observable(out => {
      this.#out = out
      for (const event of this.#early.splice(0)) out.next(event)
    })
    if (this.#book.stop?.by === 'kill-switch') this.#lookAtSwitch(clock.now())
    // Before anybody listens, so that the run knows of the sales before it may end.
    if (this.#book.stop !== undefined) this.#flatten(this.#book.stop, clock.now())
    else this.#letGo(clock.now())
  }

  process(event: ForgeEvent): Outcome {
    if (event.kind === 'price') {
      const { price } = event as Extract<ForgeEvent, { readonly kind: 'price' }>
      this.#book.onPrice(price)
      this.#watch()
      return undefined
    }
    return event.kind === 'intent' ? this.#take(event as IntentEvent) : undefined
  }

  onReport(report: Report): void {
    // An order that the end of a run interrupted goes on with the next one; one that asks a person may have landed.
    const isInterrupted = report.state === 'failed' && report.reason.code === 'ORDER_INTERRUPTED'
    if (!isFinal(report.state) || report.state === 'unresolved' || isInterrupted) return
    const { clock } = this.#context
    const fill = 'fill' in report ? report.fill : undefined
    const { isLoss } = this.#book.ended(report, fill, clock.now())
    if (isLoss && this.#limits.cooldown_ms !== undefined) this.#book.coolDown(clock.now() + this.#limits.cooldown_ms)
    if (report.node === this.#context.id && fill === undefined) this.#notSold(report)
    this.#watch()
    // What is reported of it goes out first.
    if (this.#intentsEnded) clock.at(clock.now(), () => this.#finishWhenDone())
  }

  onIntentsEnd(): void {
    this.#intentsEnded = true
    this.#finishWhenDone()
  }

  onInputEnd(): undefined {
    this.#out?.complete()
    return undefined
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const { stop, open } = this.#book
    return stop ? { ok: false, detail: `stopped: ${stop.why}` } : { ok: true, detail: `${open.length} orders are open` }
  }

  #take(intent: IntentEvent): Outcome {
    const { clock, services } = this.#context
    const order = services.desk.taken(intent)
    if (order !== undefined && BEYOND_REACH.includes(order.state)) return intent
    this.#watch()
    const { stop } = this.#book
    if (stop !== undefined) return this.#refuse(intent, order, stopReason(stop, this.#context.config))
    // One that passed in an earlier run is counted already.
    if (this.#book.has(intent)) return intent
    const reason = refusalOf(intent, this.#limits, this.#book, clock.now())
    if (reason !== undefined) return this.#refuse(intent, order, reason)
    const isPurchase = !sameToken(intent.output, this.#limits.currency)
    this.#book.opened(intent, isPurchase ? (this.#book.valueOf(intent) ?? 0n) : 0n)
    return intent
  }

  #refuse(intent: IntentEvent, order: OrderRecord | undefined, reason: Reason): Report {
    const { clock, services, metrics } = this.#context
    metrics.count('refused')
    // An order that had waited for its trigger ends here: it must not be taken up again when the limit frees.
    const orderId = order ? services.desk.end(order.id, 'cancelled', reason).id : intent.key
    const { key, node, input, output } = intent
    const report: Report = {
      kind: 'report',
      at: clock.now(),
      orderId,
      key,
      node,
      input,
      output,
      state: 'skipped',
      reason,
    }
    this.#book.ended(report, undefined, clock.now())
    return report
  }

  /** Looks whether trading must stop, or may go on. */
  #watch(): void {
    const { clock, config } = this.#context
    if (config.killSwitch === undefined && this.#limits.drawdown === undefined && this.#book.stop === undefined) return
    const now = clock.now()
    this.#lookAtSwitch(now)
    const why = this.#book.stop === undefined ? this.#tooDeep() : undefined
    if (why !== undefined) this.#stop({ by: 'drawdown', at: now, why, rounds: 0 })
  }

  #lookAtSwitch(now: number): void {
    const { config } = this.#context
    const isSwitched = config.killSwitch !== undefined && existsSync(config.killSwitch)
    const { stop } = this.#book
    if (stop === undefined && isSwitched) {
      this.#stop({ by: 'kill-switch', at: now, why: `the file ${config.killSwitch} exists (killSwitch)`, rounds: 0 })
    } else if (stop?.by === 'kill-switch' && !isSwitched) {
      this.#book.goOn(undefined)
      const gone = config.killSwitch === undefined ? 'None is set any more' : `Its file is gone: ${config.killSwitch}`
      this.#notice('info', 'trading goes on', `The stop was by a kill switch. ${gone}.`)
    }
  }

  #tooDeep(): string | undefined {
    const { drawdown, currency } = this.#limits
    if (drawdown === undefined) return undefined
    const equity = this.#book.equity(drawdown.capital)
    const peak = this.#book.peak(equity)
    const whole = drawdown.of === 'peak' ? peak : drawdown.capital
    if ((peak - equity) * 10_000n < whole * BigInt(drawdown.bps)) return undefined
    const amount = (units: bigint): string => formatAmount({ token: currency, units })
    const share = Number(((peak - equity) * 10_000n) / whole) / 100
    const of = drawdown.of === 'peak' ? `its peak of ${amount(peak)}` : `the capital of ${amount(drawdown.capital)}`
    return `equity is ${amount(equity)}, ${amount(peak - equity)} below its peak: ${share}% of ${of}, at most ${drawdown.bps / 100}% are allowed (maxDrawdown)`
  }

  #equity(): bigint | undefined {
    return this.#limits.drawdown && this.#book.equity(this.#limits.drawdown.capital)
  }

  #stop(stop: Stop): void {
    this.#book.stopped(stop)
    this.#context.log.warn('trading stopped', { by: stop.by, why: stop.why })
    const { remedy } = stopReason(stop, this.#context.config)
    this.#notice('critical', 'trading stopped', `${stop.why}. ${remedy}`)
    this.#flatten(stop, stop.at)
  }

  /** Sells what was bought through this node, when that was chosen: under keys of this stop, each once. */
  #flatten(stop: Stop, now: number): void {
    const { config, services, id } = this.#context
    if (config.onStop !== 'flatten' || this.#book.held.length === 0) return
    const { currency } = this.#limits
    const round = stop.rounds + 1
    this.#book.stopped({ ...stop, rounds: round })
    for (const [mint, units] of this.#book.held) {
      const input = services.tokens.find(mint)
      // One that an earlier run gave may be under way: it is given again, under its key.
      const before = this.#book.open.find(({ node, key }) => node === id && key.split('/')[2] === mint)
      const intent: IntentEvent = {
        kind: 'intent',
        at: now,
        key: before?.key ?? `flatten/${new Date(stop.at).toISOString()}/${mint}/${round}`,
        node: id,
        input,
        output: currency,
        amount: { token: input, units },
        exact: 'in',
        reason: `trading stopped: ${stop.why}`,
      }
      if (before === undefined) this.#book.opened(intent, 0n)
      this.#give(intent)
    }
  }

  /** Of a stop that is over: what an earlier run has sent of its sales is seen through, and the rest is kept. */
  #letGo(now: number): void {
    const { id, services } = this.#context
    for (const sale of this.#book.open.filter(({ node }) => node === id)) {
      const order = services.desk.taken(sale)
      if (order && order.attempts.length > 0) this.#give(order.intent)
      else {
        const message = 'the stop is over: what it had not sold is kept'
        if (order) services.desk.end(order.id, 'cancelled', { code: 'ORDER_CANCELLED', message })
        this.#book.ended(sale, undefined, now)
      }
    }
  }

  #notSold(report: Report): void {
    const why = 'reason' in report ? report.reason.message : report.state
    const text = `${report.input.symbol} could not be sold after the stop: ${why}. It is tried again at the next start.`
    this.#notice('critical', 'not sold', text)
  }

  #notice(level: 'info' | 'critical', title: string, text: string): void {
    this.#give({ kind: 'notice', at: this.#context.clock.now(), level, title: `${this.#context.id}: ${title}`, text })
  }

  #give(event: ForgeEvent): void {
    if (this.#out) this.#out.next(event)
    else this.#early.push(event)
  }

  #finishWhenDone(): void {
    if (this.#intentsEnded && this.#book.open.length === 0) this.#context.finish()
  }
}

function stopReason(stop: Stop, config: Config): Reason & { readonly remedy: string } {
  const since = new Date(stop.at).toISOString()
  return stop.by === 'drawdown'
    ? {
        code: 'RISK_DRAWDOWN',
        message: `trading stopped at ${since}: ${stop.why}`,
        remedy: `It frees when a person says so: set acknowledged to ${since}.`,
      }
    : {
        code: 'RISK_KILL_SWITCH',
        message: `trading stopped at ${since}: ${stop.why}`,
        remedy: `It frees when ${config.killSwitch} is removed.`,
      }
}
