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
 * The pub/sub line of who drives a server's time. Time moves on here only when every notification that the server sent
 * while it moved has arrived: else what happened at one time would be heard of at another.
 */
export class DrivenLine {
  readonly #driver: string
  readonly #real: Clock
  readonly #waiting = new Set<Waiting>()
  /** Undefined while no line is open: nothing can arrive then. */
  #received: number | undefined
  #line: Line | undefined

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
              events.onText(text)
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

  /** Resolves when so many notifications have arrived, or none can arrive any more. */
  async delivered(sequence: number): Promise<void> {
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
    for (const { goOn } of this.#waiting) goOn()
  }
}
