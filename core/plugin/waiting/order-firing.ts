import { isForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent } from '../../events/event.ts'
import type { Reason } from '../../events/report.ts'
import { isMiss } from '../../orders/again.ts'
import type { PluginContext } from '../contract.ts'
import { askSellable } from './ask-sellable.ts'
import { Expiries } from './expiries.ts'
import { amountOf, boundsOf, type Fired, type HeldOrder } from './held-order.ts'
import type { HeldOrders } from './held-orders.ts'
import type { WaitingConfig } from './order-fields.ts'
import type { OrderTeller } from './teller.ts'
import type { Watches } from './watches.ts'

/** The first pause before an order that could not be traded may fire again; each further one is twice as long. */
const PAUSE_FIRST_MS = 5_000
const PAUSE_DOUBLINGS = 6
/** Failures, not misses of its price, after which an order waits no more. */
const ROUNDS_MAX = 5

export interface FiringOptions {
  readonly context: PluginContext<WaitingConfig>
  readonly held: HeldOrders
  readonly watches: Watches
  readonly teller: OrderTeller
  readonly expiries: Expiries
  /** Whether a share of the holding may be settled now: not while another has it in hand that may come to nothing. */
  readonly maySettle: (held: HeldOrder) => boolean
  /** Takes what is given of its own accord. */
  readonly give: (events: readonly ForgeEvent[]) => void
  /** Ends an order that trades nothing; what is told of it. */
  readonly end: (held: HeldOrder, state: 'cancelled' | 'failed', reason: Reason) => ForgeEvent
  /** Does a timer's work: what that throws is the node's failure. */
  readonly safely: (work: () => void) => void
  readonly failed: (error: unknown) => void
}

/**
 * What happens when triggers hold: sizes are settled, the journal has it, and the intents go on, in the order in which
 * they fired. And when that has come to nothing: the order pauses, and waits again.
 */
export class OrderFiring {
  readonly #options: FiringOptions
  readonly #pauses: Expiries
  /** Orders whose size is being asked for: one after the other, as they fired. */
  #turn: Promise<void> = Promise.resolve()
  /** Orders whose size can not be settled yet. */
  readonly #unsettled: Fired[] = []
  #isOver = false

  constructor(options: FiringOptions) {
    this.#options = options
    this.#pauses = new Expiries(options.context.clock, ids => options.safely(() => this.#goOn(ids)))
  }

  /** Resolves when every size that is asked for now has been settled. */
  get settled(): Promise<void> {
    return this.#turn
  }

  /** Lets an order wait for its trigger; answers what it gives at once. */
  watch(held: HeldOrder): readonly ForgeEvent[] {
    return this.fire(held.forced === undefined ? this.#options.watches.add(held) : [{ held, cause: held.forced }])
  }

  /** The same for one that is put into the book once more. */
  watchAnew(held: HeldOrder): void {
    held.sequence = ++this.#options.held.sequence
    this.#options.give(this.watch(held))
  }

  /** Fires orders whatever the price. */
  force(orders: readonly HeldOrder[], cause: string): void {
    for (const held of orders) {
      this.#pauses.delete(held.id)
      this.#options.watches.remove(held)
      held.forced = cause
    }
    this.#options.give(this.fire(orders.map(held => ({ held, cause }))))
  }

  /** Gives on what fired, in that order. Shares of the holding are settled one after the other, and come later. */
  fire(fired: readonly Fired[]): readonly ForgeEvent[] {
    const given: ForgeEvent[] = []
    for (const each of fired) {
      const { held, cause } = each
      if (held.state === 'held-back')
        this.#options.teller.note(held, `its trigger held while it is held back: ${cause}`)
      else if (held.terms.size?.kind !== 'share') given.push(...this.#go(each, undefined))
      else {
        held.state = 'firing'
        this.#turn = this.#turn.then(() => this.#goWithShare(each))
      }
    }
    return given
  }

  /** What another had in hand may be free: sizes that waited for that are settled. */
  settleOn(): void {
    for (const fired of this.#unsettled.splice(0)) this.#turn = this.#turn.then(() => this.#goWithShare(fired))
  }

  /** The trade came to nothing, provably: the order waits again, for a while even for its trigger. */
  again(held: HeldOrder): void {
    const { context, watches, expiries, give, end } = this.#options
    held.order = context.services.desk.order(held.id) ?? held.order
    const { reason, arming, intent } = held.order
    context.services.holdings?.release(held.id)
    if (reason && !isMiss(reason) && (arming?.rounds ?? 0) > ROUNDS_MAX) {
      const message = `given up after ${ROUNDS_MAX} rounds: ${reason.message}`
      give([end(held, 'failed', { ...reason, message })])
      return
    }
    watches.save()
    context.hold(intent)
    if (intent.expiresAt !== undefined) expiries.set(held.id, intent.expiresAt)
    this.#pause(held)
  }

  forget(held: HeldOrder): void {
    this.#pauses.delete(held.id)
    this.#options.context.services.holdings?.release(held.id)
  }

  stop(): void {
    this.#isOver = true
    this.#pauses.stop()
  }

  async #goWithShare(fired: Fired): Promise<void> {
    const { context, held: all, teller, give, failed } = this.#options
    const { held } = fired
    const { input, node, output } = held.order.intent
    const isGone = (): boolean => this.#isOver || !all.has(held)
    try {
      if (isGone()) return
      if (!this.#options.maySettle(held)) {
        this.#unsettled.push(fired)
        return
      }
      const sellable = await askSellable(context, input, output, node)
      if (!isGone()) give(this.#go(fired, sellable))
    } catch (thrown) {
      if (!isForgeError(thrown, 'HOLDINGS_UNKNOWN')) {
        failed(thrown)
        return
      }
      if (isGone()) return
      teller.note(held, `${fired.cause}; ${thrown.message}`)
      this.#pause(held)
    }
  }

  /** Triggers one order in the journal and gives its intent; or its end, when there is nothing to trade. */
  #go({ held, cause, firing }: Fired, sellable: bigint | undefined): readonly ForgeEvent[] {
    const { context, watches, teller, expiries, end } = this.#options
    const { clock, services } = context
    const { pair } = held.terms
    const scaled = firing?.price ?? watches.seen(held.terms)?.scaled
    const size = amountOf(held, scaled === undefined ? undefined : { pair, scaled }, sellable)
    if (size === 'unknown') {
      held.forced = cause
      teller.note(held, `${cause}, and its size needs a price: it waits for one`)
      this.#pause(held)
      return []
    }
    if (size?.amount.units === 0n) {
      const message = `${cause}; the wallet has no ${held.order.intent.input.symbol} to sell`
      return [end(held, 'cancelled', { code: 'HOLDING_EMPTY', message })]
    }
    held.order = services.desk.trigger(held.id, cause, {
      ...size,
      ...boundsOf(held, firing),
      ...(held.terms.wait.upTo && { upTo: true }),
    })
    held.state = 'given'
    watches.settled(held.id)
    expiries.delete(held.id)
    const { amount, exact, node } = held.order.intent
    // The next one that is a share of what is held must not count on this.
    if (exact === 'in') services.holdings?.setAside(held.id, amount, node)
    teller.triggered(held.order, cause)
    return [{ ...held.order.intent, at: clock.now() }]
  }

  #pause(held: HeldOrder): void {
    held.state = 'waits'
    const doublings = Math.min(Math.max(0, (held.order.arming?.rounds ?? 1) - 1), PAUSE_DOUBLINGS)
    this.#pauses.set(held.id, this.#options.context.clock.now() + PAUSE_FIRST_MS * 2 ** doublings)
  }

  #goOn(ids: readonly string[]): void {
    for (const id of ids) {
      const held = this.#options.held.get(id)
      if (held?.state === 'waits') this.watchAnew(held)
    }
  }
}
