import type { Timer } from '../../../core/time/clock.ts'

/** Thrown into a call that can not simply never return, because its process is dead. */
export class Dead extends Error {}

/**
 * Whether a process lives. What comes back to a dead one never arrives; what comes back to a stopped one (SIGSTOP)
 * arrives when it goes on.
 */
export class Life {
  readonly number: number
  #state: 'running' | 'paused' | 'dead' = 'running'
  #waiting: (() => void)[] = []
  #releases = new Set<() => void>()
  readonly #timers = new Set<Timer>()
  #onDeath: () => void = () => undefined

  constructor(number: number) {
    this.number = number
  }

  get state(): 'running' | 'paused' | 'dead' {
    return this.#state
  }

  /** Calls now, when it goes on, or never. */
  enter(work: () => void): void {
    if (this.#state === 'running') work()
    else if (this.#state === 'paused') this.#waiting.push(work)
  }

  /** What a port gives back. */
  answer<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        value => this.enter(() => resolve(value)),
        (thrown: unknown) => this.enter(() => reject(thrown)),
      )
    })
  }

  /** @throws Dead */
  assertAlive(): void {
    if (this.#state === 'dead') throw new Dead(`process ${this.number} is dead`)
  }

  /** Called as a microtask after its death: what kills it may still be in one of its calls. */
  whenDead(bury: () => void): void {
    this.#onDeath = () => queueMicrotask(bury)
    if (this.#state === 'dead') this.#onDeath()
  }

  timer(set: (done: () => void) => Timer): Timer {
    const timer = set(() => this.#timers.delete(timer))
    this.#timers.add(timer)
    return timer
  }

  /** Keeps virtual time while it runs, and gives it free when it does not. */
  holding(release: () => void): () => void {
    this.#releases.add(release)
    return () => {
      if (this.#releases.delete(release)) release()
    }
  }

  pause(): void {
    if (this.#state !== 'running') return
    this.#state = 'paused'
    this.#letGo()
  }

  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'running'
    for (const work of this.#waiting.splice(0)) this.enter(work)
  }

  kill(): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    this.#waiting = []
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#letGo()
    this.#onDeath()
  }

  #letGo(): void {
    for (const release of this.#releases) release()
    this.#releases.clear()
  }
}
