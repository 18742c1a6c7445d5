/** JSON that keeps bigint: `5n` is `{"$bigint":"5"}`. The key `$bigint` is therefore reserved. */
export function encodeValue(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'bigint' ? { $bigint: field.toString() } : field,
  )
}

/** The value that `encodeValue` wrote. */
export function decodeValue<T>(text: string): T {
  if (!text.includes('"$bigint"')) return JSON.parse(text) as T
  return withBigints(JSON.parse(text)) as T
}

/** Puts every bigint in its place. A reviver does the same, and costs three times as much: it is called for each field. */
function withBigints(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Record<string, unknown>
  for (const key of Object.keys(fields)) {
    const field = fields[key]
    if (typeof field !== 'object' || field === null) continue
    const read = withBigints(field)
    if (read !== field) fields[key] = read
  }
  return '$bigint' in fields ? BigInt(String(fields['$bigint'])) : value
}

/** Deeper values, and those in a circle, are left to the codec. */
const DEPTH_MAX = 64
/** Thrown within `copyOf` for what only the codec knows how to write. */
const UNUSUAL = Symbol('unusual')

/** What `decodeValue` makes of what `encodeValue` has written, without the text between: for state that no disk ever sees. */
export function copyValue<T>(value: T): T {
  try {
    return copyOf(value, 0) as T
  } catch (thrown) {
    if (thrown !== UNUSUAL) throw thrown
    const text = encodeValue(value) as string | undefined
    return (text === undefined ? undefined : decodeValue<T>(text)) as T
  }
}

function copyOf(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return value
    case 'number':
      return Number.isFinite(value) ? value + 0 : null
    case 'object':
      if (value === null) return null
      if (depth > DEPTH_MAX) throw UNUSUAL
      return Array.isArray(value) ? copyOfList(value, depth) : copyOfRecord(value, depth)
    default:
      throw UNUSUAL
  }
}

function copyOfList(list: readonly unknown[], depth: number): unknown[] {
  const copy: unknown[] = []
  for (const item of list) copy.push(item === undefined ? null : copyOf(item, depth + 1))
  return copy
}

function copyOfRecord(record: object, depth: number): Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(record)
  if (prototype !== Object.prototype && prototype !== null) throw UNUSUAL
  const copy: Record<string, unknown> = {}
  // A function is unusual: so is `toJSON`.
  for (const key of Object.keys(record)) {
    if (key === '$bigint' || key === '__proto__') throw UNUSUAL
    const field = (record as Record<string, unknown>)[key]
    if (field !== undefined) copy[key] = copyOf(field, depth + 1)
  }
  return copy
}
