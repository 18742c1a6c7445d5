/**
 * How far a node is from its end: which of its givers still give, what it was told of that, and whether it wants
 * anything more itself.
 */
export class Ending {
  /** Wants nothing more: by its own word, or because nobody who takes what it gives does. */
  finished = false
  ended = false
  #givers = 0
  #intentGivers = 0
  #inputEndTold = false
  #intentsEndTold = false

  /** A node that gives to this one. */
  follow(givesIntents: boolean): void {
    this.#givers++
    if (givesIntents) this.#intentGivers++
  }

  giverEnded(givesIntents: boolean): void {
    this.#givers--
    if (givesIntents) this.#intentGivers--
  }

  /** Whether anything more may come in that is wanted. */
  get isFed(): boolean {
    return this.#givers > 0 && !this.finished
  }

  /** Whether the node is to be told that no more intents come in; true once. */
  takeIntentsEnd(): boolean {
    if (this.#intentsEndTold || this.#intentGivers > 0 || this.finished) return false
    this.#intentsEndTold = true
    return true
  }

  /** Whether the node is to be told that nothing more comes in; true once. */
  takeInputEnd(hasGivers: boolean): boolean {
    if (this.#inputEndTold || this.finished || !hasGivers) return false
    this.#inputEndTold = true
    return true
  }
}
