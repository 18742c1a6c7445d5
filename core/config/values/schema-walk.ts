/** A JSON Schema as plain data. */
export type JsonSchema = { readonly [key: string]: unknown }

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function branches(schema: JsonSchema): readonly JsonSchema[] {
  return ['anyOf', 'oneOf', 'allOf'].flatMap(key => {
    const list = schema[key]
    return Array.isArray(list) ? list.filter(isSchema) : []
  })
}

/** The schema of an object's field, looked for in unions and intersections too. */
export function schemaOfField(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  if (!schema) return undefined
  const properties = schema['properties']
  if (isSchema(properties) && Object.hasOwn(properties, key)) {
    const own = properties[key]
    if (isSchema(own)) return own
  }
  const patterns = schema['patternProperties']
  if (isSchema(patterns)) {
    for (const [pattern, value] of Object.entries(patterns)) {
      if (isSchema(value) && new RegExp(pattern, 'u').test(key)) return value
    }
  }
  const rest = schema['additionalProperties']
  if (isSchema(rest)) return rest
  return firstOf(branches(schema).map(one => schemaOfField(one, key)))
}

/** The schema of a list's items. */
export function schemaOfItem(schema: JsonSchema | undefined): JsonSchema | undefined {
  if (!schema) return undefined
  if (isSchema(schema['items'])) return schema['items']
  return firstOf(branches(schema).map(schemaOfItem))
}

function firstOf(found: readonly (JsonSchema | undefined)[]): JsonSchema | undefined {
  return found.find(one => one !== undefined)
}

/** The JSON types a schema may take, by its `type`, `const`, `enum` and branches; empty when it does not say. */
export function acceptedTypes(schema: JsonSchema | undefined): ReadonlySet<string> {
  const types = new Set<string>()
  if (!schema) return types
  const { type } = schema
  if (typeof type === 'string') types.add(type)
  else if (Array.isArray(type)) for (const one of type) types.add(String(one))
  else {
    const values = 'const' in schema ? [schema['const']] : Array.isArray(schema['enum']) ? schema['enum'] : []
    for (const value of values) types.add(value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
    for (const branch of branches(schema)) for (const one of acceptedTypes(branch)) types.add(one)
  }
  return types
}

const closed = new WeakMap<JsonSchema, JsonSchema>()

/**
 * The same schema where every object with named fields takes no others: a typing mistake is never read as silence.
 * Branches of `allOf` stay open, since each sees the fields of the others.
 */
export function closeSchema(schema: JsonSchema): JsonSchema {
  const known = closed.get(schema)
  if (known) return known
  const copy: Record<string, unknown> = { ...schema }
  for (const key of ['items', 'additionalProperties', 'contains', 'then', 'else']) {
    const inner = copy[key]
    if (isSchema(inner)) copy[key] = closeSchema(inner)
  }
  for (const key of ['properties', 'patternProperties', '$defs']) {
    const inner = copy[key]
    if (isSchema(inner)) {
      copy[key] = Object.fromEntries(
        Object.entries(inner).map(([name, value]) => [name, isSchema(value) ? closeSchema(value) : value]),
      )
    }
  }
  for (const key of ['anyOf', 'oneOf', 'prefixItems']) {
    const inner = copy[key]
    if (Array.isArray(inner)) copy[key] = inner.map(value => (isSchema(value) ? closeSchema(value) : value))
  }
  if ('allOf' in copy) copy['unevaluatedProperties'] ??= false
  else if ('properties' in copy && !('patternProperties' in copy)) copy['additionalProperties'] ??= false
  closed.set(schema, copy)
  return copy
}
