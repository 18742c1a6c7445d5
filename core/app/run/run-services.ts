import type { ChainTrader } from '../../chain/trader/trader.ts'
import type { BoundNode } from '../../config/bound-pipeline.ts'
import type { ClusterInfo, Output, Services } from '../../plugin/services.ts'
import type { Deployment } from '../../store/deployment.ts'
import type { Connection } from '../network/connection.ts'

/** What the nodes of a run are handed, by node: only their own orders differ. */
export function servicesOf(options: {
  readonly connection: Connection
  readonly genesisHash: string
  readonly wallet: string
  readonly trader: ChainTrader
  readonly deployment: Deployment
  readonly output: Output
}): (node: BoundNode) => Services {
  const { connection, deployment, output, trader } = options
  const { tokens, name, explorerLink } = connection.cluster
  const cluster: ClusterInfo = {
    name,
    genesisHash: options.genesisHash,
    rpcUrl: connection.rpcUrls[0]!,
    wallet: options.wallet,
    explorerLink,
    ...(connection.jupiterUrl === undefined ? {} : { jupiterUrl: connection.jupiterUrl }),
  }
  return node => ({
    tokens,
    trader,
    cluster,
    http: connection.http,
    orders: { list: () => deployment.journal.orders({ node: node.id }) },
    output,
    history: deployment.history,
  })
}
