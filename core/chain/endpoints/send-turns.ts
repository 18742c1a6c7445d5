import type { Endpoint } from './endpoint.ts'

/** Longer than a blockhash lives nothing is sent again. */
const FORGET_AFTER_MS = 180_000

/** Lets the same bytes, sent again, go to the next endpoint: one that takes and drops them is not asked for ever. */
export class SendTurns {
  readonly #sent = new Map<unknown, { count: number; at: number }>()

  /** @param open Who may be sent to, best first. */
  choose(open: readonly Endpoint[], method: string, params: readonly unknown[], now: number): Endpoint | undefined {
    if (open.length <= 1 || method !== 'sendTransaction') return open[0]
    for (const [bytes, { at }] of this.#sent) {
      if (now - at < FORGET_AFTER_MS) break
      this.#sent.delete(bytes)
    }
    const count = this.#sent.get(params[0])?.count ?? 0
    // Last in the map is what was sent last.
    this.#sent.delete(params[0])
    this.#sent.set(params[0], { count: count + 1, at: now })
    return open[count % open.length]
  }
}
