import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { Token } from '../../money/token.ts'
import type { PluginContext } from '../contract.ts'

const ASKED_MAX = 4
const BACKOFF_FIRST_MS = 1_000

/**
 * What the wallet could sell now for a strategy; asked again a few times where the network fails.
 *
 * @throws HOLDINGS_UNKNOWN, also when the run ends meanwhile
 */
export async function askSellable(
  { clock, services, signal }: Pick<PluginContext, 'clock' | 'services' | 'signal'>,
  input: Token,
  output: Token,
  whose: string,
): Promise<bigint> {
  const { holdings } = services
  if (!holdings) throw unknown('this run has no wallet')
  for (let asked = 1; ; asked++) {
    try {
      return await holdings.sellable(input, output, whose)
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      if (asked >= ASKED_MAX || signal.aborted) throw unknown(thrown.message, thrown)
      await clock.sleep(BACKOFF_FIRST_MS * 2 ** (asked - 1), signal).catch(() => {
        throw unknown('the run is over', thrown)
      })
    }
  }
}

function unknown(why: string, cause?: unknown): ForgeError {
  return new ForgeError('HOLDINGS_UNKNOWN', { message: `what the wallet holds is not known: ${why}`, cause })
}
