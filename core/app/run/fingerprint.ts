import { createHash } from 'node:crypto'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { toJson } from '../../events/serialize.ts'

/** A hash of what a pipeline was told to do: its nodes with their plugins, wires and settings. Params act through them. */
export function fingerprintOf(pipeline: BoundPipeline): string {
  const nodes = pipeline.nodes.map(({ id, kind, plugin, config, from }) => [id, kind, plugin.name, config, from])
  return createHash('sha256').update(toJson(nodes)).digest('hex')
}
