import type { Clock } from '../../time/clock.ts'
import type { Outcome } from '../rpc/exchange.ts'

/** Why the slower of two is given up. */
export const OUTRUN = new Error('another endpoint was faster')

/** A second request costs the endpoint something: not for less than this. */
const AFTER_MIN_MS = 20

type Ask<T> = (signal: AbortSignal) => Promise<Outcome<T>>

/**
 * Asks one, and when it takes longer than `after_ms` a second as well: the first good answer counts, and the other
 * request is given up. A failure of the first before that time is the answer: who is asked then is not decided here.
 *
 * @throws the signal's reason
 */
export function hedge<T>(
  clock: Clock,
  after_ms: number,
  first: Ask<T>,
  second: Ask<T>,
  signal: AbortSignal | undefined,
): Promise<Outcome<T>> {
  return new Promise((resolve, reject) => {
    const running = new Set<AbortController>()
    let failure: Outcome<T> | undefined
    const end = (settle: () => void, reason: unknown): void => {
      timer.cancel()
      signal?.removeEventListener('abort', abort)
      for (const each of running) each.abort(reason)
      settle()
    }
    const abort = (): void => end(() => reject(signal?.reason), signal?.reason)
    const run = (ask: Ask<T>): void => {
      const limit = new AbortController()
      running.add(limit)
      ask(limit.signal).then(
        outcome => {
          running.delete(limit)
          failure ??= outcome
          if ('result' in outcome) end(() => resolve(outcome), OUTRUN)
          else if (running.size === 0) end(() => resolve(failure ?? outcome), OUTRUN)
        },
        (thrown: unknown) => {
          running.delete(limit)
          // Given up: the answer is there, or the whole was aborted.
          if (!limit.signal.aborted) end(() => reject(thrown), OUTRUN)
        },
      )
    }
    const timer = clock.at(clock.now() + Math.max(AFTER_MIN_MS, after_ms), () => run(second))
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    run(first)
  })
}
