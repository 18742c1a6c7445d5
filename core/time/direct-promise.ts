type Listener<T> = { readonly settled: (value: T) => void; readonly failed: (thrown: unknown) => void }

/**
 * A promise that is heard within the very call that settles it, and not in a microtask after it: whoever moves time knows
 * when all that follows from it is done. It is settled from the bottom of the stack (a timer, a turn of the world), never
 * from within who waits for it, so that nobody is entered again. `await` and `then` work as with any other promise.
 */
export class DirectPromise<T> implements PromiseLike<T> {
  #outcome: { readonly value: T } | { readonly thrown: unknown } | undefined
  #first: Listener<T> | undefined
  readonly #more: Listener<T>[] = []

  settle(value: T): void {
    this.#end({ value })
  }

  fail(thrown: unknown): void {
    this.#end({ thrown })
  }

  /** Calls one of them within the call that settles it; at once, when that is over. */
  hear(settled: (value: T) => void, failed: (thrown: unknown) => void): void {
    if (this.#outcome) tell(this.#outcome, { settled, failed })
    else if (this.#first) this.#more.push({ settled, failed })
    else this.#first = { settled, failed }
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise.
  then<Result = T, Failure = never>(
    settled?: ((value: T) => Result | PromiseLike<Result>) | null,
    failed?: ((thrown: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return new Promise<T>((resolve, reject) => this.hear(resolve, reject)).then(settled, failed)
  }

  #end(outcome: { readonly value: T } | { readonly thrown: unknown }): void {
    if (this.#outcome) return
    this.#outcome = outcome
    const first = this.#first
    if (first) tell(outcome, first)
    for (const listener of this.#more.splice(0)) tell(outcome, listener)
  }
}

function tell<T>(
  outcome: { readonly value: T } | { readonly thrown: unknown },
  { settled, failed }: Listener<T>,
): void {
  if ('value' in outcome) settled(outcome.value)
  else failed(outcome.thrown)
}
