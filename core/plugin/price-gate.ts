import type { NoticeEvent, PriceEvent } from '../events/event.ts'
import { type Pair, pairName } from '../money/token.ts'
import type { Clock } from '../time/clock.ts'

/** Why a source has no price to give. */
export interface PriceTrouble {
  /** `stale`, `crossed`: told again only when it is another. */
  readonly what: string
  /** A sentence for people. */
  readonly detail: string
}

/**
 * Through it a source's prices go out: one that is not to be trusted never does, and that there is none is said, once
 * for each trouble and once when it is over.
 *
 * @example
 * const gate = new PriceGate({ pair, clock, give: event => subscriber.next(event) })
 * if (isCrossed) gate.shut({ what: 'crossed', detail: 'two pools are 80 bps apart' })
 * else gate.pass({ price, origin, slot })
 */
export class PriceGate {
  readonly #options: {
    readonly pair: Pair
    readonly clock: Clock
    readonly give: (event: PriceEvent | NoticeEvent) => void
  }
  #trouble: PriceTrouble | undefined
  #last: PriceEvent | undefined

  constructor(options: {
    readonly pair: Pair
    readonly clock: Clock
    readonly give: (event: PriceEvent | NoticeEvent) => void
  }) {
    this.#options = options
  }

  /** Gives a price that can be trusted, unless it is the one given last. */
  pass(price: Omit<PriceEvent, 'kind' | 'at'>): void {
    const at = this.#options.clock.now()
    const resumed = this.#trouble
    this.#trouble = undefined
    if (resumed) this.#notice('info', 'prices resume', `After: ${resumed.what}.`)
    const last = this.#last
    const isNews = last?.price.scaled !== price.price.scaled || last.origin !== price.origin
    if (!isNews && !resumed) return
    this.#last = { kind: 'price', at, ...price }
    this.#options.give(this.#last)
  }

  /** There is no price to give until the next that passes. */
  shut(trouble: PriceTrouble): void {
    const isKnown = this.#trouble?.what === trouble.what
    this.#trouble = trouble
    if (!isKnown) this.#notice('warning', `no prices: ${trouble.what}`, trouble.detail)
  }

  /** Whether prices pass. */
  get isOpen(): boolean {
    return this.#trouble === undefined && this.#last !== undefined
  }

  /** Whether it has been said that there are none. */
  get isShut(): boolean {
    return this.#trouble !== undefined
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    if (this.#trouble) return { ok: false, detail: `${this.#trouble.what}: ${this.#trouble.detail}` }
    if (!this.#last) return { ok: false, detail: 'no price yet' }
    return { ok: true, detail: `last price at ${new Date(this.#last.at).toISOString()}` }
  }

  #notice(level: NoticeEvent['level'], title: string, text: string): void {
    const { clock, give, pair } = this.#options
    give({ kind: 'notice', at: clock.now(), level, title: `${pairName(pair)}: ${title}`, text })
  }
}
