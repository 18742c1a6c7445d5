import { type Amount, amountOf, type PluginContext, type Price, valueAt } from '../../../core/index.ts'
import type { Book } from './books/book.ts'
import { type Earlier, type Generation, type GridMemory, NOTHING_EARLIER } from './books/generation.ts'
import type { PoolCost } from './lines/costs.ts'
import { type Layout, layOut, rangeFor } from './lines/layout.ts'
import { assumedCost, quotedCost } from './lines/pool-cost.ts'
import { PARTS, type PriceRange, partsOf, rangeAround } from './lines/spacing.ts'
import type { GridPlan } from './plan.ts'

/** Lays grids out: the first, and those that are built anew around another price. */
export class Builder {
  readonly #context: PluginContext
  readonly #plan: GridPlan
  readonly #book: Book
  readonly #memory: GridMemory
  #pool: PoolCost | undefined

  constructor(context: PluginContext, plan: GridPlan, book: Book, memory: GridMemory) {
    this.#context = context
    this.#plan = plan
    this.#book = book
    this.#memory = memory
    this.#pool = plan.quoteFrom === undefined ? assumedCost(plan.feeBps) : memory.generation?.pool
  }

  /** Whether the price is within the range that is configured. */
  isInside(price: Price): boolean {
    const { lower, upper } = rangeFor(this.#plan, price)
    return lower.scaled < price.scaled && price.scaled < upper.scaled
  }

  /** Resolves when it is known what a trade costs; undefined when it is. */
  costKnown(price: Price): Promise<void> | undefined {
    const { quoteFrom, feeBps, pair, budget } = this.#plan
    if (this.#pool || quoteFrom === undefined) return undefined
    // What does not depend on the answer is refused before anybody is asked.
    const { size } = layOut(this.#plan, this.#rangeAt(price), budget, { bps: 0, source: 'at least' })
    const { services, signal } = this.#context
    return quotedCost(services.venues, quoteFrom, pair, size, feeBps, signal).then(pool => {
      this.#pool = pool
    })
  }

  /**
   * The next generation around a price.
   *
   * @throws PLUGIN_CONFIG_INVALID when none can be laid out with what the budget has left
   */
  build(price: Price, earlier: Earlier = NOTHING_EARLIER): { generation: Generation; layout: Layout } {
    const before = this.#memory.generation
    const pool = this.#pool ?? assumedCost(this.#plan.feeBps)
    const layout = layOut(this.#plan, this.#rangeAt(price), this.#funds(price, earlier, pool), pool)
    const generation: Generation = {
      number: (before?.number ?? 0) + 1,
      began_ms: before?.began_ms ?? this.#memory.waitsSince_ms ?? this.#context.clock.now(),
      lines: layout.lines,
      size: layout.size.units,
      toleranceParts: layout.toleranceParts,
      pool,
      start: price.scaled,
      // What came over from an earlier one is what the new one has to sell.
      startsWith: earlier.base > 0n ? 'inventory' : this.#plan.startWith,
      earlier,
    }
    this.#memory.generation = generation
    this.#book.begin(generation)
    return { generation, layout }
  }

  /** The configured range, moved to the price when that is outside. */
  #rangeAt(price: Price): PriceRange {
    const range = rangeFor(this.#plan, price)
    return this.isInside(price) ? range : rangeAround(price, range, this.#plan.spacing)
  }

  /** What the budget still has; base in hand counts with what it would bring. */
  #funds(price: Price, earlier: Earlier, pool: PoolCost): Amount {
    const { budget, pair, slippageBps } = this.#plan
    const outlay = this.#book.spent - this.#book.received
    const quote = outlay > 0n ? budget.units - outlay : budget.units
    const worth = valueAt(price, amountOf(pair.base, earlier.base), 'down').units
    const funds = quote + (worth * (PARTS - partsOf(pool.bps + slippageBps))) / PARTS
    return amountOf(pair.quote, funds < budget.units ? funds : budget.units)
  }
}
