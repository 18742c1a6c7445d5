import type { TokenDirectory } from '../money/token.ts'
import type { PluginRegistry } from '../registry/registry.ts'
import type { BoundPipeline } from './bound-pipeline.ts'
import { Checker } from './check/checker.ts'
import { explain } from './check/explain.ts'
import type { Findings } from './findings.ts'
import { assignWallets } from './nodes/assign-wallets.ts'
import { bindNode } from './nodes/bind.ts'
import { checkWires } from './nodes/check-wires.ts'
import { PIPELINE_SCHEMA } from './nodes/document-schema.ts'
import { expandNodes } from './nodes/expand.ts'
import { type FlatNode, newLevel } from './nodes/flat-node.ts'
import { orderNodes } from './nodes/topology.ts'
import { readWallets } from './nodes/wallets.ts'
import { type Wire, wireNodes } from './nodes/wires.ts'
import { type LoadPlugins, loadOwnPlugins } from './own-plugins.ts'
import type { LocatedDocument } from './text/read-document.ts'
import { SourceText } from './text/source-text.ts'
import { entry, field, type Tree, textOf } from './text/tree.ts'
import type { Documents } from './values/documents.ts'
import { bindParams, declareParams } from './values/params.ts'
import { deepFreeze, toPlain } from './values/plain.ts'
import { type Outside, Resolver, type Scope } from './values/resolve.ts'
import { applySets, readSets, reportUnknownVaried, reportUnreadSets } from './values/sets.ts'
import { reportUnreadSettings } from './values/unread-settings.ts'
import { usedParams } from './values/used-params.ts'

/** One reading of a pipeline, with params that are known or (lint) partly not. */
export interface Reading {
  readonly file: string
  readonly documents: Documents
  readonly findings: Findings
  readonly registry: PluginRegistry
  readonly loadPlugins: LoadPlugins | undefined
  readonly params: ReadonlyMap<string, Tree>
  readonly sets: readonly string[]
  /** Params and settings that `--param` gave. */
  readonly varied: readonly string[]
  readonly tokens: TokenDirectory | undefined
  /** Whether params that nothing gave are left open instead of told. */
  readonly lenient: boolean
  readonly outside: Outside
}

export interface ReadPipeline {
  /** Absent when something needed for it is wrong or open. */
  readonly bound: BoundPipeline | undefined
  /** All nodes that could be understood, givers first, with their wires. */
  readonly nodes: readonly FlatNode[]
  readonly wires: readonly Wire[]
}

const NOTHING: ReadPipeline = { bound: undefined, nodes: [], wires: [] }

/** From the file to a bound pipeline; what is wrong goes to the findings. */
export async function readPipeline(reading: Reading): Promise<ReadPipeline> {
  const { file, documents, findings } = reading
  const checker = Checker.for(reading.tokens)
  const document = await openPipeline(file, documents, checker, findings)
  if (!document) return NOTHING
  const { tree } = document

  const declared = declareParams(field(tree, 'params'), checker, findings)
  const used = usedParams(field(tree, 'nodes'), field(tree, 'settings'), field(tree, 'wallets'))
  const { lenient } = reading
  const params = bindParams(declared, reading.params, { checker, findings, lenient, used, by: 'flags', path: 'params' })

  const resolver = new Resolver(findings, documents, reading.outside)
  const overrides = readSets(reading.sets, findings, reading.varied)
  const written = await readSettings(tree, params.trees, resolver, checker, findings)
  const settings = applySets(written, overrides, findings)
  const scope: Scope = { params: params.trees, settings, owner: 'pipeline' }

  const wallets = await readWallets(tree, scope, { resolver, documents, checker, findings })
  const registry = await loadOwnPlugins(tree, file, reading)
  const expansion = { findings, checker, documents, resolver, registry, lenient }
  const nodes = await expandNodes(
    document,
    scope,
    newLevel(undefined),
    { id: '', path: 'nodes', chain: [file] },
    expansion,
  )
  const wiring = wireNodes(nodes, findings)
  checkWires(nodes, wiring, findings)
  const ordered = orderNodes(nodes, wiring.wires, findings)
  const walletOf = assignWallets(nodes, wiring.wires, wallets, findings)
  const bound = ordered.flatMap(node => bindNode(node, wiring.wires, walletOf(node), checker, findings) ?? [])
  const varied = { names: reading.varied, params: declared.map(({ name }) => name) }
  if (settings?.type === 'unknown') reportUnknownVaried(overrides, varied, findings)
  else reportUnreadSets(overrides, resolver.settingsRead, varied, findings)
  // A node that could not be read may have been the one to read a setting.
  if (findings.errors === 0) reportUnreadSettings(settings, resolver.settingsRead, findings)

  const result = { nodes: ordered, wires: wiring.wires }
  if (findings.errors > 0 || bound.length !== nodes.length) return { ...result, bound: undefined }
  const pipeline: BoundPipeline = {
    name: textOf(field(tree, 'pipeline')) ?? '',
    summary: textOf(field(tree, 'summary')) ?? '',
    file,
    params: deepFreeze({ ...params.values }),
    nodes: Object.freeze(bound),
    ...(wallets.entries.length > 0 && { wallets: deepFreeze(wallets.sources) }),
  }
  return { ...result, bound: Object.freeze(pipeline) }
}

/** The file as a document with the outline of a pipeline; what is wrong with it is told. */
export async function openPipeline(
  file: string,
  documents: Documents,
  checker: Checker,
  findings: Findings,
): Promise<LocatedDocument | undefined> {
  const { document, why } = await documents.at(file)
  if (!document) {
    const span = new SourceText(file, '').span(0, 1)
    const hint = file === '' ? 'give the path of a file' : 'check the path'
    findings.add(span, { code: 'CONFIG_FILE_MISSING', path: '', message: `can not read this file: ${why}`, hint })
    return undefined
  }
  findings.addAll(document.diagnostics)
  const { tree, source } = document
  if (!tree) return undefined
  const fragment = entry(tree, 'fragment')
  if (fragment && !entry(tree, 'pipeline')) {
    const hint = 'name it in a pipeline, as in `plan: {$nodes: this-file.yaml}`'
    const message = 'this file is a fragment; a pipeline is needed here'
    findings.add(fragment.keySpan, { code: 'CONFIG_NOT_A_PIPELINE', path: '', message, hint })
    return undefined
  }
  const { value, unknown } = toPlain(tree, undefined)
  const errors = checker.check(PIPELINE_SCHEMA, value).filter(error => !isWholeReference(error.instancePath, tree))
  explain(errors, { tree, path: '', place: source.span(0, 1), unknown, owner: 'a pipeline' }, findings)
  return tree.type === 'map' ? document : undefined
}

/** `settings: ${params.x}` is a text until the param is known. */
function isWholeReference(pointer: string, tree: Tree): boolean {
  return pointer === '/settings' && /^\$\{.*\}$/s.test(textOf(field(tree, 'settings')) ?? '')
}

async function readSettings(
  tree: Tree | undefined,
  params: Scope['params'],
  resolver: Resolver,
  checker: Checker,
  findings: Findings,
): Promise<Tree | undefined> {
  const written = entry(tree, 'settings')
  if (!written) return undefined
  const settings = await resolver.resolve(
    written.value,
    { params, settings: 'forbidden', owner: 'pipeline' },
    'settings',
  )
  if (!settings || settings.type === 'map' || settings.type === 'unknown') return settings
  const { value, unknown } = toPlain(settings, undefined)
  // Of the pipeline itself it was told already.
  if (settings.span !== written.value.span) {
    explain(
      checker.check({ type: 'object' }, value),
      { tree: settings, path: 'settings', place: settings.span, unknown },
      findings,
    )
  }
  return { type: 'unknown', span: settings.span }
}
