import { parseDuration } from '../../time/duration.ts'
import type { BoundNode, ErrorPolicy } from '../bound-pipeline.ts'
import type { Checker } from '../check/checker.ts'
import { explain } from '../check/explain.ts'
import type { Findings } from '../findings.ts'
import { joinPath, type Tree } from '../text/tree.ts'
import { deepFreeze, toPlain } from '../values/plain.ts'
import type { JsonSchema } from '../values/schema-walk.ts'
import type { FlatNode } from './flat-node.ts'
import type { Wire } from './wires.ts'

/** Validates a node's `with` by its plugin's schema and makes it what the runtime takes. */
export function bindNode(
  node: FlatNode,
  wires: readonly Wire[],
  wallet: string | undefined,
  checker: Checker,
  findings: Findings,
): BoundNode | undefined {
  if (!node.plugin) return undefined
  const { definition } = node.plugin
  const config = node.withKnown ? checkConfig(node, definition.config, checker, findings) : undefined
  if (config === undefined) return undefined
  const { line, column } = node.keySpan.source.position(node.keySpan.start)
  const bound: BoundNode = {
    id: node.id,
    kind: node.kind,
    plugin: definition,
    config: deepFreeze(config),
    from: wires.filter(wire => wire.taker === node).map(wire => wire.giver.id),
    onError: errorPolicy(node),
    ...(wallet !== undefined && { wallet }),
    place: { file: node.keySpan.source.name, line, column },
  }
  return Object.freeze(node.edge ? { ...bound, edge: node.edge } : bound)
}

function checkConfig(node: FlatNode, schema: JsonSchema, checker: Checker, findings: Findings): unknown {
  const tree: Tree = node.with?.value ?? { type: 'map', entries: [], span: node.keySpan }
  const path = joinPath(node.path, 'with')
  const { value, unknown } = toPlain(tree, schema)
  const errors = checker.check(schema, value)
  const owner = `${node.kind} ${node.plugin?.definition.name ?? ''}`
  // A whole that comes from another file lacks its field there; one that is written here lacks it under `with`.
  const elsewhere = node.with !== undefined && tree.span.source !== node.with.keySpan.source
  const place = elsewhere ? tree.span : (node.with?.keySpan ?? node.keySpan)
  explain(errors, { tree, path, place, unknown, tokens: checker.tokens, owner }, findings)
  return errors.length === 0 && unknown.size === 0 ? value : undefined
}

/** Sinks skip, since a failing sink must not stop trading; for others the default is to stop. */
function errorPolicy(node: FlatNode): ErrorPolicy {
  const { onError } = node
  if (onError === undefined) return { action: node.kind === 'sink' ? 'skip' : 'stop' }
  if (onError === 'retry') return { action: 'retry', attempts: 3, backoff_ms: 1_000 }
  if (typeof onError === 'string') return { action: onError }
  return { action: 'retry', attempts: onError.retry, backoff_ms: parseDuration(onError.backoff) }
}
