import { createHash, type Hash } from 'node:crypto'

/** Characters. */
const HASHED_AT_ONCE = 16_384

/** All that passed a port, one line each, and the hash of it: two runs of a seed have the same. */
export class Trace {
  readonly lines: string[] = []
  #unhashed = ''
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
    this.#unhashed += `${line}\n`
    if (this.#unhashed.length > HASHED_AT_ONCE) this.#hashNow()
    if (story) this.lines.push(line)
  }

  #hashNow(): void {
    this.#hash.update(this.#unhashed)
    this.#unhashed = ''
  }

  digest(): string {
    this.#hashNow()
    return this.#hash.copy().digest('hex').slice(0, 16)
  }
}
