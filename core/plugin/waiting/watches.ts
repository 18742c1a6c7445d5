import { ForgeError } from '../../errors/forge-error.ts'
import type { PriceEvent, SignalEvent } from '../../events/event.ts'
import { type Pair, pairName } from '../../money/token.ts'
import { type PricePoint, pricePoints } from '../../orders/triggers/price-points.ts'
import type { Firing } from '../../orders/triggers/trigger.ts'
import { glanceDigits } from '../../orders/triggers/trigger-status.ts'
import { parseDuration } from '../../time/duration.ts'
import type { PluginContext } from '../contract.ts'
import { ConditionWatch } from './condition-watch.ts'
import { FiredLevels } from './fired-levels.ts'
import { alreadyFires, armedOrder, type Fired, type HeldOrder } from './held-order.ts'
import { KeptWindows } from './kept-windows.ts'
import type { WaitingConfig } from './order-fields.ts'
import { PairWatch, pairKey } from './pair-watch.ts'
import { firedText } from './sentences.ts'
import { conditionOf, priceTrigger, type WaitingTerms } from './terms.ts'

/** What the watches tell their node. */
export interface WatchesListener {
  heldOf(id: string): HeldOrder | undefined
  /** There has been no price of a pair for too long: since then, or ever. */
  silent(pair: Pair, since_ms: number | undefined): void
  /** There is one again. */
  heard(pair: Pair): void
  /** The price is beyond an order's trigger, and not believed yet. */
  unconfirmed(held: HeldOrder, why: string): void
  /** Fired by the clock, or by what the wallet holds. */
  fired(fired: readonly Fired[]): void
}

/** All that the orders of a node wait for: prices by pair, and conditions. What they answer is on the disk already. */
export class Watches {
  readonly #context: PluginContext<WaitingConfig>
  readonly #listener: WatchesListener
  readonly #quietAfter_ms: number
  readonly #pairs = new Map<string, PairWatch>()
  readonly #prices = new Map<string, PriceEvent>()
  readonly #conditions: ConditionWatch
  readonly #levels: FiredLevels
  /** The highest sequence that marks on the disk know. */
  through = 0

  constructor(context: PluginContext<WaitingConfig>, listener: WatchesListener) {
    this.#context = context
    this.#listener = listener
    this.#quietAfter_ms = parseDuration(context.config.quietAfter)
    this.#levels = new FiredLevels(context.state)
    this.#conditions = new ConditionWatch({
      clock: context.clock,
      maxAge_ms: this.#quietAfter_ms,
      balanceOf: async token => {
        const { holdings } = context.services
        if (!holdings) throw new ForgeError('HOLDINGS_UNKNOWN', { message: 'this run has no wallet' })
        return holdings.balance(token)
      },
      windows: new KeptWindows({
        state: context.state,
        clock: context.clock,
        quietAfter_ms: this.#quietAfter_ms,
        save: () => context.services.desk.save(),
      }),
      holds: ids => listener.fired(this.#byCondition(ids)),
    })
  }

  /** Makes ready for orders of a pair: `through` counts its marks from then on. */
  open(pair: Pair): PairWatch {
    const key = pairKey(pair)
    const known = this.#pairs.get(key)
    if (known) return known
    const { clock, config, state } = this.#context
    const watch = new PairWatch({
      pair,
      clock,
      staleAfter_ms: parseDuration(config.staleAfter),
      quietAfter_ms: this.#quietAfter_ms,
      state,
      listener: {
        silent: since_ms => this.#listener.silent(pair, since_ms),
        heard: () => this.#listener.heard(pair),
        unconfirmed: (id, why) => {
          const held = this.#listener.heldOf(id)
          if (held) this.#listener.unconfirmed(held, why)
        },
      },
    })
    this.#pairs.set(key, watch)
    this.through = Math.max(this.through, watch.through())
    return watch
  }

  /** Takes up the orders of an earlier run as they were; answers those that had fired, and were not known to have. */
  restore(orders: readonly HeldOrder[]): readonly HeldOrder[] {
    for (const held of orders) {
      const level = this.#levels.of(held.id)?.level
      if (level !== undefined) held.level = level
    }
    for (const some of Map.groupBy(orders, ({ terms }) => pairKey(terms.pair)).values()) {
      this.open(some[0]!.terms.pair).restore(some.flatMap(held => armedOrder(held) ?? []))
    }
    for (const { id, terms } of orders) {
      const condition = conditionOf(terms.wait)
      if (condition) this.#conditions.add(id, condition)
    }
    return orders.filter(({ id }) => this.#levels.of(id)?.isDue)
  }

  /** Lets an order wait; what it answers has fired at once, for the next price may be long in coming. */
  add(held: HeldOrder): readonly Fired[] {
    const condition = conditionOf(held.terms.wait)
    if (condition) {
      this.#conditions.add(held.id, condition, pair => this.#prices.get(pairKey(pair)))
      return this.#conditions.holdsNow(held.id) ? this.#byCondition([held.id]) : []
    }
    const armed = armedOrder(held)
    if (!armed) return [{ held, cause: 'it waits for nothing' }]
    const firing = alreadyFires(armed, this.seen(held.terms))
    if (!firing) this.open(held.terms.pair).add(armed)
    return firing ? this.#kept([this.#byPrice(held, firing)]) : []
  }

  remove({ id, terms }: HeldOrder): void {
    this.open(terms.pair).remove(id)
    this.#conditions.remove(id)
  }

  has({ id, terms }: HeldOrder): boolean {
    return this.#conditions.has(id) || this.open(terms.pair).has(id)
  }

  onPrice(event: PriceEvent): readonly Fired[] {
    const key = pairKey(event.price.pair)
    this.#prices.set(key, event)
    const watch = this.#pairs.get(key)
    const firings = watch?.onPrice(event) ?? []
    const holding = this.#conditions.onPrice(event)
    const hasMoved = watch?.stageMarks() ?? false
    if (firings.length + holding.length === 0) {
      if (hasMoved) this.#context.services.desk.save()
      return []
    }
    const fired = firings.flatMap(firing => {
      const held = this.#listener.heldOf(firing.id)
      return held ? this.#byPrice(held, firing) : []
    })
    return [...this.#kept(fired, hasMoved), ...this.#byCondition(holding)]
  }

  onSignal(event: SignalEvent): readonly Fired[] {
    return this.#byCondition(this.#conditions.onSignal(event))
  }

  /** The journal knows that an order has fired, or it waits again. */
  settled(id: string): void {
    this.#levels.settled(id)
  }

  /** The order is over. */
  forget(held: HeldOrder): void {
    this.remove(held)
    this.#levels.delete(held.id)
  }

  /** What was settled is on the disk, with the next mark at the latest. */
  save(): void {
    if (this.#levels.stage()) this.#context.services.desk.save()
  }

  /** Why an order has not fired, in sentences. */
  why({ id, terms }: HeldOrder): string {
    return conditionOf(terms.wait) ? this.#conditions.why(id) : this.open(terms.pair).why(id)
  }

  /** How long nobody watched what its condition asks of past prices; `anew`: too long to go on with. */
  holeOf({ id }: HeldOrder): number | 'anew' {
    return this.#conditions.holeOf(id)
  }

  /** What is read of some orders at a glance: the price of their pair, and where each of them fires. */
  glance(orders: readonly HeldOrder[]): string {
    return [...Map.groupBy(orders, ({ terms }) => pairKey(terms.pair)).values()]
      .map(some => {
        const { pair } = some[0]!.terms
        const glances = some.map(held => this.#glanceAt(held))
        const seen = glances.find(glance => glance.seen !== undefined)?.seen
        const price =
          seen === undefined ? `no price of ${pairName(pair)} yet` : `${pairName(pair)} ${glanceDigits(seen)}`
        return [price, ...glances.map(({ text }) => text)].join('  ')
      })
      .join('  ')
  }

  /** The best price since a trailing order was armed. */
  markOf({ id, terms }: HeldOrder): bigint | undefined {
    return this.open(terms.pair).markOf(id)
  }

  /** The newest price that an order looks at, unless it is too old. */
  seen({ pair, source }: WaitingTerms): PricePoint | undefined {
    const event = this.#prices.get(pairKey(pair))
    if (!event || this.#context.clock.now() - event.at > this.#quietAfter_ms) return undefined
    return pricePoints(event, source).at(-1)
  }

  /** Pairs without prices, by name. */
  silent(): readonly string[] {
    return [...this.#pairs.values()].filter(watch => watch.isSilent).map(({ pair }) => pairName(pair))
  }

  stop(): void {
    this.#conditions.stop()
    for (const watch of this.#pairs.values()) watch.stop()
  }

  #glanceAt(held: HeldOrder): { readonly seen?: bigint; readonly text: string } {
    const { id, order, terms } = held
    const seen = this.seen(terms)?.scaled
    const prices = seen === undefined ? {} : { seen }
    if (held.state === 'firing') return { ...prices, text: 'its size is being settled' }
    if (conditionOf(terms.wait)) return { ...prices, text: this.#conditions.why(id) }
    const { leg } = order.intent.terms ?? {}
    const isTrailing = priceTrigger(terms.wait)?.kind === 'trailing'
    return this.open(terms.pair).glance(id, typeof leg === 'string' ? leg : isTrailing ? 'stop' : 'trigger')
  }

  #byPrice(held: HeldOrder, firing: Firing): Fired {
    held.level = firing.trigger
    const trigger = priceTrigger(held.terms.wait)
    return { held, firing, cause: trigger ? firedText(held.terms.pair, trigger, firing) : '' }
  }

  #byCondition(ids: readonly string[]): readonly Fired[] {
    const fired = ids.flatMap(id => {
      const held = this.#listener.heldOf(id)
      return held ? { held, cause: `it holds: ${this.#conditions.why(id)}` } : []
    })
    for (const id of ids) this.#conditions.remove(id)
    return this.#kept(fired)
  }

  /**
   * Writes down what fired and would be forgotten otherwise: a trailing order has lost its mark, and one that is a share
   * of the holding is in the journal only when that is known.
   */
  #kept(fired: readonly Fired[], hasMoved = false): readonly Fired[] {
    for (const { held, firing } of fired) {
      const isTrailing = priceTrigger(held.terms.wait)?.kind === 'trailing'
      if (isTrailing || held.terms.size?.kind === 'share') this.#levels.fired(held.id, firing?.trigger)
      if (held.state === 'held-back') this.#levels.settled(held.id)
    }
    if (this.#levels.stage() || hasMoved) this.#context.services.desk.save()
    return fired
  }
}
