import { EVENT_KINDS } from '../../events/event.ts'
import type { Findings } from '../findings.ts'
import { joinPath } from '../text/tree.ts'
import type { FlatNode } from './flat-node.ts'
import type { Wire, Wiring } from './wires.ts'

/** Tells of wires that can carry nothing, inputs that lack, outputs nobody takes, and edges that would drop orders. */
export function checkWires(nodes: readonly FlatNode[], { wires, complete }: Wiring, findings: Findings): void {
  for (const wire of wires) checkKinds(wire, findings)
  const taken = new Set(wires.map(wire => wire.giver))
  // A name that was mistyped may have meant any node: then no output is said to be unused.
  const certain = nodes.every(node => complete.has(node))
  for (const node of nodes) {
    checkInput(node, findings)
    checkEdge(
      node,
      wires.filter(wire => wire.taker === node),
      findings,
    )
    if (certain && !taken.has(node)) checkOutput(node, findings)
  }
}

function checkKinds({ giver, taker, span }: Wire, findings: Findings): void {
  const gives = giver.plugin?.definition.gives
  const takes = taker.plugin?.definition.takes
  if (!gives || !takes || takes.length === 0 || gives.some(kind => takes.includes(kind))) return
  const path = joinPath(taker.path, 'from')
  if (gives.length === 0) {
    const message = `${label(giver)} gives nothing`
    findings.add(span, {
      code: 'CONFIG_WIRE_EMPTY',
      path,
      message,
      hint: `"${giver.id}" is the end of its line: take it out of \`from\``,
    })
    return
  }
  const message = `this wire can carry nothing: ${label(giver)} gives ${list(gives)}; ${label(taker)} takes ${list(takes)}`
  findings.add(span, {
    code: 'CONFIG_WIRE_EMPTY',
    path,
    message,
    hint: `put a node between them that makes ${list(takes, ' or ')} of ${list(gives, ' or ')}`,
  })
}

function checkInput(node: FlatNode, findings: Findings): void {
  const definition = node.plugin?.definition
  if (!definition) return
  if (definition.takes.length === 0) {
    if (!node.from) return
    const message = `${label(node)} takes nothing`
    findings.add(node.from.keySpan, {
      code: 'CONFIG_INPUT_REFUSED',
      path: joinPath(node.path, 'from'),
      message,
      hint: 'take `from` out',
    })
  } else if (!node.from && node.fromKnown) {
    const message = `${label(node)} has no input; it takes ${list(definition.takes)}`
    findings.add(node.keySpan, {
      code: 'CONFIG_INPUT_MISSING',
      path: node.path,
      message,
      hint: 'add `from` with the name of a node',
    })
  }
}

function checkOutput(node: FlatNode, findings: Findings): void {
  const definition = node.plugin?.definition
  // An execution acts by itself, and its reports return to the strategy.
  if (!definition || definition.gives.length === 0 || node.kind === 'execution' || node.kind === 'sink') return
  // What a fragment offers beside its default need not be used.
  const { outputs } = node.level
  if ([...outputs].some(([port, taps]) => port !== 'default' && taps.some(tap => tap.name === node.name))) return
  const message = `nobody takes what ${label(node)} gives (${list(definition.gives)})`
  const hint = `name "${node.name}" in the \`from\` of a node, or take it out`
  findings.add(node.keySpan, { code: 'CONFIG_OUTPUT_UNUSED', severity: 'warning', path: node.path, message, hint })
}

const KEPT = ['intent', 'report']

function checkEdge(node: FlatNode, wires: readonly Wire[], findings: Findings): void {
  const { edge, edgeEntry, plugin } = node
  if (!edge || !edgeEntry || !plugin) return
  const path = joinPath(node.path, 'edge')
  if (plugin.definition.takes.length === 0) {
    const message = `${label(node)} takes nothing, so it has no edge`
    findings.add(edgeEntry.keySpan, { code: 'CONFIG_INPUT_REFUSED', path, message, hint: 'take `edge` out' })
    return
  }
  if (edge.whenFull === 'block') return
  const carried = EVENT_KINDS.filter(
    kind =>
      KEPT.includes(kind) &&
      plugin.definition.takes.includes(kind) &&
      wires.some(wire => wire.giver.plugin?.definition.gives.includes(kind)),
  )
  if (carried.length === 0) return
  const message = `whenFull: ${edge.whenFull} may lose events, and this edge carries ${list(carried)}`
  const whenFull =
    edgeEntry.value.type === 'map' ? edgeEntry.value.entries.find(one => one.key === 'whenFull') : undefined
  const hint = 'orders and reports are never dropped: write `whenFull: block`'
  findings.add(whenFull?.value.span ?? edgeEntry.keySpan, {
    code: 'CONFIG_EDGE_DROPS',
    path: joinPath(path, 'whenFull'),
    message,
    hint,
  })
}

function label(node: FlatNode): string {
  return `"${node.id}" (${node.kind} ${node.plugin?.definition.name ?? ''})`
}

function list(kinds: readonly string[], word = ', '): string {
  return kinds.join(word)
}
