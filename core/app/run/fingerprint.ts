import { createHash } from 'node:crypto'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { toJson } from '../../events/serialize.ts'

/**
 * A hash of what a pipeline was told to do: its nodes with their plugins, wires and settings, and the address of a wallet
 * that it names. Params act through them.
 */
export function fingerprintOf(
  pipeline: BoundPipeline,
  namedWallets: ReadonlyMap<string, { readonly publicKey: string }> = new Map(),
): string {
  const nodes = pipeline.nodes.map(({ id, kind, plugin, config, from, wallet }) => [
    id,
    kind,
    plugin.name,
    config,
    from,
    ...(wallet === undefined ? [] : [namedWallets.get(wallet)?.publicKey]),
  ])
  return createHash('sha256').update(toJson(nodes)).digest('hex')
}
