import { type BlockEngine, createBlockEngine } from '../../chain/mev/block-engine.ts'
import { BundleLeaders } from '../../chain/mev/leaders.ts'
import { Shield } from '../../chain/mev/shield.ts'
import type { Rpc } from '../../chain/rpc/rpc.ts'
import type { Connection } from './connection.ts'

/** The private relay that the cluster's profile names, and what protection a trade has with or without it. */
export function privateRelay(
  { cluster, http, clock }: Connection,
  rpc: Rpc,
): { readonly engine: BlockEngine | undefined; readonly shield: Shield } {
  const { jito } = cluster.profile
  if (!jito) return { engine: undefined, shield: new Shield(cluster.name, undefined) }
  const engine = createBlockEngine({ url: jito.url, tipFloorUrl: jito.tipFloorUrl, fetch: http, clock })
  return { engine, shield: new Shield(cluster.name, engine, new BundleLeaders(rpc, clock, jito.validators ?? [])) }
}
