import type { Line, PubSubEndpoint } from '../../chain/pubsub/line.ts'
import { CLOCK_METHOD, type ClockAnswer } from '../../localnet/server/clock-method.ts'
import type { Clock } from '../../time/clock.ts'

/** What the server has sent arrives at once, or the line is dead: real time. */
const ARRIVAL_MAX_MS = 10_000
const COUNT_CALL_ID = 'how many so far'

interface Waiting {
  readonly sequence: number
  readonly goOn: () => void
}

/**
 * The pub/sub line of who drives a server's time. A notification arrives before the answer that says how far time has
 * moved: it is kept until the clock here stands there too, and the clock goes on only when every notification has
 * arrived. Else what happened at one time would be heard of at another.
 */
export class DrivenLine {
  readonly #driver: string
  readonly #real: Clock
  readonly #waiting = new Set<Waiting>()
  /** Undefined while no line is open: nothing can arrive then. */
  #received: number | undefined
  #line: Line | undefined
  /** Notifications that wait for the clock; undefined while it stands. */
  #kept: (() => void)[] | undefined

  constructor(driver: string, real: Clock) {
    this.#driver = driver
    this.#real = real
  }

  /** The endpoint with its lines counted; the driver's name must be in its URL already. */
  count(endpoint: PubSubEndpoint): PubSubEndpoint {
    return {
      ...endpoint,
      open: async (events, signal) => {
        const counted = Promise.withResolvers<void>()
        const line = await endpoint.open(
          {
            onText: text => {
              const { id, method, result } = JSON.parse(text) as { id?: unknown; method?: string; result?: ClockAnswer }
              if (id === COUNT_CALL_ID) {
                this.#received = result?.sequence ?? 0
                counted.resolve()
                return
              }
              if (method === undefined || !this.#kept) events.onText(text)
              else this.#kept.push(() => events.onText(text))
              if (method !== undefined) this.#arrived()
            },
            onClose: why => {
              this.#lost()
              counted.resolve()
              events.onClose(why)
            },
          },
          signal,
        )
        this.#line = line
        // Lines of before count too: this one begins where they ended.
        const params = ['now', { driver: this.#driver }]
        line.send(JSON.stringify({ jsonrpc: '2.0', id: COUNT_CALL_ID, method: CLOCK_METHOD, params }))
        await counted.promise
        return line
      },
    }
  }

  /** Moves the server's time; what it notified of meanwhile is handed on as soon as the caller has moved the clock. */
  async during(advance: () => Promise<ClockAnswer>): Promise<ClockAnswer> {
    this.#kept ??= []
    try {
      const moved = await advance()
      await this.#delivered(moved.sequence)
      return moved
    } finally {
      // The next turn: the clock is set in the microtasks of this one, and waits two empty turns before it goes on.
      setImmediate(() => this.#handOn())
    }
  }

  #handOn(): void {
    const kept = this.#kept
    this.#kept = undefined
    for (const handOn of kept ?? []) handOn()
  }

  /** Resolves when so many notifications have arrived, or none can arrive any more. */
  async #delivered(sequence: number): Promise<void> {
    if (this.#received === undefined || this.#received >= sequence) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting: Waiting = { sequence, goOn: resolve }
    this.#waiting.add(waiting)
    const late = this.#real.at(this.#real.now() + ARRIVAL_MAX_MS, () => this.#line?.close())
    await promise
    late.cancel()
    this.#waiting.delete(waiting)
  }

  #arrived(): void {
    if (this.#received === undefined) return
    this.#received++
    for (const { sequence, goOn } of this.#waiting) if (sequence <= this.#received) goOn()
  }

  #lost(): void {
    this.#received = undefined
    this.#line = undefined
    if (this.#kept) this.#kept = []
    for (const { goOn } of this.#waiting) goOn()
  }
}
