import type { BoundNode } from '../core/config/bound-pipeline.ts'
import type { AnyPlugin } from '../core/plugin/contract.ts'

/** A node as if a pipeline had it; a failure stops the run. @param config with its defaults */
export function boundNode(id: string, plugin: AnyPlugin, from: readonly string[], config: unknown): BoundNode {
  const place = { file: 'test', line: 1, column: 1 }
  return { id, kind: plugin.kind, plugin, config, from, onError: { action: 'stop' }, place }
}
