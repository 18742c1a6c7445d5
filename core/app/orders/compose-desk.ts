import type { BoundNode, BoundPipeline } from '../../config/bound-pipeline.ts'
import { toJson } from '../../events/serialize.ts'
import type { AnyPlugin } from '../../plugin/contract.ts'
import type { OrderPlan, PlannedNode } from './order-plan.ts'

/** Name of the pipeline, and so of the deployment, that all single orders of a data directory share. */
export const DESK_PIPELINE = 'orders'

/** Makes a planned node one that can run. */
export type Equip = (node: PlannedNode) => { readonly plugin: AnyPlugin; readonly config: unknown }

/**
 * One pipeline that watches the orders of all plans: equal nodes are one node, with the givers of all. Its nodes, their
 * ids and their order follow from the plans alone. Ten thousand orders of one kind are as many nodes as one. What the
 * asker gives goes to every order node: who gives new orders composes plans of one holder only.
 *
 * @param asker The node that new orders come from.
 * @throws what `equip` throws
 */
export function composeDesk(plans: readonly OrderPlan[], asker: BoundNode, equip: Equip): BoundPipeline {
  const merged = new Map<string, { readonly node: PlannedNode; readonly from: Set<string> }>()
  // Thousands of orders have one and the same plan.
  const distinct = new Map(plans.map(plan => [toJson(plan), plan]))
  for (const [, plan] of [...distinct].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const node of plan.nodes) {
      const known = merged.get(node.id) ?? { node, from: new Set<string>() }
      merged.set(node.id, known)
      for (const giver of node.from) known.from.add(giver)
    }
    merged.get(plan.holder)!.from.add(asker.id)
  }
  const nodes = [...merged.values()].map(({ node, from }) => boundOf(node, [...from].sort(), equip))
  return {
    name: DESK_PIPELINE,
    summary: 'Watches single orders.',
    file: DESK_PIPELINE,
    params: {},
    nodes: topological([asker, ...nodes]),
  }
}

function boundOf(node: PlannedNode, from: readonly string[], equip: Equip): BoundNode {
  const { id, kind, edge, onError } = node
  const place = { file: DESK_PIPELINE, line: 1, column: 1 }
  return { id, kind, ...equip(node), from, onError, place, ...(edge && { edge }) }
}

/** Givers first; of those that could come next, the one by id. Plans have no cycles, and merging makes none. */
function topological(nodes: readonly BoundNode[]): BoundNode[] {
  const left = [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1))
  const placed = new Set<string>()
  const ordered: BoundNode[] = []
  while (left.length > 0) {
    const next = left.findIndex(({ from }) => from.every(giver => placed.has(giver)))
    if (next === -1) throw new RangeError(`a cycle among ${left.map(({ id }) => id).join(', ')}`)
    const [node] = left.splice(next, 1)
    placed.add(node!.id)
    ordered.push(node!)
  }
  return ordered
}
