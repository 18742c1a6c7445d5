import { hintFor, nearest } from '../../errors/suggest.ts'
import type { Findings } from '../findings.ts'
import type { Span } from '../text/source-text.ts'
import { entry, field, joinPath, type MapEntry, type MapTree, type Tree, textOf } from '../text/tree.ts'
import type { Level, Tap } from './flat-node.ts'

/** The names in a `from`, an input or an output: one text or a list. */
export function tapsOf(tree: Tree | undefined): readonly Tap[] {
  const items = tree?.type === 'list' ? tree.items : tree ? [tree] : []
  return items.flatMap(item => {
    const name = textOf(item)
    return name ? [{ name, span: item.span }] : []
  })
}

/** The node that uses a fragment. */
interface User {
  readonly written: MapEntry
  readonly map: MapTree
  readonly path: string
}

/** Fills the ports of a fragment: inputs from the node that uses it, outputs from the fragment's file. */
export function wirePorts(fragment: Tree, level: Level, user: User, findings: Findings): void {
  const inputs = field(fragment, 'inputs')
  const declared = inputs?.type === 'map' ? inputs.entries : []
  const names = declared.map(one => one.key)
  const wired = wiredInputs(names, user, findings)
  for (const one of declared) {
    const optional = field(one.value, 'optional')
    const given = wired.get(one.key)
    level.inputs.set(one.key, given ?? [])
    const mistyped = strangers(user.map, names).some(name => nearest(name, names) === one.key)
    if (given || mistyped || (optional?.type === 'scalar' && optional.value === true)) continue
    const span = entry(user.map, 'ports')?.keySpan ?? user.written.keySpan
    const message = `the input "${one.key}" of the fragment is not wired`
    const hint = names.length === 1 ? 'add `from`' : `add "${one.key}: node" under \`ports\``
    findings.add(span, { code: 'CONFIG_PORT_MISSING', path: joinPath(user.path, 'ports', one.key), message, hint })
  }
  const outputs = field(fragment, 'outputs')
  for (const one of outputs?.type === 'map' ? outputs.entries : []) level.outputs.set(one.key, tapsOf(one.value))
  const nodes = field(fragment, 'nodes')
  const only = nodes?.type === 'map' && nodes.entries.length === 1 ? nodes.entries[0] : undefined
  if (level.outputs.size === 0 && only) level.outputs.set('default', [{ name: only.key, span: only.keySpan }])
}

/** Ports that are wired and do not exist. */
function strangers(map: MapTree, names: readonly string[]): readonly string[] {
  const ports = field(map, 'ports')
  return ports?.type === 'map' ? ports.entries.map(one => one.key).filter(key => !names.includes(key)) : []
}

function wiredInputs(names: readonly string[], user: User, findings: Findings): ReadonlyMap<string, readonly Tap[]> {
  const wired = new Map<string, readonly Tap[]>()
  const refuse = (span: Span, path: string, message: string, hint: string): void => {
    findings.add(span, { code: 'CONFIG_PORT_UNKNOWN', path, message, hint })
  }
  const from = entry(user.map, 'from')
  if (from) {
    const only = names.length === 1 ? names[0] : names.find(name => name === 'default')
    const path = joinPath(user.path, 'from')
    if (only !== undefined) wired.set(only, tapsOf(from.value))
    else if (names.length === 0) refuse(from.keySpan, path, 'the fragment has no inputs', 'take `from` out')
    else {
      const ports = names.map(name => `${name}: …`).join(', ')
      refuse(from.keySpan, path, 'the fragment has several inputs', `wire them by name: ports: {${ports}}`)
    }
  }
  const ports = field(user.map, 'ports')
  for (const one of ports?.type === 'map' ? ports.entries : []) {
    if (names.includes(one.key)) {
      wired.set(one.key, tapsOf(one.value))
      continue
    }
    const hint = hintFor(one.key, names, 'its inputs') ?? 'it has no inputs'
    refuse(one.keySpan, joinPath(user.path, 'ports', one.key), `the fragment has no input "${one.key}"`, hint)
  }
  return wired
}
