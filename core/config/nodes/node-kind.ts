import { nearest } from '../../errors/suggest.ts'
import { PLUGIN_KINDS, type PluginKind } from '../../plugin/contract.ts'
import type { Findings } from '../findings.ts'
import type { MapEntry, MapTree } from '../text/tree.ts'

const KEYS = [...PLUGIN_KINDS, '$nodes']
const OTHERS = ['from', 'with', 'edge', 'onError', 'wallet']

/** The one key of a node that says what it is; none or several are told. */
export function kindOf(
  written: MapEntry,
  map: MapTree,
  path: string,
  findings: Findings,
): PluginKind | '$nodes' | undefined {
  const kinds = map.entries.filter(one => KEYS.includes(one.key))
  const [first, second] = kinds
  if (second) {
    const message = `the node is ${kinds.map(one => one.key).join(' and ')} at once`
    findings.add(second.keySpan, { code: 'CONFIG_NODE_KIND', path, message, hint: 'make a node of each' })
    return undefined
  }
  if (first) return first.key as PluginKind | '$nodes'
  const mistyped = map.entries.some(
    one => !OTHERS.includes(one.key) && KEYS.includes(nearest(one.key, [...KEYS, ...OTHERS]) ?? ''),
  )
  if (!mistyped) {
    const hint = `add one of ${KEYS.join(', ')}, as in \`sink: console\``
    findings.add(written.keySpan, { code: 'CONFIG_NODE_KIND', path, message: 'the node does not say what it is', hint })
  }
  return undefined
}
