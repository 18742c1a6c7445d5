import { onAbort } from './on-abort.ts'

/**
 * The work's outcome, or a rejection with the signal's reason as soon as it aborts. The work itself goes on: only for
 * what changes nothing when nobody waits for it any more.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const over = onAbort(signal, () => reject(signal.reason))
  try {
    return await Promise.race([promise, work])
  } finally {
    over()
  }
}
