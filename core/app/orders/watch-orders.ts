import type { Cluster } from '../../chain/cluster/cluster.ts'
import { withTokens } from '../../chain/cluster/token-directory.ts'
import { viewStore } from '../../store/store.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { keptDirectory } from '../commands/kept-history.ts'
import type { Printed } from '../commands/printed.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { chooseWallet } from '../network/wallet-choice.ts'
import { openRegistry } from '../open-registry.ts'
import { openGround } from '../run/ground.ts'
import type { RunDocument } from '../run/run-document.ts'
import type { RunOptions } from '../run/run-options.ts'
import { openTrading } from '../run/trading.ts'
import { KeptPlans } from './kept-plans.ts'
import { KnownSecrets } from './known-secrets.ts'
import { openWhenFree } from './open-when-free.ts'
import { deskRequest, watchDesk } from './watch-desk.ts'

/**
 * `orders watch`: watches the single orders of a data directory until none is left. Where another process does, it waits
 * until that one ends, and takes over.
 *
 * @returns how it went; or that there was nothing to watch
 * @throws HISTORY_MISSING, RUN_INTERRUPTED while waiting, and what stands in the way of starting
 */
export async function watchOrders(
  options: Omit<RunOptions, 'file' | 'params' | 'set'> & { readonly verbose: boolean },
): Promise<RunDocument | Printed> {
  const real = createRealClock()
  const from_ms = real.wall_ms()
  const { environment, output } = options
  const dataDirectory = await keptDirectory(options)
  const cluster = withOrdersTokens(await findCluster(options.cluster, options.rpcUrl), dataDirectory)
  const { registry, problems } = await openRegistry({ packagesFrom: environment.workingDirectory })
  const wallet = chooseWallet({ ...options, cluster: cluster.name })
  const ground = await openGround({
    ...options,
    cluster,
    wallet,
    registry,
    dataDirectory,
    chainDirectory: dataDirectory,
    openStoreOf: (directory, random) =>
      openWhenFree(directory, random, { tell: text => output.line(text), stop: options.drain }),
  })
  try {
    ground.notices.unshift(...problems.map(({ path, error }) => `${path}: ${error.message}`))
    const plans = new KeptPlans()
    const secrets = new KnownSecrets()
    const trading = await openTrading(ground, deskRequest(), {
      ...options,
      redact: text => secrets.redact(text),
      planOf: intent => plans.of(intent),
    })
    return await watchDesk(ground, trading, plans, { kind: 'none-left' }, { ...options, from_ms, secrets })
  } finally {
    await ground.close()
  }
}

/** The cluster with the tokens of orders that wait, also those that no list has: they were agreed to when it was made. */
function withOrdersTokens(cluster: Cluster, dataDirectory: string): Cluster {
  const view = viewStore(dataDirectory)
  if (!view) return cluster
  try {
    const tokens = view.orders({ open: true }).flatMap(({ order }) => [order.intent.input, order.intent.output])
    const own = tokens.filter(token => token.cluster === cluster.name)
    return { ...cluster, tokens: withTokens(cluster.tokens, own) }
  } finally {
    view.close()
  }
}
