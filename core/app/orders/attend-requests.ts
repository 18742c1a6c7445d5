import { ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Store } from '../../store/store.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { answered, type RequestHandler } from './ask-or-act.ts'

/** Who asks waits in real time, whatever the chain's time does. */
const LOOK_EVERY_MS = 250

/**
 * Deals with what other processes ask, while a run goes on, one request after the other. Whether the lease still holds
 * is looked at as well: a run that only watches prices would not notice for long.
 *
 * @param lost Told once, when the lease or the disk is gone: the run must end.
 * @returns what ends it; a request under way is finished first.
 */
export function attendRequests(
  store: Store,
  act: RequestHandler,
  lost: (error: ForgeError) => void,
): () => Promise<void> {
  const real = createRealClock()
  const ended = new AbortController()
  const look = async (): Promise<void> => {
    store.assertHeld()
    for (let request = store.inbox.take(real.now()); request; request = store.inbox.take(real.now()))
      store.inbox.answer(request.number, await answered(act, store, request), real.now())
  }
  const attend = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      try {
        await look()
      } catch (thrown) {
        // Locked by a backup, say: the next look comes soon.
        if (!isForgeError(thrown, 'STORE_BUSY')) {
          lost(
            isForgeError(thrown) ? thrown : new ForgeError('UNEXPECTED', { message: messageOf(thrown), cause: thrown }),
          )
          return
        }
      }
      // Rejects only when it is to end.
      await real.sleep(LOOK_EVERY_MS, ended.signal).catch(() => undefined)
    }
  }
  const done = attend()
  return () => {
    ended.abort()
    return done
  }
}
