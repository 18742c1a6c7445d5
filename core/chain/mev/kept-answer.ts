import type { Clock } from '../../time/clock.ts'

/** An answer that is good for a while: who asks meanwhile, also before it has come, gets the same. */
export class KeptAnswer<T> {
  readonly #clock: Clock
  readonly #keep_ms: number
  #kept: { readonly answer: Promise<T>; readonly until: number } | undefined

  constructor(clock: Clock, keep_ms: number) {
    this.#clock = clock
    this.#keep_ms = keep_ms
  }

  /** @throws what `ask` throws; that is not kept. */
  async get(ask: () => Promise<T>): Promise<T> {
    const now = this.#clock.now()
    if (!this.#kept || this.#kept.until <= now) this.#kept = { answer: ask(), until: now + this.#keep_ms }
    const { answer } = this.#kept
    try {
      return await answer
    } catch (thrown) {
      if (this.#kept?.answer === answer) this.#kept = undefined
      throw thrown
    }
  }
}
