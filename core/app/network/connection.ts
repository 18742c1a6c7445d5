import type { Cluster } from '../../chain/cluster/cluster.ts'
import type { PubSubEndpoint } from '../../chain/pubsub/line.ts'
import { createJsonRpc, type JsonRpc } from '../../chain/rpc/json-rpc.ts'
import type { Http } from '../../plugin/services.ts'
import type { Clock } from '../../time/clock.ts'

/** A chain within reach, with the time that counts there. */
export interface Connection {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly http: Http
  readonly rpcUrls: readonly string[]
  readonly jupiterUrl: string | undefined
  /** Where notifications come from. */
  readonly pubsub: PubSubEndpoint
  /** Whether the chain's time is ours to move. */
  readonly ownsTime: boolean
  /** Awaits something that may need time to pass. */
  drive<T>(work: Promise<T>): Promise<T>
  close(): Promise<void>
}

/** JSON-RPC to the connection's first endpoint. */
export function jsonRpcOf({ rpcUrls, http, clock }: Connection): JsonRpc {
  return createJsonRpc({ url: rpcUrls[0]!, fetch: http, clock })
}
