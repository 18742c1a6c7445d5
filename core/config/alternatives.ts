import { PLUGIN_KINDS } from '../plugin/contract.ts'
import type { Checker } from './check/checker.ts'
import { Findings } from './findings.ts'
import { field, givenScalar, type MapEntry, type ScalarTree, shownText, type Tree, textOf } from './text/tree.ts'
import { declareParams, type ParamDeclaration } from './values/params.ts'
import { referencesIn } from './values/references.ts'
import { referencesOf } from './values/used-params.ts'

/** One choice of values for the params that have finitely many. */
export interface Alternative {
  readonly params: ReadonlyMap<string, Tree>
  /** As in `type is dca`; empty when nothing varies. */
  readonly label: string
}

/** All combinations are tried up to this many; beyond it, every value once. */
const MOST = 64

/**
 * The alternatives lint has to look at. Params that choose names (of plugins and files) are combined with each other;
 * those that only give values take each of theirs once. Others keep their default, or stay open.
 */
export function alternativesOf(tree: Tree, fixed: ReadonlyMap<string, Tree>, checker: Checker): readonly Alternative[] {
  // What is wrong with the declarations is told by the reading itself.
  const declared = declareParams(field(tree, 'params'), checker, new Findings())
  const free = declared.filter(param => !fixed.has(param.name) && valuesOf(param).length > 0)
  const names = namingParams(tree)
  const naming = free.filter(param => names.has(param.name))
  const others = free.filter(param => !names.has(param.name))

  const combined = product(naming)
  const base =
    combined.length <= MOST
      ? combined
      : naming.flatMap(param => valuesOf(param).map(value => new Map([[param, value]])))
  const choices = base.length === 0 ? [new Map<ParamDeclaration, Value>()] : [...base]
  const first = choices[0]!
  for (const param of others) {
    for (const value of valuesOf(param)) {
      const isDefault = param.default?.type === 'scalar' && param.default.value === value.value
      if (!isDefault) choices.push(new Map([...first, [param, value]]))
    }
  }
  return choices.map(choice => {
    const params = new Map(fixed)
    for (const param of naming) if (!choice.has(param) && !param.default) params.set(param.name, open(param))
    for (const [param, value] of choice) params.set(param.name, value)
    const label = [...choice].map(([param, value]) => `${param.name} is ${shownText(value)}`).join(' and ')
    return { params, label }
  })
}

type Value = ScalarTree

/** Every value a param may have, at the place where it is listed; none when they are not finitely many. */
function valuesOf(param: ParamDeclaration): readonly Value[] {
  const listed = param.values.filter((one): one is ScalarTree => one.type === 'scalar' && one.value !== null)
  if (listed.length > 0) return listed.slice(0, MOST).map(one => ({ ...one, coercible: true }))
  if (param.schema['type'] !== 'boolean') return []
  return [true, false].map(value => givenScalar(value, param.keySpan))
}

function product(params: readonly ParamDeclaration[]): readonly Map<ParamDeclaration, Value>[] {
  let all: Map<ParamDeclaration, Value>[] = [new Map()]
  for (const param of params) {
    all = all.flatMap(before => valuesOf(param).map(value => new Map([...before, [param, value]])))
    if (all.length > MOST * MOST) return all
  }
  return params.length === 0 ? [] : all
}

function open(param: ParamDeclaration): Tree {
  return { type: 'unknown', span: param.keySpan }
}

/** The params that stand in the name of a plugin, a fragment or an included file. */
function namingParams(tree: Tree): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (text: string | undefined): void => {
    for (const { scope, steps } of referencesIn(text ?? '')) if (scope === 'params' && steps[0]) names.add(steps[0])
  }
  const nodes = field(tree, 'nodes')
  for (const { value } of nodes?.type === 'map' ? nodes.entries : []) {
    for (const key of [...PLUGIN_KINDS, '$nodes']) add(textOf(field(value, key)))
    for (const { steps, scope } of referencesOf(field(value, 'from')))
      if (scope === 'params' && steps[0]) names.add(steps[0])
  }
  for (const file of filesIn(tree, new Set())) add(textOf(file.value))
  return names
}

function filesIn(tree: Tree, seen: Set<Tree>): readonly MapEntry[] {
  if (seen.has(tree)) return []
  seen.add(tree)
  if (tree.type === 'list') return tree.items.flatMap(item => filesIn(item, seen))
  if (tree.type !== 'map') return []
  return tree.entries.flatMap(one => (one.key === '$file' ? [one] : filesIn(one.value, seen)))
}
