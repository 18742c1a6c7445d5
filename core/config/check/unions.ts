import type { ErrorObject } from 'ajv/dist/2020.js'

/**
 * ajv tells of every branch of a union that did not fit. Of those only the branch that was meant is kept: the one whose
 * type and fixed values fit. Without one, a single error lists what all branches allow.
 *
 * @param known errors without those about values only a run knows
 * @param all every error, to see which branches fail only for such values
 */
export function settleUnions(
  known: readonly ErrorObject[],
  all: readonly ErrorObject[],
  unknown: ReadonlySet<string>,
): readonly ErrorObject[] {
  let left = known
  // Outer unions are reported after their branches, so the last is the outermost.
  for (const union of [...known].reverse().filter(error => error.keyword === 'anyOf' || error.keyword === 'oneOf')) {
    if (!left.includes(union)) continue
    left = settle(union, left, all, unknown)
  }
  return left
}

function settle(
  union: ErrorObject,
  errors: readonly ErrorObject[],
  all: readonly ErrorObject[],
  unknown: ReadonlySet<string>,
): readonly ErrorObject[] {
  const inside = new RegExp(`^${escapeRegExp(union.schemaPath)}/(\\d+)/`)
  const belongs = (error: ErrorObject): string | undefined =>
    error.instancePath.startsWith(union.instancePath) ? inside.exec(error.schemaPath)?.[1] : undefined
  const branches = new Map<string, ErrorObject[]>()
  for (const error of all) {
    const branch = belongs(error)
    if (branch !== undefined) branches.set(branch, [])
  }
  for (const error of errors) {
    const branch = belongs(error)
    if (branch !== undefined) branches.get(branch)?.push(error)
  }
  const others = errors.filter(error => error !== union && belongs(error) === undefined)
  // A branch that fails only for what is not known yet may fit.
  if (unknown.size > 0 && [...branches.values()].some(list => list.length === 0)) return others
  if (branches.size === 0) return [...others, union]

  const meant = [...branches.values()].filter(list => !list.some(error => excludes(error, union.instancePath)))
  if (meant.length > 0) {
    const best = meant.reduce((a, b) => (b.length < a.length ? b : a))
    return [...others, ...best]
  }
  const values = [...branches.values()].flat().flatMap(allowedAt(union.instancePath))
  const first = [...branches.values()].flat().find(error => error.keyword === 'const' || error.keyword === 'enum')
  if (first && values.length > 0) {
    const instancePath = first.instancePath
    return [...others, { ...first, keyword: 'enum', instancePath, params: { allowedValues: [...new Set(values)] } }]
  }
  const types = [...branches.values()]
    .flat()
    .filter(error => error.keyword === 'type' && error.instancePath === union.instancePath)
  if (types[0]) {
    const names = types.flatMap(error => (error.params as { type: string | string[] }).type)
    return [...others, { ...types[0], params: { type: [...new Set(names)] } }]
  }
  return [...others, ...([...branches.values()].sort((a, b) => a.length - b.length)[0] ?? [union])]
}

/** Says that a branch was not the one meant: another type, or another fixed value of one of its fields. */
function excludes(error: ErrorObject, at: string): boolean {
  const own = error.instancePath === at
  const child = error.instancePath.startsWith(`${at}/`) && !error.instancePath.slice(at.length + 1).includes('/')
  return (
    (own && error.keyword === 'type') ||
    ((own || child) && (error.keyword === 'const' || (own && error.keyword === 'enum')))
  )
}

function allowedAt(at: string): (error: ErrorObject) => readonly unknown[] {
  return error => {
    if (!error.instancePath.startsWith(at)) return []
    const params = error.params as { allowedValue?: unknown; allowedValues?: unknown[] }
    return error.keyword === 'const'
      ? [params.allowedValue]
      : error.keyword === 'enum'
        ? (params.allowedValues ?? [])
        : []
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
