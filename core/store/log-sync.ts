import { close, closeSync, existsSync, fdatasync, openSync } from 'node:fs'
import { ForgeError } from '../errors/forge-error.ts'

/**
 * Syncs SQLite's write-ahead log to the disk in the background, at most one sync at a time: what is asked for while one
 * is under way is covered by the next. A sync that fails is told to whoever waits for it and whoever writes next.
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
  #waiting: Waiter[] = []

  constructor(path: string) {
    this.#path = path
  }

  /** @throws STORE_WRITE_FAILED when the last sync did. */
  assertWorking(): void {
    if (this.#failure) throw this.#failed(this.#failure)
  }

  /** Resolves when all that is in the log now is on the disk. Who asks at the same time shares a sync. @throws STORE_WRITE_FAILED */
  synced(): Promise<void> {
    const waiter = Promise.withResolvers<void>()
    this.#waiting.push(waiter)
    this.request()
    // Closing the database brings all of it to the disk.
    if (this.#closed) this.#end(this.#waiting.splice(0), undefined)
    return waiter.promise
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
      // Without a log all of it is in the database file.
      if (!existsSync(this.#path)) {
        this.#end(this.#waiting.splice(0), undefined)
        return
      }
      this.#file = openSync(this.#path, 'r')
    }
    const file = this.#file
    const covered = this.#waiting.splice(0)
    this.#state = 'running'
    fdatasync(file, failure => {
      if (failure) this.#failure = failure
      this.#end(covered, failure ?? undefined)
      const again = this.#state === 'again'
      this.#state = 'idle'
      if (this.#closed) {
        this.#file = undefined
        close(file)
        this.#end(this.#waiting.splice(0), undefined)
      } else if (again) this.#start()
    })
  }

  #end(waiting: readonly Waiter[], failure: Error | undefined): void {
    for (const waiter of waiting) {
      if (failure) waiter.reject(this.#failed(failure))
      else waiter.resolve()
    }
  }

  #failed(cause: Error): ForgeError {
    const message = `${this.#path} could not be synced to the disk: ${cause.message}`
    return new ForgeError('STORE_WRITE_FAILED', { message, context: { file: this.#path }, cause })
  }
}

type Waiter = ReturnType<typeof Promise.withResolvers<void>>
