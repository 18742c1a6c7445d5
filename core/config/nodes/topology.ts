import type { Findings } from '../findings.ts'
import { joinPath } from '../text/tree.ts'
import type { FlatNode } from './flat-node.ts'
import type { Wire } from './wires.ts'

/** The nodes with every giver before its takers, otherwise as written; each cycle is told with its nodes in order. */
export function orderNodes(
  nodes: readonly FlatNode[],
  wires: readonly Wire[],
  findings: Findings,
): readonly FlatNode[] {
  const incoming = new Map<FlatNode, Wire[]>(nodes.map(node => [node, []]))
  for (const wire of wires) incoming.get(wire.taker)?.push(wire)
  const ordered: FlatNode[] = []
  const state = new Map<FlatNode, 'open' | 'done'>()
  const told = new Set<string>()

  // Depth first by a stack of our own: a pipeline may be long.
  for (const root of nodes) {
    if (state.has(root)) continue
    const stack: { node: FlatNode; next: number }[] = [{ node: root, next: 0 }]
    state.set(root, 'open')
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const wire = incoming.get(top.node)![top.next]
      top.next += 1
      if (!wire) {
        state.set(top.node, 'done')
        ordered.push(top.node)
        stack.pop()
      } else if (!state.has(wire.giver)) {
        state.set(wire.giver, 'open')
        stack.push({ node: wire.giver, next: 0 })
      } else if (state.get(wire.giver) === 'open') {
        const start = stack.findIndex(one => one.node === wire.giver)
        // The stack goes against the wires; a person reads along them.
        tell(
          stack
            .slice(start)
            .map(one => one.node)
            .reverse(),
          nodes,
          wires,
          told,
          findings,
        )
      }
    }
  }
  return ordered
}

function tell(
  found: readonly FlatNode[],
  nodes: readonly FlatNode[],
  wires: readonly Wire[],
  told: Set<string>,
  findings: Findings,
): void {
  // It begins with the node that is written first, and is told where that node names the one before it.
  const first = found.reduce((a, b) => (nodes.indexOf(b) < nodes.indexOf(a) ? b : a))
  const at = found.indexOf(first)
  const cycle = [...found.slice(at), ...found.slice(0, at)]
  const ids = cycle.map(node => node.id)
  if (told.has(ids.join(' '))) return
  told.add(ids.join(' '))
  const last = cycle[cycle.length - 1]
  const closing = wires.find(wire => wire.taker === first && wire.giver === last)
  const message =
    ids.length === 1
      ? `"${ids[0]}" takes from itself`
      : `these nodes wait for each other: ${[...ids, ids[0]].join(' → ')}`
  const hint = 'reports of orders return to their strategy by themselves; no wire goes back'
  const span = closing?.span ?? first.keySpan
  findings.add(span, { code: 'CONFIG_CYCLE', path: joinPath(first.path, 'from'), message, hint })
}
