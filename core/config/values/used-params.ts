import type { Tree } from '../text/tree.ts'
import { type Reference, referencesIn } from './references.ts'

/** Every reference in the texts of a tree. */
export function referencesOf(
  tree: Tree | undefined,
  into: Reference[] = [],
  seen = new Set<Tree>(),
): readonly Reference[] {
  if (!tree || seen.has(tree)) return into
  seen.add(tree)
  if (tree.type === 'scalar' && typeof tree.value === 'string') into.push(...referencesIn(tree.value))
  else if (tree.type === 'list') for (const item of tree.items) referencesOf(item, into, seen)
  else if (tree.type === 'map') for (const one of tree.entries) referencesOf(one.value, into, seen)
  return into
}

/** The names of the params that the texts of a tree refer to. */
export function usedParams(...trees: readonly (Tree | undefined)[]): ReadonlySet<string> {
  const references = trees.flatMap(tree => referencesOf(tree))
  return new Set(
    references.flatMap(one => (one.scope === 'params' && one.steps[0] !== undefined ? [one.steps[0]] : [])),
  )
}
