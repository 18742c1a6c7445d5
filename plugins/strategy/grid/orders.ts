import { type Amount, amountOf, formatPrice, type IntentEvent, type PluginContext } from '../../../core/index.ts'
import type { Book } from './books/book.ts'
import type { Generation } from './books/generation.ts'
import { keyOf, type Purpose } from './books/order-key.ts'
import type { Due } from './due.ts'
import { PARTS } from './lines/spacing.ts'
import type { GridPlan } from './plan.ts'

/** An order that was not sent by then expires; a blockhash lives about that long. */
const ORDER_MS = 90_000

/** Makes the intents of a grid, each with the key of its step, and enters them into the books. */
export class Orders {
  readonly #context: PluginContext
  readonly #plan: GridPlan
  readonly #book: Book

  constructor(context: PluginContext, plan: GridPlan, book: Book) {
    this.#context = context
    this.#plan = plan
    this.#book = book
  }

  /** Brings the base in hand to what the levels above the price will sell. */
  start(generation: Generation, trade: Amount): IntentEvent {
    const { pair } = this.#plan
    const { number, start, toleranceParts } = generation
    const isPurchase = trade.token === pair.quote
    const bounds = isPurchase
      ? { max: { pair, scaled: (start * (PARTS + toleranceParts)) / PARTS } }
      : { min: { pair, scaled: (start * (PARTS - toleranceParts)) / PARTS + 1n } }
    const reason = `grid ${number}, base for the levels above ${formatPrice({ pair, scaled: start })}`
    return this.#intent({ kind: 'start', grid: number }, trade, bounds, reason)
  }

  level({ number: grid, size }: Generation, { isTouched, level, side }: Due): IntentEvent {
    const { pair } = this.#plan
    const { number, cycle } = level
    const amount = side === 'buy' ? amountOf(pair.quote, size) : amountOf(pair.base, level.base)
    const price = side === 'buy' ? level.buyAt : level.sellAt
    const line = formatPrice(price)
    const bounds = side === 'buy' ? { max: level.buyMax } : { min: level.sellMin }
    const reason = `grid ${grid}, level ${number}, cycle ${cycle}: ${side} at ${line}`
    const intent = this.#intent({ kind: side, grid, level: number, cycle }, amount, bounds, reason)
    return isTouched ? { ...intent, trigger: { price, when: side === 'buy' ? 'at-or-below' : 'at-or-above' } } : intent
  }

  /** Sells what is left, at the price there is. */
  close({ number }: Generation, base: bigint, why: string): IntentEvent {
    const amount = amountOf(this.#plan.pair.base, base)
    return this.#intent({ kind: 'close', grid: number }, amount, undefined, `grid ${number} ends: ${why}`)
  }

  #intent(purpose: Purpose, amount: Amount, bounds: IntentEvent['bounds'], reason: string): IntentEvent {
    const { clock, id } = this.#context
    const { pair, slippageBps } = this.#plan
    const key = keyOf(purpose, this.#book.nextAttempt(purpose))
    this.#book.opened(key)
    const now = clock.now()
    return {
      kind: 'intent',
      at: now,
      key,
      node: id,
      input: amount.token,
      output: amount.token === pair.quote ? pair.base : pair.quote,
      amount,
      exact: 'in',
      ...(bounds && { bounds }),
      expiresAt: now + ORDER_MS,
      slippageBps,
      reason,
    }
  }
}
