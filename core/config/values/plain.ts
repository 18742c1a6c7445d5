import { inspect } from 'node:util'
import type { ScalarTree, Tree } from '../text/tree.ts'
import { acceptedTypes, type JsonSchema, schemaOfField, schemaOfItem } from './schema-walk.ts'

/** A tree as plain values. */
export interface PlainValue {
  readonly value: unknown
  /** JSON pointers of what only a run will know; a placeholder stands there. */
  readonly unknown: ReadonlySet<string>
}

/**
 * Plain objects for validation and for plugins. Texts from flags, the environment and interpolation take the type
 * their field wants; what was written with a type keeps it. Objects that hold a secret print without it.
 */
export function toPlain(tree: Tree, schema: JsonSchema | undefined): PlainValue {
  const unknown = new Set<string>()
  return { value: plain(tree, schema, '', unknown), unknown }
}

function plain(tree: Tree, schema: JsonSchema | undefined, pointer: string, unknown: Set<string>): unknown {
  switch (tree.type) {
    case 'unknown':
      unknown.add(pointer)
      return null
    case 'scalar':
      return coerced(tree, schema)
    case 'list': {
      const items = tree.items.map((item, index) => plain(item, schemaOfItem(schema), `${pointer}/${index}`, unknown))
      return hideSecrets(items, secretKeys(tree.items.map((item, index) => [String(index), item])))
    }
    case 'map': {
      const object: Record<string, unknown> = {}
      for (const { key, value } of tree.entries) {
        object[key] = plain(value, schemaOfField(schema, key), `${pointer}/${pointerStep(key)}`, unknown)
      }
      return hideSecrets(object, secretKeys(tree.entries.map(one => [one.key, one.value])))
    }
  }
}

/** A key as a step of a JSON pointer (RFC 6901). */
function pointerStep(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function coerced(leaf: ScalarTree, schema: JsonSchema | undefined): unknown {
  const types = acceptedTypes(schema)
  // A price may be written as a number; its digits are what counts.
  if (typeof leaf.value === 'number' && schema?.['format'] === 'price' && !types.has('number')) return leaf.text
  if (!leaf.coercible || types.size === 0) return leaf.value
  if (typeof leaf.value !== 'string')
    return types.has('string') && !types.has(typeof leaf.value) ? leaf.text : leaf.value
  if (types.has('string')) return leaf.value
  const text = leaf.value.trim()
  if ((types.has('number') || types.has('integer')) && NUMBER.test(text)) return Number(text)
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  return leaf.value
}

function secretKeys(parts: readonly (readonly [string, Tree])[]): ReadonlySet<string> {
  return new Set(parts.filter(([, part]) => part.type === 'scalar' && part.secret).map(([key]) => key))
}

/** The value stays readable for the plugin; what prints the whole object (JSON, inspect, a list's text) does not show it. */
function hideSecrets<T extends object>(object: T, keys: ReadonlySet<string>): T {
  if (keys.size === 0) return object
  for (const [key, value] of Object.entries(object)) {
    // Even an inspection that asks nobody, such as console.dir, does not run a getter.
    if (keys.has(key)) Object.defineProperty(object, key, { get: () => value, enumerable: true })
  }
  const shown = (): unknown => {
    const pairs = Object.entries(object).map(([key, value]) => [key, keys.has(key) ? '***' : value] as const)
    return Array.isArray(object) ? pairs.map(([, value]) => value) : Object.fromEntries(pairs)
  }
  Object.defineProperty(object, 'toJSON', { value: shown })
  Object.defineProperty(object, inspect.custom, { value: shown })
  if (Array.isArray(object)) Object.defineProperty(object, 'toString', { value: () => '***' })
  return object
}

/** Freezes plain values to the bottom. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
