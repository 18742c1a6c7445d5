import { ValueWindow } from './averages/value-window.ts'
import type { Bar, Indicator, Memory } from './indicator.ts'

const typical = ({ high, low, close }: Bar): number => (high + low + close) / 3

/**
 * Volume-weighted average price of the last `period` bars, from their typical price (high + low + close) ÷ 3. None
 * while nothing was traded in them.
 */
export class RollingVwap implements Indicator {
  readonly needs: number
  readonly #traded: ValueWindow
  readonly #volumes: ValueWindow

  /** @throws RangeError */
  constructor(period: number) {
    this.#traded = new ValueWindow(period)
    this.#volumes = new ValueWindow(period)
    this.needs = period
  }

  update(bar: Bar): number | undefined {
    this.#traded.push(typical(bar) * bar.volume)
    this.#volumes.push(bar.volume)
    if (!this.#traded.isFull) return undefined
    const volume = this.#volumes.sum()
    return volume > 0 ? this.#traded.sum() / volume : undefined
  }

  memory(): Memory {
    return [this.#traded.memory(), this.#volumes.memory()]
  }

  recall(memory: Memory): void {
    const [traded, volumes] = memory as readonly [Memory, Memory]
    this.#traded.recall(traded)
    this.#volumes.recall(volumes)
  }
}

/**
 * Volume-weighted average price since the session began. Sessions follow each other from 1970-01-01T00:00Z on, so that
 * those of a day begin at midnight UTC. A bar belongs to the session that it closes in (one that closes at the very end
 * of a session belongs to that). A session that was under way with the first bar is left out.
 */
export class SessionVwap implements Indicator {
  readonly needs = 1
  readonly #session_ms: number
  #session: number | undefined
  #isWhole = false
  #traded = 0
  #volume = 0

  /** @throws RangeError */
  constructor(session_ms: number) {
    if (!(session_ms > 0)) throw new RangeError(`a session takes some time: ${session_ms} ms`)
    this.#session_ms = session_ms
  }

  update(bar: Bar): number | undefined {
    const session = Math.ceil(bar.at / this.#session_ms)
    if (session !== this.#session) {
      this.#isWhole = this.#session !== undefined
      this.#session = session
      this.#traded = 0
      this.#volume = 0
    }
    this.#traded += typical(bar) * bar.volume
    this.#volume += bar.volume
    return this.#isWhole && this.#volume > 0 ? this.#traded / this.#volume : undefined
  }

  memory(): Memory {
    return [this.#session ?? null, this.#isWhole, this.#traded, this.#volume]
  }

  recall(memory: Memory): void {
    const [session, isWhole, traded, volume] = memory as readonly [number | null, boolean, number, number]
    this.#session = session ?? undefined
    this.#isWhole = isWhole
    this.#traded = traded
    this.#volume = volume
  }
}
