import type { BoundNode } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { PluginInstance } from '../../plugin/contract.ts'

/** @throws NODE_INVALID when a plugin's running part can not do what its place in the pipeline asks of it */
export function checkInstance(node: BoundNode, instance: PluginInstance, hasGivers: boolean): void {
  const invalid = (what: string): ForgeError =>
    new ForgeError('NODE_INVALID', {
      message: `the plugin ${node.kind}/${node.plugin.name} ${what}`,
      context: { node: node.id },
    })
  if (typeof instance !== 'object' || instance === null) throw invalid('gives nothing from `setup` that could run')
  const { process, operator, events, pull } = instance
  if (process && operator) throw invalid('gives both `process` and `operator`')
  if (events && pull) throw invalid('gives both `events` and `pull`')
  if (hasGivers && !process && !operator) throw invalid('gives neither `process` nor `operator`')
}
