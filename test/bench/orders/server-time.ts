import { createRealClock } from '../../../core/time/real-clock.ts'

export const real = createRealClock()
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What this thread has computed: other processes and the disk do not count. */
export function cpu_ms(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** Time during which at least one request is with the server: what is not ours. */
export class ServerTime {
  #spent_ms = 0
  #spentCpu_ms = 0
  #open = 0
  #since = 0
  #sinceCpu = 0

  readonly watch =
    (fetch: Fetch): Fetch =>
    async (input, init) => {
      if (this.#open++ === 0) {
        this.#since = real.wall_ms()
        this.#sinceCpu = cpu_ms()
      }
      try {
        return await fetch(input, init)
      } finally {
        if (--this.#open === 0) {
          this.#spent_ms += real.wall_ms() - this.#since
          this.#spentCpu_ms += cpu_ms() - this.#sinceCpu
        }
      }
    }

  /** Until now, a request that is open included. */
  get spent_ms(): number {
    return this.#spent_ms + (this.#open > 0 ? real.wall_ms() - this.#since : 0)
  }

  /** What was computed meanwhile. */
  get spentCpu_ms(): number {
    return this.#spentCpu_ms + (this.#open > 0 ? cpu_ms() - this.#sinceCpu : 0)
  }
}
