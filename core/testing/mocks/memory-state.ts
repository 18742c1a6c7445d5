import type { NodeState } from '../../orders/journal.ts'

/** Node state for a test: kept by node id, so that a second run finds what the first one left. */
export class MemoryStates {
  readonly #states = new Map<string, Map<string, unknown>>()

  for(nodeId: string): NodeState {
    const values = this.#states.get(nodeId) ?? new Map<string, unknown>()
    this.#states.set(nodeId, values)
    return {
      get: <T>(key: string) => structuredClone(values.get(key)) as T | undefined,
      set: (key, value) => {
        values.set(key, structuredClone(typeof value === 'function' ? value() : value))
      },
      flush: () => undefined,
    }
  }

  /** What a node has set, by key. */
  of(nodeId: string): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#states.get(nodeId) ?? [])
  }
}
