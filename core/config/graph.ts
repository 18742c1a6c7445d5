import type { PluginKind } from '../plugin/contract.ts'
import type { FlatNode } from './nodes/flat-node.ts'
import type { Wire } from './nodes/wires.ts'
import { field, type Tree, textOf } from './text/tree.ts'

/** What a drawing needs of a pipeline. */
export interface PipelineOutline {
  readonly name: string
  /** Which of several alternatives it is, as in `type is dca`; empty when there is one. */
  readonly alternative: string
  /** Givers before takers. */
  readonly nodes: readonly OutlineNode[]
}

interface OutlineNode {
  readonly id: string
  readonly kind: PluginKind
  readonly plugin: string
  readonly from: readonly string[]
}

export function outlineOf(
  tree: Tree,
  alternative: string,
  nodes: readonly FlatNode[],
  wires: readonly Wire[],
): PipelineOutline {
  return {
    name: textOf(field(tree, 'pipeline')) ?? '',
    alternative,
    nodes: nodes.map(node => ({
      id: node.id,
      kind: node.kind,
      plugin: node.plugin?.definition.name ?? '?',
      from: wires.filter(wire => wire.taker === node).map(wire => wire.giver.id),
    })),
  }
}

const SHAPES: Readonly<Record<PluginKind, readonly [string, string]>> = {
  source: ['([', '])'],
  signal: ['[', ']'],
  strategy: ['{{', '}}'],
  order: ['[/', '/]'],
  execution: ['[[', ']]'],
  sink: ['[(', ')]'],
}

/** A Mermaid flowchart, left to right; each kind of node has its shape. */
export function mermaid(outline: PipelineOutline): string {
  const index = new Map(outline.nodes.map((node, at) => [node.id, `n${at}`]))
  const lines = ['flowchart LR']
  for (const { id, kind, plugin } of outline.nodes) {
    const [open, close] = SHAPES[kind]
    lines.push(`  ${index.get(id)}${open}"${id}<br/>${kind}: ${plugin.replaceAll('"', '#quot;')}"${close}`)
  }
  for (const { id, from } of outline.nodes) {
    for (const giver of from) lines.push(`  ${index.get(giver)} --> ${index.get(id)}`)
  }
  return lines.join('\n')
}
