import { assertPeriod, type Memory, type Remembering } from '../indicator.ts'

/**
 * The last `size` values. Sums are made anew, oldest first, and not carried on from value to value: a carried sum
 * gathers rounding errors, so that an average would depend on where the stream began.
 */
export class ValueWindow implements Remembering {
  readonly size: number
  readonly #values: Float64Array
  /** Where the next value goes; the oldest is there when the window is full. */
  #next = 0
  #count = 0

  /** @throws RangeError */
  constructor(size: number) {
    assertPeriod(size)
    this.size = size
    this.#values = new Float64Array(size)
  }

  get isFull(): boolean {
    return this.#count === this.size
  }

  /** Of a full window. */
  get oldest(): number {
    return this.#values[this.#next]!
  }

  /** Takes a value in; the oldest goes when the window was full. */
  push(value: number): void {
    this.#values[this.#next] = value
    this.#next = this.#next + 1 === this.size ? 0 : this.#next + 1
    if (this.#count < this.size) this.#count++
  }

  /** Of a full window. */
  sum(): number {
    const values = this.#values
    let sum = 0
    for (let index = this.#next; index < this.size; index++) sum += values[index]!
    for (let index = 0; index < this.#next; index++) sum += values[index]!
    return sum
  }

  /** Sum of the squared distances from `center`, of a full window. */
  squares(center: number): number {
    const values = this.#values
    let sum = 0
    for (let index = this.#next; index < this.size; index++) sum += (values[index]! - center) ** 2
    for (let index = 0; index < this.#next; index++) sum += (values[index]! - center) ** 2
    return sum
  }

  memory(): Memory {
    return [this.#next, this.#count, [...this.#values]]
  }

  recall(memory: Memory): void {
    const [next, count, values] = memory as readonly [number, number, readonly number[]]
    this.#next = next
    this.#count = count
    this.#values.set(values)
  }
}
