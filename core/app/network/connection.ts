import type { Cluster } from '../../chain/cluster/cluster.ts'
import type { EndpointPool } from '../../chain/endpoints/pool.ts'
import type { PubSubEndpoint } from '../../chain/pubsub/line.ts'
import type { JsonRpc } from '../../chain/rpc/json-rpc.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'

/** A chain within reach, with the time that counts there. */
export interface Connection {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly http: Http
  /** The chain's RPC endpoints behind one. */
  readonly endpoints: EndpointPool
  readonly rpcUrls: readonly string[]
  readonly jupiterUrl: string | undefined
  /** Where notifications come from. */
  readonly pubsub: PubSubEndpoint
  /** Whether the chain lives in this process, so that nobody else can reach it. */
  readonly isEmbedded: boolean
  /** Whether the chain's time is ours to move. */
  readonly ownsTime: boolean
  /** Awaits something that may need time to pass. */
  drive<T>(work: Promise<T>): Promise<T>
  close(): Promise<void>
}

/** JSON-RPC to the connection's endpoints. */
export function jsonRpcOf({ endpoints }: Connection): JsonRpc {
  return endpoints.call
}
