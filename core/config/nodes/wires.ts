import { hintFor } from '../../errors/suggest.ts'
import type { Findings } from '../findings.ts'
import type { Span } from '../text/source-text.ts'
import { joinPath } from '../text/tree.ts'
import type { FlatNode, Level, Tap } from './flat-node.ts'

/** A wire between two nodes; its place is where a person names the giver. */
export interface Wire {
  readonly giver: FlatNode
  readonly taker: FlatNode
  readonly span: Span
}

/** Every wire of the pipeline; `complete` tells which nodes have all of theirs. */
export interface Wiring {
  readonly wires: readonly Wire[]
  readonly complete: ReadonlySet<FlatNode>
}

/** Turns the names in every `from` into nodes, through the ports of fragments. */
export function wireNodes(nodes: readonly FlatNode[], findings: Findings): Wiring {
  const wires: Wire[] = []
  const complete = new Set<FlatNode>()
  for (const taker of nodes) {
    if (!taker.fromKnown) continue
    let whole = true
    const givers = new Set<FlatNode>()
    for (const tap of taker.taps) {
      const found = follow(taker.level, tap, joinPath(taker.path, 'from'), findings, new Set())
      if (found === 'broken') whole = false
      else {
        for (const { node, span } of found) {
          if (!givers.has(node)) wires.push({ giver: node, taker, span })
          givers.add(node)
        }
      }
    }
    if (whole) complete.add(taker)
  }
  return { wires, complete }
}

type Found = readonly { readonly node: FlatNode; readonly span: Span }[] | 'broken'

function follow(level: Level, tap: Tap, path: string, findings: Findings, passed: Set<object>): Found {
  const [name = '', port, ...rest] = tap.name.split('.')
  const refuse = (
    message: string,
    hint: string | undefined,
    code: 'CONFIG_NODE_UNKNOWN' | 'CONFIG_PORT_UNKNOWN' = 'CONFIG_PORT_UNKNOWN',
  ): Found => {
    findings.add(tap.span, { code, path, message, hint })
    return 'broken'
  }
  if (name.startsWith('$')) {
    const input = name.slice(1)
    const taps = level.inputs.get(input)
    if (!level.parent) return refuse(`"${tap.name}" names an input, and only fragments have inputs`, undefined)
    if (!taps || port !== undefined) {
      return refuse(
        `the fragment has no input "${tap.name.slice(1)}"`,
        hintFor(input, [...level.inputs.keys()], 'its inputs') ?? 'declare it under `inputs`',
      )
    }
    return followAll(level.parent, taps, path, findings, passed)
  }
  const slot = level.slots.get(name)
  if (!slot) {
    const names = [...level.slots.keys()]
    const meant = hintFor(name, [...names, ...[...level.inputs.keys()].map(input => `$${input}`)], 'the nodes are')
    return refuse(`there is no node "${name}"`, meant, 'CONFIG_NODE_UNKNOWN')
  }
  if (slot.type === 'broken') return 'broken'
  if (slot.type === 'node') {
    if (port !== undefined) return refuse(`"${name}" is a node and has no port "${port}"`, `write "${name}"`)
    return [{ node: slot.node, span: tap.span }]
  }
  const outputs = [...slot.level.outputs.keys()]
  const wanted = port ?? 'default'
  const taps = rest.length === 0 ? slot.level.outputs.get(wanted) : undefined
  if (!taps) {
    if (port === undefined)
      return refuse(
        `the fragment "${name}" has no default output`,
        outputs.length > 0
          ? `write one of ${outputs.map(one => `${name}.${one}`).join(', ')}`
          : 'declare it under `outputs`',
      )
    return refuse(
      `the fragment "${name}" has no output "${[port, ...rest].join('.')}"`,
      hintFor(port, outputs, 'its outputs') ?? 'it has no outputs',
    )
  }
  if (passed.has(taps)) return refuse('the ports of these fragments lead in a circle', undefined)
  const inner = followAll(slot.level, taps, joinPath('outputs', wanted), findings, new Set([...passed, taps]))
  return inner === 'broken' ? inner : inner.map(({ node }) => ({ node, span: tap.span }))
}

function followAll(level: Level, taps: readonly Tap[], path: string, findings: Findings, passed: Set<object>): Found {
  const all: { node: FlatNode; span: Span }[] = []
  for (const tap of taps) {
    const found = follow(level, tap, path, findings, passed)
    if (found === 'broken') return 'broken'
    all.push(...found)
  }
  return all
}
