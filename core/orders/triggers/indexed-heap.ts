/** What a heap holds knows its own place in it, so that it can be taken out from the middle. */
export interface HeapItem {
  /** Set by the heap that holds it; -1 while none does. */
  place: number
}

/** A binary heap with the first item, by the order given, on top. Every change costs O(log n). */
export class IndexedHeap<Item extends HeapItem> {
  readonly #items: Item[] = []
  readonly #isBefore: (a: Item, b: Item) => boolean

  constructor(isBefore: (a: Item, b: Item) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  get top(): Item | undefined {
    return this.#items[0]
  }

  /** In no particular order. */
  get items(): readonly Item[] {
    return this.#items
  }

  add(item: Item): void {
    this.#items.push(item)
    item.place = this.#items.length - 1
    this.#up(item)
  }

  /** Takes an item out that this heap holds. */
  remove(item: Item): void {
    const last = this.#items.pop()!
    if (last !== item) {
      this.#put(last, item.place)
      this.moved(last)
    }
    item.place = -1
  }

  /** To be told when an item's rank has changed. */
  moved(item: Item): void {
    this.#up(item)
    this.#down(item)
  }

  #up(item: Item): void {
    while (item.place > 0) {
      const parent = this.#items[(item.place - 1) >> 1]!
      if (!this.#isBefore(item, parent)) return
      const { place } = item
      this.#put(item, parent.place)
      this.#put(parent, place)
    }
  }

  #down(item: Item): void {
    for (;;) {
      const left = this.#items[2 * item.place + 1]
      if (left === undefined) return
      const right = this.#items[2 * item.place + 2]
      const child = right !== undefined && this.#isBefore(right, left) ? right : left
      if (!this.#isBefore(child, item)) return
      const { place } = item
      this.#put(item, child.place)
      this.#put(child, place)
    }
  }

  #put(item: Item, place: number): void {
    this.#items[place] = item
    item.place = place
  }
}
