import { createHash, type Hash } from 'node:crypto'

/** All that passed a port, one line each, and the hash of it: two runs of a seed have the same. */
export class Trace {
  readonly lines: string[] = []
  readonly #hash: Hash = createHash('sha256')
  readonly #start_ms: number
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
    this.#start_ms = now()
  }

  /** `story`: whether a reader who wants to know what happened needs it. */
  add(text: string, story = false): void {
    const line = `${((this.#now() - this.#start_ms) / 1000).toFixed(3).padStart(9)} ${text}`
    this.#hash.update(line).update('\n')
    if (story) this.lines.push(line)
  }

  digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 16)
  }
}
