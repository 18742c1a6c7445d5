import type { Clock, Timer } from '../../time/clock.ts'
import type { VirtualClock } from '../../time/virtual-clock.ts'

/** The fastest that a server without a driver runs: a slot takes 20 real milliseconds then. */
export const SPEED_MAX = 20
/** A driver that has not been heard of for this long, in real time, has gone. */
export const LEASE_MS = 30_000

/** What a driver is told after each of its calls. */
export interface PaceState {
  readonly now: number
  readonly driven: boolean
}

/**
 * Moves a server's virtual clock: free, at a multiple of real time, or as its driver says. One driver at a time; when
 * it goes without a word, time runs free again from where it stood.
 */
export class Pace {
  readonly #clock: VirtualClock
  readonly #wall: Clock
  readonly #speed: number
  #base: { virtual_ms: number; wall_ms: number }
  #wake: Timer | undefined
  #driver: { readonly id: string; lease_ms: number | undefined; expiry: Timer | undefined } | undefined
  #isStopped = false
  #onFailure: (thrown: unknown) => void

  constructor(clock: VirtualClock, wall: Clock, speed: number, onFailure: (thrown: unknown) => void) {
    this.#clock = clock
    this.#wall = wall
    this.#speed = speed
    this.#base = { virtual_ms: clock.now(), wall_ms: wall.wall_ms() }
    this.#onFailure = onFailure
    this.arm()
  }

  get state(): PaceState {
    return { now: this.#clock.now(), driven: this.#driver !== undefined }
  }

  /** The one who moves the clock now. */
  get driver(): string | undefined {
    return this.#driver?.id
  }

  /** Brings a free clock to where real time says it is. A driven one stays. */
  async catchUp(): Promise<void> {
    if (this.#driver || this.#isStopped) return
    const elapsed_ms = this.#wall.wall_ms() - this.#base.wall_ms
    const due_ms = Math.floor(this.#base.virtual_ms + elapsed_ms * this.#speed)
    if (due_ms > this.#clock.now()) await this.#clock.advanceTo(due_ms, () => this.#driver !== undefined)
  }

  /** Wakes for the next timer of a free clock. To be called when timers may have been added. */
  arm(): void {
    this.#wake?.cancel()
    this.#wake = undefined
    const next_ms = this.#clock.nextTimer_ms()
    if (this.#driver || this.#isStopped || next_ms === undefined) return
    const delay_ms = this.#base.wall_ms + (next_ms - this.#base.virtual_ms) / this.#speed - this.#wall.wall_ms()
    this.#wake = this.#wall.at(this.#wall.now() + Math.max(1, delay_ms), () => {
      this.catchUp()
        .then(() => this.arm())
        .catch(this.#onFailure)
    })
  }

  /** Takes the clock; false when another driver has it. Without `lease_ms` the hold lasts until it is released. */
  hold(id: string, lease_ms: number | undefined): boolean {
    if (this.#driver && this.#driver.id !== id) return false
    this.#driver?.expiry?.cancel()
    this.#driver = { id, lease_ms, expiry: undefined }
    this.#renew()
    this.arm()
    return true
  }

  /** Moves time for its driver; false when that is not who holds the clock. */
  async advance(id: string, to_ms: number, stop: () => boolean): Promise<boolean> {
    if (this.#driver?.id !== id) return false
    this.#renew()
    await this.#clock.advanceTo(to_ms, () => stop() || this.#driver?.id !== id)
    this.#renew()
    return true
  }

  release(id: string): void {
    if (this.#driver?.id !== id) return
    this.#driver.expiry?.cancel()
    this.#driver = undefined
    this.#base = { virtual_ms: this.#clock.now(), wall_ms: this.#wall.wall_ms() }
    this.arm()
  }

  stop(): void {
    this.#isStopped = true
    this.#driver?.expiry?.cancel()
    this.#wake?.cancel()
  }

  #renew(): void {
    const driver = this.#driver
    if (!driver || driver.lease_ms === undefined) return
    driver.expiry?.cancel()
    driver.expiry = this.#wall.at(this.#wall.now() + driver.lease_ms, () => this.release(driver.id))
  }
}
