import { Ema } from './averages/smoothed.ts'
import { assertPeriod, type Bar, type Indicator, type Memory } from './indicator.ts'

/**
 * Moving average convergence/divergence. Its value is the histogram: the MACD line (fast EMA less slow EMA of closes)
 * less its signal line (the line's own EMA). There is none before the signal line has all the values it averages.
 * Source: G. Appel; EMAs begin with a simple mean.
 */
export class Macd implements Indicator {
  readonly needs: number
  /** The MACD line, as of the last value. */
  line = Number.NaN
  /** The signal line, as of the last value. */
  signal = Number.NaN
  readonly #fast: Ema
  readonly #slow: Ema
  readonly #signal: Ema

  /** @throws RangeError, also unless fast is below slow. */
  constructor(fast: number, slow: number, signal: number) {
    assertPeriod(slow, fast + 1)
    this.#fast = new Ema(fast)
    this.#slow = new Ema(slow)
    this.#signal = new Ema(signal)
    this.needs = slow + signal - 1
  }

  update({ close }: Bar): number | undefined {
    const fast = this.#fast.update(close)
    const slow = this.#slow.update(close)
    if (fast === undefined || slow === undefined) return undefined
    const line = fast - slow
    const signal = this.#signal.update(line)
    if (signal === undefined) return undefined
    this.line = line
    this.signal = signal
    return line - signal
  }

  memory(): Memory {
    return [this.#fast.memory(), this.#slow.memory(), this.#signal.memory()]
  }

  recall(memory: Memory): void {
    const [fast, slow, signal] = memory as readonly [Memory, Memory, Memory]
    this.#fast.recall(fast)
    this.#slow.recall(slow)
    this.#signal.recall(signal)
  }
}
