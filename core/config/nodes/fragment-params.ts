import { hintFor, nearest } from '../../errors/suggest.ts'
import type { Checker } from '../check/checker.ts'
import type { Findings } from '../findings.ts'
import { entry, field, joinPath, type MapEntry, type MapTree, type Tree } from '../text/tree.ts'
import { bindParams, declareParams } from '../values/params.ts'
import { usedParams } from '../values/used-params.ts'

/** The values of a fragment's own params, from the `with` of the node that uses it. */
export function bindFragmentParams(
  fragment: Tree,
  user: { readonly written: MapEntry; readonly map: MapTree; readonly path: string },
  session: { readonly checker: Checker; readonly findings: Findings; readonly lenient: boolean },
): ReadonlyMap<string, Tree | undefined> {
  const { checker, findings, lenient } = session
  const declared = declareParams(field(fragment, 'params'), checker, findings)
  const used = usedParams(field(fragment, 'nodes'))
  const names = declared.map(one => one.name)
  const path = joinPath(user.path, 'with')
  const given = field(user.map, 'with')
  const values = new Map<string, Tree>()
  const mistyped = new Set<string | undefined>()
  if (given?.type === 'unknown') for (const name of names) values.set(name, given)
  for (const one of given?.type === 'map' ? given.entries : []) {
    if (names.includes(one.key)) {
      values.set(one.key, one.value)
      continue
    }
    mistyped.add(nearest(one.key, names))
    const hint = hintFor(one.key, names, 'its params') ?? 'it takes none'
    const message = `the fragment has no param "${one.key}"`
    findings.add(one.keySpan, { code: 'CONFIG_FIELD_UNKNOWN', path: joinPath(path, one.key), message, hint })
  }
  for (const param of declared) {
    const needed = param.needed === 'always' || (param.needed === 'used' && used.has(param.name))
    if (values.has(param.name) || mistyped.has(param.name) || param.default || !needed) continue
    const about = param.description === undefined ? '' : ` (${param.description.replace(/\.$/, '')})`
    const message = `the fragment needs its param "${param.name}"${about}`
    const span = entry(user.map, 'with')?.keySpan ?? user.written.keySpan
    const hint = `add "${param.name}" under \`with\``
    findings.add(span, { code: 'CONFIG_FIELD_MISSING', path: joinPath(path, param.name), message, hint })
  }
  return bindParams(declared, values, { checker, findings, lenient, used, by: 'with', path }).trees
}
