import { createHash } from 'node:crypto'
import type { BoundPipeline, EdgePolicy, ErrorPolicy } from '../../config/bound-pipeline.ts'
import { toJson } from '../../events/serialize.ts'
import type { AnyPlugin, PluginKind } from '../../plugin/contract.ts'

/** A node as a plan keeps it: bound, with the names of secrets in place of their values. */
export interface PlannedNode {
  readonly id: string
  readonly kind: PluginKind
  readonly plugin: string
  readonly version: string
  readonly config: unknown
  readonly from: readonly string[]
  readonly edge?: EdgePolicy
  readonly onError: ErrorPolicy
}

/** What it takes to watch an order in any process: the order node, what tells it prices, and what trades for it. */
export interface OrderPlan {
  /** Of this form. */
  readonly version: 1
  /** Id of the node that holds the order. */
  readonly holder: string
  /** Givers first. */
  readonly nodes: readonly PlannedNode[]
}

/**
 * The plan of a pipeline's order node, without who asked for the order. Ids follow from what the nodes are: equal nodes
 * of two plans have equal ids. An order node is equal to another when it looks at the same prices and trades by the same
 * way, however many orders it holds.
 *
 * @throws RangeError when the pipeline has no node of kind order
 */
export function planOf(
  pipeline: BoundPipeline,
  options: {
    readonly versionOf: (plugin: AnyPlugin) => string
    readonly withoutSecrets: <T>(value: T) => T
  },
): OrderPlan {
  const nodes = pipeline.nodes.filter(node => node.kind !== 'strategy')
  const first = nodes.find(node => node.kind === 'order')
  if (!first) throw new RangeError(`the pipeline ${pipeline.name} has no order node`)
  const kept = new Set(nodes.map(node => node.id))
  const planned = nodes.map(({ id, kind, plugin, config, from, edge, onError }) => ({
    id,
    kind,
    plugin: plugin.name,
    version: options.versionOf(plugin),
    config: options.withoutSecrets(config),
    from: from.filter(giver => kept.has(giver)),
    ...(edge && { edge }),
    onError,
  }))
  const ids = idsOf(planned)
  return {
    version: 1,
    holder: ids.get(first.id)!,
    nodes: planned.map(node => ({
      ...node,
      id: ids.get(node.id)!,
      from: node.from.map(giver => ids.get(giver)!),
    })),
  }
}

function idsOf(nodes: readonly PlannedNode[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  const nameOf = (node: PlannedNode, around: readonly string[]): string => {
    const { kind, plugin, config, edge, onError } = node
    const hash = createHash('sha256')
      .update(toJson([kind, plugin, config, edge ?? null, onError, around]))
      .digest('hex')
    return `${plugin}-${hash.slice(0, 6)}`
  }
  const takersOf = ({ id }: PlannedNode): PlannedNode[] => nodes.filter(({ from }) => from.includes(id))
  const given = ({ from }: PlannedNode): string[] => from.map(giver => ids.get(giver) ?? '')
  // What trades and what tells is known by itself, prices by what they are made of, and an order node by all around it.
  for (const node of nodes) if (node.kind === 'execution' || node.kind === 'sink') ids.set(node.id, nameOf(node, []))
  for (const node of nodes)
    if (node.kind === 'source' || node.kind === 'signal') ids.set(node.id, nameOf(node, given(node)))
  for (const node of nodes.toReversed()) {
    if (node.kind !== 'order') continue
    const traders = takersOf(node).filter(({ kind }) => kind === 'order' || kind === 'execution')
    const around = [...given(node), ...traders.map(({ id }) => ids.get(id)!)]
    ids.set(node.id, nameOf(node, around.sort()))
  }
  return ids
}
