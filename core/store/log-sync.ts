import { close, closeSync, existsSync, fdatasync, openSync } from 'node:fs'
import { ForgeError } from '../errors/forge-error.ts'

/**
 * Syncs SQLite's write-ahead log to the disk in the background, at most one sync at a time: what is asked for while one
 * is under way is covered by the next. A sync that fails is told to whoever writes next.
 *
 * The log is a file of its own without locks; closing it here takes none of SQLite's away, as closing the database
 * file would (https://www.sqlite.org/howtocorrupt.html, section 2.2).
 */
export class LogSync {
  readonly #path: string
  #file: number | undefined
  #state: 'idle' | 'running' | 'again' = 'idle'
  #closed = false
  #failure: Error | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** @throws STORE_WRITE_FAILED when the last sync did. */
  assertWorking(): void {
    if (!this.#failure) return
    const message = `${this.#path} could not be synced to the disk: ${this.#failure.message}`
    throw new ForgeError('STORE_WRITE_FAILED', { message, context: { file: this.#path }, cause: this.#failure })
  }

  request(): void {
    if (this.#closed) return
    if (this.#state === 'idle') this.#start()
    else this.#state = 'again'
  }

  /** A sync under way ends by itself. */
  close(): void {
    this.#closed = true
    if (this.#state !== 'idle' || this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
  }

  #start(): void {
    if (this.#file === undefined) {
      if (!existsSync(this.#path)) return
      this.#file = openSync(this.#path, 'r')
    }
    const file = this.#file
    this.#state = 'running'
    fdatasync(file, failure => {
      if (failure) this.#failure = failure
      const again = this.#state === 'again'
      this.#state = 'idle'
      if (this.#closed) {
        this.#file = undefined
        close(file)
      } else if (again) this.#start()
    })
  }
}
