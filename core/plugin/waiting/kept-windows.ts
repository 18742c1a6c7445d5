import type { KeptWindow, PriceWindow } from '../../orders/conditions/price-window.ts'
import type { NodeState } from '../../orders/journal.ts'
import type { Clock } from '../../time/clock.ts'

/** What a window lacks where nobody watched may be a tenth of it: indicators go on with as much. */
const HOLE_SHARE = 10
/** How often a window is written within its time; but not more often than that, and no less. */
const WRITES = 100
const WRITE_MIN_MS = 1_000
const WRITE_MAX_MS = 60_000

interface WrittenWindow extends KeptWindow {
  /** Until when prices were watched. */
  readonly through: number
}

interface KeptWindowsOptions {
  readonly state: NodeState
  readonly clock: Pick<Clock, 'now'>
  /** Prices older than that are not known any more: so no window is gone on with after so long. */
  readonly quietAfter_ms: number
  /** Commits what was staged. */
  readonly save: () => void
}

/**
 * Windows of prices over restarts, so that `change(SOL/USDC, 1h)` is not unknown for an hour after each. They are a help:
 * one that lacks more than a tenth begins anew, and what it lacks is told.
 */
export class KeptWindows {
  readonly #options: KeptWindowsOptions
  readonly #due_ms = new Map<string, number>()
  readonly #holes_ms = new Map<string, number>()

  constructor(options: KeptWindowsOptions) {
    this.#options = options
  }

  /** What an earlier run knew of a window, unless too much has passed since. */
  earlier(pair: string, window_ms: number): KeptWindow | undefined {
    const { clock, quietAfter_ms, state } = this.#options
    const key = keyOf(pair, window_ms)
    const written = state.get<WrittenWindow>(key)
    if (!written) return undefined
    const hole_ms = Math.max(0, clock.now() - written.through)
    if (hole_ms > Math.min(quietAfter_ms, window_ms / HOLE_SHARE)) return undefined
    this.#holes_ms.set(key, hole_ms)
    return written
  }

  /** How long nobody watched before it was gone on with; undefined when it began anew. */
  holeOf(pair: string, window_ms: number): number | undefined {
    return this.#holes_ms.get(keyOf(pair, window_ms))
  }

  /** Writes those whose time has come. */
  keep(windows: Iterable<{ readonly pair: string; readonly window: PriceWindow }>): void {
    const { clock, save, state } = this.#options
    const now = clock.now()
    let isAnyDue = false
    for (const { pair, window } of windows) {
      const key = keyOf(pair, window.window_ms)
      if (now < (this.#due_ms.get(key) ?? Number.NEGATIVE_INFINITY)) continue
      const every_ms = Math.min(WRITE_MAX_MS, Math.max(WRITE_MIN_MS, window.window_ms / WRITES))
      this.#due_ms.set(key, now + every_ms)
      // Where nothing is written, as in a backtest, it is never asked for.
      state.set(key, (): WrittenWindow | undefined => {
        const kept = window.kept()
        return kept && { ...kept, through: now }
      })
      isAnyDue = true
    }
    if (isAnyDue) save()
  }
}

/** Nothing that keeps anybody from changing the pipeline. */
function keyOf(pair: string, window_ms: number): string {
  return `~window ${pair} ${window_ms}`
}
