import type { Span } from './source-text.ts'

/**
 * What was written, with the place of every part. Trees are immutable and may share parts (aliases, settings used by
 * several nodes), so that a value keeps the place where a person can change it, wherever it ends up.
 */
export type Tree = ScalarTree | ListTree | MapTree | UnknownTree

export interface ScalarTree {
  readonly type: 'scalar'
  readonly value: string | number | boolean | null
  /** As written, so that `140.10` keeps its digits. */
  readonly text: string
  /** Came as text from a flag, the environment or an interpolation: its type is its field's to say. */
  readonly coercible: boolean
  /** What messages show instead of the value, which comes from a secret or the environment. */
  readonly shown?: string
  /** Must not be printed, even by what prints a configuration. */
  readonly secret?: boolean
  readonly span: Span
}

interface ListTree {
  readonly type: 'list'
  readonly items: readonly Tree[]
  readonly span: Span
}

export interface MapTree {
  readonly type: 'map'
  readonly entries: readonly MapEntry[]
  readonly span: Span
}

export interface MapEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: Tree
}

/** A value that only a run will know: lint checks around it. */
interface UnknownTree {
  readonly type: 'unknown'
  readonly span: Span
}

/** The value of a map's field. */
export function field(tree: Tree | undefined, key: string): Tree | undefined {
  return entry(tree, key)?.value
}

export function entry(tree: Tree | undefined, key: string): MapEntry | undefined {
  return tree?.type === 'map' ? tree.entries.find(one => one.key === key) : undefined
}

/** The text of a scalar that is a text. */
export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.type === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined
}

/** What messages show of a scalar: the text as written, shortened; never a secret. */
export function shownText(tree: Tree): string {
  if (tree.type !== 'scalar') return describeType(tree)
  const text = tree.shown ?? String(tree.value ?? 'null')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** `a number`, `a list`, … */
export function describeType(tree: Tree): string {
  if (tree.type === 'map') return 'a group of fields'
  if (tree.type === 'list') return 'a list'
  if (tree.type === 'unknown') return 'a value'
  if (tree.value === null) return 'empty'
  return (
    { string: 'a text', number: 'a number', boolean: 'a true or false' }[typeof tree.value as 'string'] ?? 'a value'
  )
}

/** A text, number or boolean that came by a flag. */
export function givenScalar(value: string | number | boolean, span: Span): ScalarTree {
  return { type: 'scalar', value, text: String(value), coercible: true, span }
}

/** The part a JSON pointer's steps lead to, as far as it exists, with the span of the last key passed. */
export function locate(tree: Tree, steps: readonly string[]): { readonly tree: Tree; readonly keySpan?: Span } {
  let at = tree
  let keySpan: Span | undefined
  for (const step of steps) {
    if (at.type === 'map') {
      const found = entry(at, step)
      if (!found) break
      at = found.value
      keySpan = found.keySpan
    } else if (at.type === 'list') {
      const item = at.items[Number(step)]
      if (!item) break
      at = item
      keySpan = undefined
    } else break
  }
  return keySpan ? { tree: at, keySpan } : { tree: at }
}

/** `nodes.swap.with.venues[0]` from its parts. */
export function joinPath(base: string, ...steps: readonly (string | number)[]): string {
  let path = base
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`
    else if (/^[\w$-]+$/.test(step)) path += path === '' ? step : `.${step}`
    else path += `[${JSON.stringify(step)}]`
  }
  return path
}

/** A JSON pointer's steps onto a path, list indices in brackets. */
export function joinPointer(base: string, tree: Tree, steps: readonly string[]): string {
  let path = base
  let at: Tree | undefined = tree
  for (const step of steps) {
    if (at?.type === 'list') {
      path = joinPath(path, Number(step))
      at = at.items[Number(step)]
    } else {
      path = joinPath(path, step)
      at = field(at, step)
    }
  }
  return path
}
