import type { NodeState } from '../../orders/journal.ts'

interface FiredLevel {
  /** Where it fired, when it was a price. */
  readonly level?: bigint
  /** Whether the journal does not know of it yet. */
  readonly isDue: boolean
}

const STATE_KEY = 'fired'

/**
 * Where orders have fired, over restarts. What has fired is out of the trigger book, so its mark is gone from there: an
 * order whose size is still being asked for when the process dies fires again at the next start, and one that waits again
 * waits for the price it had.
 */
export class FiredLevels {
  readonly #state: NodeState
  readonly #levels: Map<string, FiredLevel>
  #isChanged = false

  constructor(state: NodeState) {
    this.#state = state
    this.#levels = new Map(Object.entries(state.get<Record<string, FiredLevel>>(STATE_KEY) ?? {}))
  }

  of(id: string): FiredLevel | undefined {
    return this.#levels.get(id)
  }

  fired(id: string, level: bigint | undefined): void {
    this.#put(id, { ...(level !== undefined && { level }), isDue: true })
  }

  /** The journal knows that it has fired, or it is not to fire now. */
  settled(id: string): void {
    const fired = this.#levels.get(id)
    if (fired?.isDue) this.#put(id, { ...fired, isDue: false })
  }

  delete(id: string): void {
    if (this.#levels.delete(id)) this.#isChanged = true
  }

  /** Stages what has changed, to be saved; whether anything has. */
  stage(): boolean {
    if (!this.#isChanged) return false
    this.#isChanged = false
    this.#state.set(STATE_KEY, Object.fromEntries(this.#levels))
    return true
  }

  #put(id: string, fired: FiredLevel): void {
    this.#levels.set(id, fired)
    this.#isChanged = true
  }
}
