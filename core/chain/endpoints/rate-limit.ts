import type { Clock } from '../../time/clock.ts'
import type { EndpointSettings } from './settings.ts'

const WINDOW_MS = 10_000
/** Of a limit, what reads leave for sends: a trade does not wait behind questions. */
const SEND_SHARE = 0.1

/**
 * Keeps an endpoint's limits: so many requests in any ten seconds, of all methods and of each. It counts the requests
 * themselves: a bucket that refills would let twice as many through in the ten seconds after a rest.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #total: Window
  readonly #perMethodMax: number
  readonly #methods = new Map<string, Window>()

  constructor(settings: Pick<EndpointSettings, 'requestsPer10s' | 'perMethodPer10s'>, clock: Clock) {
    this.#clock = clock
    this.#total = new Window(settings.requestsPer10s ?? Number.POSITIVE_INFINITY)
    this.#perMethodMax = settings.perMethodPer10s ?? Number.POSITIVE_INFINITY
  }

  /** How long a request has to wait from now, in milliseconds; 0: it may go. */
  wait_ms(method: string, kind: 'read' | 'send'): number {
    const now = this.#clock.now()
    const share = kind === 'read' ? 1 - SEND_SHARE : 1
    return Math.max(this.#total.wait_ms(now, share), this.#ofMethod(method).wait_ms(now, 1))
  }

  /** Counts a request that goes now. */
  count(method: string): void {
    const now = this.#clock.now()
    this.#total.count(now)
    this.#ofMethod(method).count(now)
  }

  /** Waits for a read's turn and counts it. @throws the signal's reason */
  async take(method: string, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const wait_ms = this.wait_ms(method, 'read')
      if (wait_ms === 0) break
      await this.#clock.sleep(wait_ms, signal)
    }
    this.count(method)
  }

  #ofMethod(method: string): Window {
    const known = this.#methods.get(method)
    if (known) return known
    const made = new Window(this.#perMethodMax)
    this.#methods.set(method, made)
    return made
  }
}

/** The times of the last requests. */
class Window {
  readonly #max: number
  #times: number[] = []

  constructor(max: number) {
    this.#max = max
  }

  wait_ms(now: number, share: number): number {
    if (this.#max === Number.POSITIVE_INFINITY) return 0
    this.#forget(now)
    const max = Math.max(1, Math.floor(this.#max * share))
    const blocking = this.#times[this.#times.length - max]
    return blocking === undefined ? 0 : blocking + WINDOW_MS - now
  }

  count(now: number): void {
    if (this.#max === Number.POSITIVE_INFINITY) return
    this.#forget(now)
    this.#times.push(now)
  }

  #forget(now: number): void {
    const kept = this.#times.findIndex(time => time + WINDOW_MS > now)
    if (kept !== 0) this.#times = kept === -1 ? [] : this.#times.slice(kept)
  }
}
