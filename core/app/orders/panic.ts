import { isForgeError } from '../../errors/forge-error.ts'
import type { Asked } from '../commands/ask-holder.ts'
import { keptDirectory } from '../commands/kept-history.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { chooseWallet } from '../network/wallet-choice.ts'
import { openRegistry } from '../open-registry.ts'
import { openGround } from '../run/ground.ts'
import type { RunOptions } from '../run/run-options.ts'
import { openTrading } from '../run/trading.ts'
import { findWallets } from '../wallet/key-places.ts'
import { answerRequests } from './answer-request.ts'
import { askOrAct } from './ask-or-act.ts'
import { flatten } from './flatten.ts'
import { deskRequest } from './watch-desk.ts'

/**
 * `panic --flatten`: sells all that the wallets of a data directory hold, after everything was stopped: the one at hand,
 * and each whose key is still where runs of this directory had it. Here, or by the process that holds the directory.
 *
 * @throws HISTORY_MISSING, TOKEN_UNKNOWN, and what stands in the way of reaching the chain
 */
export async function sellAll(
  options: Omit<RunOptions, 'file' | 'params' | 'set'> & { readonly into: string },
): Promise<Asked> {
  const { environment, into, output } = options
  const cluster = await findCluster(options.cluster, options.rpcUrl)
  cluster.tokens.find(into)
  const { registry } = await openRegistry({ packagesFrom: environment.workingDirectory })
  const wallet = chooseWallet({ ...options, cluster: cluster.name })
  const dataDirectory = await keptDirectory(options)
  const base = { ...options, cluster, wallet, registry, dataDirectory, chainDirectory: dataDirectory }
  try {
    const ground = await openGround(base)
    try {
      const places = ground.store.keyPlaces.list(ground.genesisHash)
      const { wallets: namedWallets, missing } = findWallets(places, wallet, { ...options, cluster: cluster.name })
      const grounds = { ...ground, namedWallets }
      const trading = await openTrading(grounds, deskRequest(), { ...options, redact: text => text })
      return printed(await ground.connection.drive(flatten(grounds, trading, into, missing)))
    } finally {
      await ground.close()
    }
  } catch (thrown) {
    if (!isForgeError(thrown, 'STORE_LEASED')) throw thrown
    const request = { kind: 'flatten', body: { into } }
    return printed(await askOrAct(dataDirectory, request, answerRequests(), text => output.line(text)))
  }
}

function printed({ done, text, detail }: Awaited<ReturnType<typeof flatten>>): Asked {
  return { done, text, document: { document: 'flatten', version: 1, done, text, ...(detail as object | undefined) } }
}
