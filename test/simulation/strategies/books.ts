import type { Clock, IntentEvent, OrderRecord, PluginContext } from '../../../core/index.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { TOKENS } from './tokens.ts'

/** What a process has set and nothing has committed yet: it dies with the process. */
export type Staged = Map<string, unknown>

/** What outlives the processes of a strategy: its journal, and its committed state. */
export class StrategyBooks {
  readonly orders = new Map<string, OrderRecord>()
  readonly #state = new Map<string, unknown>()

  state<T>(key: string): T | undefined {
    return this.#state.get(key) as T | undefined
  }

  commit(staged: Staged): void {
    for (const [key, value] of staged) this.#state.set(key, structuredClone(value))
  }

  /**
   * The journal's transaction: takes the intent's key and the staged state together.
   *
   * @returns the order that has the key already, as it was
   */
  take(intent: IntentEvent, staged: Staged, now: number): OrderRecord | undefined {
    const before = this.orders.get(intent.key)
    if (!before) this.orders.set(intent.key, created(intent, now))
    this.commit(staged)
    return before
  }

  move(key: string, to: Partial<OrderRecord> & Pick<OrderRecord, 'state'>): void {
    const order = this.orders.get(key)
    if (order) this.orders.set(key, { ...order, ...to })
  }

  /** What a process of the strategy is given. */
  context<Config>(process: {
    readonly id: string
    readonly config: Config
    readonly clock: Clock
    readonly staged: Staged
    readonly signal?: AbortSignal
    readonly finish?: () => void
  }): PluginContext<Config> {
    const { id, staged, finish = quiet, signal = new AbortController().signal } = process
    const services: Partial<PluginContext['services']> = {
      tokens: TOKENS,
      orders: { list: () => [...this.orders.values()] },
    }
    return {
      id,
      config: process.config,
      mode: 'test',
      clock: process.clock,
      random: seededRandom(id),
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: { count: quiet, timing: quiet },
      state: {
        get: <T>(key: string) => (staged.get(key) ?? this.#state.get(key)) as T | undefined,
        set: (key, value) => staged.set(key, value),
        flush: () => this.commit(staged),
      },
      signal,
      services: services as PluginContext['services'],
      report: quiet,
      finish,
      hold: quiet,
    }
  }
}

const quiet = (): void => undefined

function created(intent: IntentEvent, now: number): OrderRecord {
  const id = `order-${intent.key}`
  return { id, fullKey: id, intent, state: 'created', attempts: [], createdAt: now, updatedAt: now }
}
