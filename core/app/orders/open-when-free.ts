import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { Random } from '../../time/random.ts'
import { createRealClock } from '../../time/real-clock.ts'

/** How soon a directory is taken over once its holder has ended. */
const LOOK_EVERY_MS = 250

/**
 * The store of a data directory, as soon as nobody else holds it: at once, or when the holder ends, or when its lease
 * dies with it. Of several that wait exactly one gets it.
 *
 * @throws RUN_INTERRUPTED when it is to wait no longer; what `openStore` throws but STORE_LEASED
 */
export async function openWhenFree(
  dataDir: string,
  random: Random,
  options: { readonly tell: (text: string) => void; readonly stop: AbortSignal },
): Promise<Store> {
  const real = createRealClock()
  for (let told = false; ; ) {
    try {
      const store = openStore({ dataDir, clock: real, random })
      if (told) options.tell(`took over ${dataDir}`)
      return store
    } catch (thrown) {
      if (!isForgeError(thrown, 'STORE_LEASED')) throw thrown
      if (!told) options.tell(`process ${thrown.context['pid']} watches ${dataDir}: waiting to take over when it ends`)
      told = true
    }
    // Rejects only when it is to end.
    await real.sleep(LOOK_EVERY_MS, options.stop).catch(() => undefined)
    if (options.stop.aborted) throw new ForgeError('RUN_INTERRUPTED', { message: 'stopped while waiting to take over' })
  }
}
