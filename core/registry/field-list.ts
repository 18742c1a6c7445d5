/** A field of a plugin's configuration, for people. */
export interface FieldDescription {
  /** Fields of objects within are joined by dots; `[]` follows a list. */
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly default?: unknown
  readonly description?: string
}

/** The part of JSON Schema that plugins' configurations use. */
interface FieldSchema {
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly FieldSchema[]
  readonly items?: FieldSchema
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}

/** How each format is written. */
const FORMATS: Readonly<Record<string, string>> = {
  amount: 'amount, as in "10 USDC"',
  token: 'token, as in SOL or a mint address',
  pair: 'pair, as in SOL/USDC',
  price: 'price, as in 140.25',
  duration: 'duration, as in 30s or 1h30m',
  time: 'time, as in 2026-01-31T12:00:00Z',
  cron: 'cron pattern, as in "0 9 * * 1"',
  path: 'path of a file',
}

/** Every field of an object's schema, depth first, in the order of the schema. */
export function fieldsOf(schema: unknown, prefix = ''): FieldDescription[] {
  const { properties = {}, required = [] } = schema as FieldSchema
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const own: FieldDescription = {
      path,
      type: typeText(field),
      // A default makes a field optional for whoever writes it.
      required: required.includes(name) && field.default === undefined,
      ...(field.default !== undefined && { default: field.default }),
      ...(field.description !== undefined && { description: field.description }),
    }
    if (field.properties) return [own, ...fieldsOf(field, `${path}.`)]
    if (field.items?.properties) return [own, ...fieldsOf(field.items, `${path}[].`)]
    return [own]
  })
}

function typeText(field: FieldSchema): string {
  if (field.enum) return field.enum.map(value => String(value)).join(' | ')
  if (field.const !== undefined) return String(field.const)
  if (field.anyOf) return [...new Set(field.anyOf.map(typeText))].join(' | ')
  if (field.items) return `list of ${typeText(field.items)}`
  if (field.format !== undefined) return FORMATS[field.format] ?? field.format
  return `${field.type ?? 'anything'}${rangeText(field)}`
}

function rangeText({ minimum, maximum }: FieldSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` from ${minimum}`
  return maximum === undefined ? '' : ` up to ${maximum}`
}
