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
  /** Name of the wallet it trades with, where that is not the run's own; only for executions. */
  readonly wallet?: string
  readonly from: readonly string[]
}

/** `execution: best-route with savings` */
export function nodeLabel({ kind, plugin, wallet }: OutlineNode): string {
  return `${kind}: ${plugin}${wallet === undefined ? '' : ` with ${wallet}`}`
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
    nodes: nodes.map(node => {
      const wallet = textOf(node.wallet?.value)
      return {
        id: node.id,
        kind: node.kind,
        plugin: node.plugin?.definition.name ?? '?',
        ...(wallet !== undefined && { wallet }),
        from: wires.filter(wire => wire.taker === node).map(wire => wire.giver.id),
      }
    }),
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
  for (const node of outline.nodes) {
    const [open, close] = SHAPES[node.kind]
    lines.push(`  ${index.get(node.id)}${open}"${node.id}<br/>${nodeLabel(node).replaceAll('"', '#quot;')}"${close}`)
  }
  for (const { id, from } of outline.nodes) {
    for (const giver of from) lines.push(`  ${index.get(giver)} --> ${index.get(id)}`)
  }
  return lines.join('\n')
}
