import {
  type Amount,
  amountOf,
  formatAmount,
  formatPrice,
  formatUnits,
  type NoticeEvent,
  type Pair,
  type Price,
  valueAt,
} from '../../../core/index.ts'
import type { Book, Settled } from './books/book.ts'
import type { Generation } from './books/generation.ts'
import type { Cycle, Level } from './books/level.ts'
import { bpsText } from './lines/costs.ts'
import type { Layout } from './lines/layout.ts'

/** After so many failures of a level in a row it is told. */
const FAILURES_TOLD = 3

type Notice = Omit<NoticeEvent, 'kind' | 'at'>

/** What a grid tells people. */
export class Telling {
  readonly #pair: Pair
  readonly #book: Book

  constructor(pair: Pair, book: Book) {
    this.#pair = pair
    this.#book = book
  }

  built(generation: Generation, layout: Layout, trade: Amount | undefined): Notice {
    const { lines, size, stepBps, cost } = layout
    const range = `${this.#price(lines[0]!)} to ${this.#price(lines.at(-1)!)}`
    const first = trade
      ? `First ${formatAmount(trade)} ${trade.token === this.#pair.quote ? `buy ${this.#pair.base.symbol}` : 'are sold'} for the levels above the price.`
      : 'Nothing is traded before the price reaches a level.'
    return {
      level: 'info',
      title: `Grid ${generation.number}: ${count(lines.length - 1, 'level')} of ${formatAmount(size)} from ${range}`,
      text: `Steps of at least ${bpsText(stepBps)}; a round trip costs ${cost.text}. ${first}`,
    }
  }

  takenUp(): Notice {
    return { level: 'info', title: 'The grid goes on where it was', text: `${this.levels()}; ${this.earnings()}.` }
  }

  heldBack(open: number): Notice {
    const orders = open > 0 ? `, and ${count(open, 'order')} under way` : ''
    return {
      level: 'warning',
      title: 'The grid trades nothing (onRestart: hold)',
      text: `An earlier run left it so: ${this.levels()}${orders}; ${this.earnings()}. Start it with onRestart: resume and --adopt to go on, or with flatten to sell and end.`,
    }
  }

  /** What the end of an order is worth telling; a level that fails for the first time may yet trade. */
  settled(settled: Settled, reason: string, again_ms: number): Notice | undefined {
    if (settled.kind === 'traded') return undefined
    if (settled.kind === 'cycle') return this.#cycle(settled.level, settled.cycle)
    const { level, purpose } = settled
    const name = level ? `Level ${level.number}` : `The ${purpose.kind === 'start' ? 'start' : 'end'} of the grid`
    if (settled.kind === 'unknown') return this.#unknown(name, reason)
    if (!level) return this.#notTraded(name, reason, again_ms)
    return level.failures === FAILURES_TOLD ? this.#failing(level, purpose.kind, reason) : undefined
  }

  #cycle({ number, buyAt, sellAt }: Level, { number: cycle, cost, proceeds, fees_lamports }: Cycle): Notice {
    const prices = `${formatPrice(buyAt)} to ${formatPrice(sellAt)}`
    return {
      level: 'info',
      title: `Level ${number} earned ${this.#signed(proceeds - cost)}`,
      text: `Cycle ${cycle}, ${prices}, network fees ${sol(fees_lamports)}; ${this.earnings()}.`,
    }
  }

  #failing({ number, failures, restsUntil_ms }: Level, side: string, reason: string): Notice {
    const next = new Date(restsUntil_ms).toISOString()
    return {
      level: 'warning',
      title: `Level ${number} can not ${side}`,
      text: `${count(failures, 'order')} in a row did not trade: ${reason}. Next at ${next}, or later, when the price is there.`,
    }
  }

  #unknown(what: string, reason: string): Notice {
    return {
      level: 'critical',
      title: `${what} rests: nobody knows whether its order traded`,
      text: `${reason}. What it may have spent stays counted. The next start asks the chain again.`,
    }
  }

  /** The start or the end did not trade. */
  #notTraded(name: string, reason: string, again_ms: number): Notice {
    const text = `${sentence(reason)}. Next at ${new Date(again_ms).toISOString()}.`
    return { level: 'warning', title: `${name} did not trade`, text }
  }

  outside(price: Price, policy: 'hold' | 'recentre'): Notice {
    const lines = this.#book.generation?.lines ?? []
    const [lower, upper] = [lines[0] ?? 0n, lines.at(-1) ?? 0n]
    const then = {
      hold: 'the grid waits for it to return (outOfRange: hold)',
      recentre: 'the grid is built anew when that lasts (outOfRange: recentre)',
    }[policy]
    return {
      level: 'warning',
      title: `The price is ${price.scaled < lower ? 'below' : 'above'} the grid`,
      text: `${formatPrice(price)} is outside of ${this.#price(lower)} to ${this.#price(upper)}: ${then}. ${this.levels()}.`,
    }
  }

  backInside(price: Price): Notice {
    const text = `${formatPrice(price)}: ${this.levels()}; ${this.earnings()}.`
    return { level: 'info', title: 'The price is back in the grid', text }
  }

  /** @param price the last, for what base is worth; undefined when there was none */
  ended(reason: string, price: Price | undefined): Notice {
    const { base, closing } = this.#book
    const { token: quote } = this.#quote(0n)
    const parts = [this.#earned()]
    if (closing.base > 0n) {
      const sold = formatAmount(amountOf(this.#pair.base, closing.base))
      const result = this.#signed(closing.proceeds - closing.cost)
      parts.push(`what was left, ${sold}, was sold for ${formatAmount(amountOf(quote, closing.proceeds))} (${result})`)
    }
    if (base > 0n) {
      const worth = price ? `, worth ${formatAmount(valueAt(price, amountOf(this.#pair.base, base), 'down'))}` : ''
      parts.push(`${formatAmount(amountOf(this.#pair.base, base))} are kept${worth}`)
    }
    parts.push(`in all ${this.#total(price)}, network fees ${sol(this.#book.fees_lamports)}`)
    return { level: 'info', title: `The grid has ended: ${reason}`, text: `${sentence(parts.join('; '))}.` }
  }

  /** `12 of 20 levels wait to buy, 8 to sell, 1 order on its way` */
  levels(): string {
    const { levels, openOrders, isStocked } = this.#book
    const selling = levels.filter(level => level.holds).length
    const waiting = levels.filter(level => level.isWaiting && !level.holds).length
    const unknown = levels.filter(level => level.isUnknown).length
    return [
      `${levels.length - selling - waiting} of ${count(levels.length, 'level')} wait to buy`,
      `${selling} to sell`,
      ...(waiting > 0 ? [`${waiting} ${isStocked ? 'for the price to be above them' : 'for their base'}`] : []),
      ...(unknown > 0 ? [`${unknown} for a person`] : []),
      ...(openOrders > 0 ? [`${count(openOrders, 'order')} on the way`] : []),
    ].join(', ')
  }

  earnings(): string {
    return `${this.#earned()} so far`
  }

  #earned(): string {
    const { cycles, profit } = this.#book
    return `${count(cycles, 'cycle')} earned ${this.#signed(profit)}`
  }

  /** Quote that came back less what was spent, and base at the last price. */
  #total(price: Price | undefined): string {
    const { received, spent, base } = this.#book
    const worth = price && base > 0n ? valueAt(price, amountOf(this.#pair.base, base), 'down').units : 0n
    return this.#signed(received - spent + worth)
  }

  #price(scaled: bigint): string {
    return formatPrice({ pair: this.#pair, scaled })
  }

  #quote(units: bigint): Amount {
    return amountOf(this.#pair.quote, units)
  }

  #signed(units: bigint): string {
    return `${units > 0n ? '+' : ''}${formatAmount(this.#quote(units))}`
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

function sol(lamports: bigint): string {
  return `${formatUnits(lamports, 9)} SOL`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
