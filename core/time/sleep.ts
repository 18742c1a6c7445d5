import type { Clock } from './clock.ts'

/** `Clock.sleep` over `Clock.at`: resolves after the duration, rejects with the signal's reason when it aborts. */
export function sleepOn(clock: Pick<Clock, 'now' | 'at'>, duration_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const abort = (): void => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.at(clock.now() + Math.max(0, duration_ms), () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    signal?.addEventListener('abort', abort, { once: true })
  })
}
