import { nearest } from '../../errors/suggest.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import type { Checker } from '../check/checker.ts'
import { explain } from '../check/explain.ts'
import type { Findings } from '../findings.ts'
import type { LocatedDocument } from '../text/read-document.ts'
import { entry, field, joinPath, type MapEntry, type MapTree, textOf } from '../text/tree.ts'
import type { Documents } from '../values/documents.ts'
import { toPlain } from '../values/plain.ts'
import type { Resolver, Scope } from '../values/resolve.ts'
import { FRAGMENT_NODE_SCHEMA, FRAGMENT_SCHEMA, NODE_SCHEMA } from './document-schema.ts'
import { findPlugin } from './find-plugin.ts'
import { type FlatNode, type Level, newLevel } from './flat-node.ts'
import { bindFragmentParams } from './fragment-params.ts'
import { tapsOf, wirePorts } from './fragment-ports.ts'
import { kindOf } from './node-kind.ts'

/** What expanding needs from the load it is part of. */
export interface Expansion {
  readonly findings: Findings
  readonly checker: Checker
  readonly documents: Documents
  readonly resolver: Resolver
  readonly registry: PluginRegistry
  readonly lenient: boolean
}

/** Where in the pipeline a file's nodes stand. */
export interface Position {
  /** The id of the node that stands for this file; empty at the top. */
  readonly id: string
  readonly path: string
  /** The files it is inside of, itself last. */
  readonly chain: readonly string[]
}

/** Reads the nodes of a file, and those of the fragments they stand for. Their names go into the level. */
export async function expandNodes(
  document: LocatedDocument,
  scope: Scope,
  level: Level,
  position: Position,
  expansion: Expansion,
): Promise<readonly FlatNode[]> {
  const tree = field(document.tree, 'nodes')
  if (tree?.type !== 'map') return []
  if (tree.entries.length === 0) {
    const span = entry(document.tree, 'nodes')?.keySpan ?? tree.span
    expansion.findings.add(span, { code: 'CONFIG_NODES_EMPTY', path: position.path, message: 'there are no nodes' })
  }
  // A fragment of one node is that node: `plan`, not `plan.dca`.
  const alone = position.id !== '' && tree.entries.length === 1
  const nodes: FlatNode[] = []
  for (const written of tree.entries) {
    const id = alone ? position.id : position.id === '' ? written.key : `${position.id}.${written.key}`
    const at: Position = { id, path: joinPath(position.path, written.key), chain: position.chain }
    level.slots.set(written.key, { type: 'broken' })
    if (written.value.type !== 'map') continue
    const kind = kindOf(written, written.value, at.path, expansion.findings)
    const resolved = await expansion.resolver.resolve(written.value, scope, at.path)
    if (resolved?.type !== 'map') continue
    if (kind === '$nodes') nodes.push(...(await expandFragment(written, resolved, level, scope, at, expansion)))
    else {
      const node = readNode(written, resolved, kind, level, at, expansion)
      if (!node) continue
      level.slots.set(written.key, { type: 'node', node })
      nodes.push(node)
    }
  }
  return nodes
}

function readNode(
  written: MapEntry,
  resolved: MapTree,
  kind: FlatNode['kind'] | undefined,
  level: Level,
  position: Position,
  { checker, findings, registry }: Expansion,
): FlatNode | undefined {
  const { path } = position
  const { value, unknown } = toPlain(resolved, NODE_SCHEMA)
  const errors = checker.check(NODE_SCHEMA, value)
  explain(errors, { tree: resolved, path, place: written.keySpan, unknown, owner: 'a node' }, findings)
  if (!kind) return undefined
  const named = field(resolved, kind)
  const name = textOf(named)
  const plugin =
    named && name
      ? findPlugin(registry, kind, name, { span: named.span, path: joinPath(path, kind) }, findings)
      : undefined
  const known = (key: string): boolean =>
    !errors.some(error => error.instancePath === `/${key}` || error.instancePath.startsWith(`/${key}/`)) &&
    ![...unknown].some(pointer => pointer === `/${key}` || (key !== 'with' && pointer.startsWith(`/${key}/`)))
  const plain = value as Pick<FlatNode, 'edge' | 'onError'>
  return {
    id: position.id,
    name: written.key,
    kind,
    plugin,
    level,
    taps: tapsOf(field(resolved, 'from')),
    from: entry(resolved, 'from'),
    fromKnown: known('from') && !mistyped(resolved, 'from'),
    with: entry(resolved, 'with'),
    withKnown: known('with'),
    edge: known('edge') ? plain.edge : undefined,
    edgeEntry: entry(resolved, 'edge'),
    onError: known('onError') ? plain.onError : undefined,
    wallet: known('wallet') ? entry(resolved, 'wallet') : undefined,
    keySpan: written.keySpan,
    path,
  }
}

/** Whether a field of the node was probably meant to be this one. */
function mistyped(map: MapTree, key: string): boolean {
  const fields = Object.keys(NODE_SCHEMA['properties'] as object)
  return !entry(map, key) && map.entries.some(one => !fields.includes(one.key) && nearest(one.key, fields) === key)
}

async function expandFragment(
  written: MapEntry,
  resolved: MapTree,
  parent: Level,
  scope: Scope,
  position: Position,
  expansion: Expansion,
): Promise<readonly FlatNode[]> {
  const { findings, checker, documents } = expansion
  const { value, unknown } = toPlain(resolved, FRAGMENT_NODE_SCHEMA)
  const errors = checker.check(FRAGMENT_NODE_SCHEMA, value)
  explain(errors, { tree: resolved, path: position.path, place: written.keySpan, unknown, owner: '$nodes' }, findings)
  const named = entry(resolved, '$nodes')
  const name = textOf(named?.value)
  if (!named || !name) return []
  const path = joinPath(position.path, '$nodes')
  // A path from a flag or a param still belongs to the file that has the `$nodes`.
  const file = documents.beside(name, named.keySpan.source.name)
  if (position.chain.includes(file)) {
    const message = `the fragments contain each other: ${[...position.chain, file].join(' → ')}`
    findings.add(named.value.span, { code: 'CONFIG_FILE_LOOP', path, message })
    return []
  }
  const { document, why } = await documents.at(file)
  if (!document) {
    const message = `can not read "${file}": ${why}`
    const hint = 'a path is relative to the file that names it'
    findings.add(named.value.span, { code: 'CONFIG_FILE_MISSING', path, message, hint })
    return []
  }
  findings.addAll(document.diagnostics)
  if (!document.tree || !isFragment(document, checker, findings)) return []
  const user = { written, map: resolved, path: position.path }
  const params = bindFragmentParams(document.tree, user, expansion)
  const level = newLevel(parent)
  wirePorts(document.tree, level, user, findings)
  parent.slots.set(written.key, { type: 'fragment', level })
  const inside: Scope = { params, settings: scope.settings, owner: 'fragment' }
  return expandNodes(document, inside, level, { ...position, chain: [...position.chain, file] }, expansion)
}

function isFragment(document: LocatedDocument, checker: Checker, findings: Findings): boolean {
  const { tree, source } = document
  if (!tree) return false
  const pipeline = entry(tree, 'pipeline')
  if (pipeline && !entry(tree, 'fragment')) {
    const hint = 'a fragment begins with `fragment: name`'
    const message = 'this file is a pipeline; a fragment is needed here'
    findings.add(pipeline.keySpan, { code: 'CONFIG_NOT_A_PIPELINE', path: '', message, hint })
    return false
  }
  const { value, unknown } = toPlain(tree, undefined)
  explain(
    checker.check(FRAGMENT_SCHEMA, value),
    { tree, path: '', place: source.span(0, 1), unknown, owner: 'a fragment' },
    findings,
  )
  return tree.type === 'map'
}
