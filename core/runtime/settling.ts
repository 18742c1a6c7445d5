import type { Clock, Timer } from '../time/clock.ts'
import type { NodeGraph } from './graph.ts'
import type { IntentLedger } from './intent-ledger.ts'

/**
 * The time that is left to a run in which nothing moves but reports on open intents that no `process` works on, and
 * sinks. It is counted from the last that was heard of any: neither a lost report nor a sink that hangs holds a run for
 * ever.
 */
export class Settling {
  readonly #clock: Clock
  readonly #limit_ms: number
  readonly #ledger: IntentLedger
  readonly #graph: NodeGraph
  #timer: Timer | undefined

  constructor(clock: Clock, limit_ms: number, ledger: IntentLedger, graph: NodeGraph) {
    this.#clock = clock
    this.#limit_ms = limit_ms
    this.#ledger = ledger
    this.#graph = graph
  }

  get underWay(): boolean {
    return this.#timer !== undefined
  }

  /**
   * @param heard is called when something has moved meanwhile
   * @param inVain is called with what was waited for when nothing has
   */
  begin(heard: () => void, inVain: (reason: string) => void): void {
    const progress = this.#progress()
    this.#timer = this.#clock.at(this.#clock.now() + this.#limit_ms, () => {
      this.#timer = undefined
      if (this.#progress() === progress) inVain(this.#reason())
      else heard()
    })
  }

  cancel(): void {
    this.#timer?.cancel()
  }

  #progress(): number {
    const sinks = this.#graph.all.filter(runner => runner.kind === 'sink').map(runner => runner.counts())
    return this.#ledger.activity + sinks.reduce((sum, counts) => sum + counts.in + counts.retries, 0)
  }

  #reason(): string {
    const intents = this.#ledger.awaited
    if (intents > 0) return `${intents} intents were left without a final report`
    const sinks = this.#graph.all.filter(runner => runner.kind === 'sink' && !runner.ended).map(runner => runner.id)
    return `${sinks.join(', ')} did not come to an end in time`
  }
}
