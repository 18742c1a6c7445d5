import type { Clock } from '../../time/clock.ts'

/** Lets one request pass at a time, in the order they came, with a pause between their starts. */
export class RateGate {
  readonly #clock: Clock
  readonly #interval_ms: number
  #nextAt = Number.NEGATIVE_INFINITY
  #turn: Promise<void> = Promise.resolve()

  constructor(clock: Clock, interval_ms: number) {
    this.#clock = clock
    this.#interval_ms = interval_ms
  }

  /** Resolves when the request may start. @throws the signal's reason; then its place is free at once. */
  pass(signal?: AbortSignal): Promise<void> {
    const mine = this.#turn.then(async () => {
      signal?.throwIfAborted()
      const wait_ms = this.#nextAt - this.#clock.now()
      if (wait_ms > 0) await this.#clock.sleep(wait_ms, signal)
      this.#nextAt = this.#clock.now() + this.#interval_ms
    })
    // Who gave up keeps nobody behind it waiting.
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  /** Nobody passes before so long from now: the server said "too many". */
  close(pause_ms: number): void {
    this.#nextAt = Math.max(this.#nextAt, this.#clock.now() + pause_ms)
  }
}
