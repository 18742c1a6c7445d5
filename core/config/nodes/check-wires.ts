import type { Findings } from '../findings.ts'
import { entry, joinPath } from '../text/tree.ts'
import type { FlatNode } from './flat-node.ts'
import type { Wire, Wiring } from './wires.ts'

/**
 * Tells of wires that can carry nothing, inputs that lack, outputs nobody takes, edges that would drop orders, and order
 * nodes behind one that comes last.
 */
export function checkWires(nodes: readonly FlatNode[], { wires, complete }: Wiring, findings: Findings): void {
  for (const wire of wires) {
    checkKinds(wire, findings)
    checkOrder(wire, findings)
  }
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

/** What counts orders sees the whole of what others make of one, and not what is traded: nothing it says would hold. */
function checkOrder({ giver, taker, span }: Wire, findings: Findings): void {
  if (!giver.plugin?.definition.comesLast || taker.kind !== 'order' || taker.plugin?.definition.comesLast) return
  findings.add(span, {
    code: 'CONFIG_ORDER_BEHIND',
    path: joinPath(taker.path, 'from'),
    message: `${label(taker)} stands behind ${label(giver)}, which has to come last: what is traded would be neither counted nor held back`,
    hint: `wire them the other way round: "${giver.id}" takes from "${taker.id}", and the execution from "${giver.id}"`,
  })
}

function checkInput(node: FlatNode, findings: Findings): void {
  const definition = node.plugin?.definition
  if (!definition) return
  // Reports return by themselves to the nodes their intent passed: only a sink is wired for them.
  const wanted = definition.takes.filter(kind => kind !== 'report' || node.kind === 'sink')
  if (definition.takes.length === 0) {
    if (!node.from) return
    const message = `${label(node)} takes nothing`
    findings.add(node.from.keySpan, {
      code: 'CONFIG_INPUT_REFUSED',
      path: joinPath(node.path, 'from'),
      message,
      hint: 'take `from` out',
    })
  } else if (wanted.length > 0 && !node.from && node.fromKnown) {
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
const MARKET = ['price', 'candle']

function checkEdge(node: FlatNode, wires: readonly Wire[], findings: Findings): void {
  const { edge, edgeEntry, plugin } = node
  if (!edge || !edgeEntry || !plugin) return
  const path = joinPath(node.path, 'edge')
  const { takes } = plugin.definition
  if (takes.length === 0) {
    const message = `${label(node)} takes nothing, so it has no edge`
    const hint = 'take `edge` out'
    findings.add(edgeEntry.keySpan, { code: 'CONFIG_INPUT_REFUSED', path, message, hint })
    return
  }
  const carried = takes.filter(kind => wires.some(wire => wire.giver.plugin?.definition.gives.includes(kind)))
  const kept = carried.filter(kind => KEPT.includes(kind))
  // Conflation merges market data and leaves the rest alone: it is wrong only where there is nothing to merge.
  const drops =
    edge.whenFull === 'drop-oldest' || (edge.whenFull === 'conflate' && !carried.some(kind => MARKET.includes(kind)))
  if (!drops || kept.length === 0) return
  const message = `whenFull: ${edge.whenFull} is not for intents and reports, and this edge carries ${list(kept)}`
  const whenFull = entry(edgeEntry.value, 'whenFull')?.value.span ?? edgeEntry.keySpan
  const hint = 'orders and reports are never dropped: write `whenFull: block`'
  findings.add(whenFull, { code: 'CONFIG_EDGE_DROPS', path: joinPath(path, 'whenFull'), message, hint })
}

function label(node: FlatNode): string {
  return `"${node.id}" (${node.kind} ${node.plugin?.definition.name ?? ''})`
}

function list(kinds: readonly string[], word = ', '): string {
  return kinds.join(word)
}
