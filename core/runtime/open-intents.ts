import type { IntentEvent } from '../events/event.ts'

/**
 * What is known of each open intent, by node and key, in the order they came. In two steps: the two strings are hashed
 * already, and one made of both would have to be for every look.
 */
export class OpenIntents<Entry extends { readonly intent: IntentEvent }> {
  readonly #byNode = new Map<string, Map<string, Entry>>()
  readonly #all = new Set<Entry>()

  get(node: string, key: string): Entry | undefined {
    return this.#byNode.get(node)?.get(key)
  }

  add(entry: Entry): void {
    const { node, key } = entry.intent
    const ofNode = this.#byNode.get(node) ?? new Map<string, Entry>()
    this.#byNode.set(node, ofNode.set(key, entry))
    this.#all.add(entry)
  }

  remove(entry: Entry): void {
    this.#byNode.get(entry.intent.node)?.delete(entry.intent.key)
    this.#all.delete(entry)
  }

  values(): Iterable<Entry> {
    return this.#all
  }
}
