import type { Clock } from '../../time/clock.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { LatestBlockhash } from '../rpc/rpc-types.ts'

/** Trades of the same moment share a blockhash: it lives a minute, and asking costs a request. */
const KEEP_MS = 1_000

export class BlockhashCache {
  readonly #rpc: Pick<Rpc, 'latestBlockhash'>
  readonly #clock: Clock
  #asked: { readonly at: number; readonly answer: Promise<LatestBlockhash> } | undefined

  constructor(rpc: Pick<Rpc, 'latestBlockhash'>, clock: Clock) {
    this.#rpc = rpc
    this.#clock = clock
  }

  /** @throws what `Rpc` throws. */
  async latest(): Promise<LatestBlockhash> {
    const now = this.#clock.now()
    if (!this.#asked || now - this.#asked.at >= KEEP_MS) {
      this.#asked = { at: now, answer: this.#rpc.latestBlockhash('confirmed') }
    }
    const { answer } = this.#asked
    try {
      return await answer
    } catch (thrown) {
      if (this.#asked?.answer === answer) this.#asked = undefined
      throw thrown
    }
  }
}
