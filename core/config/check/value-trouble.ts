import type { ErrorObject } from 'ajv/dist/2020.js'
import type { TokenDirectory } from '../../money/token.ts'
import type { Finding } from '../diagnostic.ts'
import { describeType, type ScalarTree, shownText, type Tree } from '../text/tree.ts'
import { isSchema, type JsonSchema } from '../values/schema-walk.ts'
import { FORMATS, formatProblem } from './formats.ts'

/** A text as it is, anything else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

export function quoted(tree: Tree): string {
  return tree.type === 'scalar' && tree.value !== null ? `"${shownText(tree)}"` : describeType(tree)
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  null: 'empty',
}

export function typeTrouble(
  tree: Tree,
  schema: JsonSchema,
  type: unknown,
  tokens: TokenDirectory | undefined,
): Omit<Finding, 'path'> {
  const format = ownFormat(schema)
  // A number where an amount belongs lacks its unit; that says more than its type.
  if (format !== undefined && tree.type === 'scalar' && tree.value !== null && tree.shown === undefined) {
    const problem = formatProblem(format, tree.text, tokens)
    if (problem) return problem
  }
  const wanted = (Array.isArray(type) ? type : [type]).map(one => TYPE_NAMES[String(one)] ?? String(one)).join(' or ')
  const number = tree.type === 'scalar' && typeof tree.value === 'number'
  const is =
    tree.type !== 'scalar' || tree.value === null
      ? describeType(tree)
      : number && (type === 'integer' || type === 'number')
        ? shownText(tree)
        : `${describeType(tree)} (${number ? shownText(tree) : quoted(tree)})`
  const message = `has to be ${format === undefined ? wanted : FORMATS[format]?.noun}, is ${is}`
  const hint = plainHint(tree, type) ?? exampleOf(schema)
  return { code: 'CONFIG_TYPE_WRONG', message, hint }
}

export function ownFormat(schema: JsonSchema): string | undefined {
  const format = schema['format']
  return typeof format === 'string' && Object.hasOwn(FORMATS, format) ? format : undefined
}

/** What was probably meant, for a single value of another type. */
function plainHint(tree: Tree, type: unknown): string | undefined {
  if (tree.type !== 'scalar' || tree.value === null || tree.shown !== undefined) return undefined
  const text = shownText(tree)
  const number = type === 'integer' ? /^\d+$/ : /^\d+(?:\.\d+)?$/
  if (type === 'string') return `write "${text}" in quotes`
  if (type === 'array') return `write [${text}]`
  if ((type === 'number' || type === 'integer') && typeof tree.value === 'string' && number.test(text))
    return `write ${text} without quotes`
  if (type === 'boolean' && /^(?:yes|on|no|off)$/i.test(text))
    return `write ${/^(?:yes|on)$/i.test(text) ? 'true' : 'false'}`
  return undefined
}

export function formatTrouble(tree: Tree, format: string, tokens: TokenDirectory | undefined): Omit<Finding, 'path'> {
  const problem = tree.type === 'scalar' ? formatProblem(format, tree.text, tokens) : undefined
  const example = FORMATS[format]?.example
  const hint = example === undefined ? undefined : `write it as in "${example}"`
  if (!problem) return { code: 'CONFIG_FORMAT_WRONG', message: `is not of the form "${format}"`, hint }
  // What came from a secret or the environment is not repeated.
  if ((tree as ScalarTree).shown !== undefined)
    return { code: problem.code, message: `the value of ${shownText(tree)} is not of the form "${format}"`, hint }
  return problem
}

export function exampleOf(schema: JsonSchema): string | undefined {
  const examples = schema['examples']
  const format = ownFormat(schema)
  const preset = schema['default'] ?? (format === undefined ? undefined : FORMATS[format]?.example)
  const example = Array.isArray(examples) && examples.length > 0 ? examples[0] : preset
  return example === undefined ? undefined : `write it as in ${JSON.stringify(example)}`
}

export function exampleField(name: string, schema: unknown): string {
  if (!isSchema(schema)) return `add "${name}"`
  const format = typeof schema['format'] === 'string' ? FORMATS[schema['format']]?.example : undefined
  const values = Array.isArray(schema['enum']) ? schema['enum'] : undefined
  const examples = Array.isArray(schema['examples']) ? schema['examples'][0] : undefined
  const example = examples ?? values?.[0] ?? format ?? schema['default']
  const text =
    example === undefined
      ? `add "${name}"`
      : `add "${name}: ${typeof example === 'string' ? example : JSON.stringify(example)}"`
  return typeof schema['description'] === 'string' ? `${text} (${schema['description'].replace(/\.$/, '')})` : text
}

export function limitTrouble(error: ErrorObject, tree: Tree): string | undefined {
  const limit = String((error.params as { limit?: unknown }).limit)
  const is = tree.type === 'scalar' ? `, is ${shownText(tree)}` : ''
  const count = (one: string, many: string): string => (limit === '1' ? `1 ${one}` : `${limit} ${many}`)
  switch (error.keyword) {
    case 'minimum':
      return `has to be at least ${limit}${is}`
    case 'maximum':
      return `has to be at most ${limit}${is}`
    case 'exclusiveMinimum':
      return `has to be above ${limit}${is}`
    case 'exclusiveMaximum':
      return `has to be below ${limit}${is}`
    case 'multipleOf':
      return `has to be a multiple of ${String((error.params as { multipleOf?: unknown }).multipleOf)}${is}`
    case 'minLength':
      return limit === '1' ? 'may not be empty' : `needs at least ${count('character', 'characters')}`
    case 'maxLength':
      return `may have at most ${count('character', 'characters')}`
    case 'minItems':
      return `needs at least ${count('item', 'items')}`
    case 'maxItems':
      return `may have at most ${count('item', 'items')}`
    case 'minProperties':
      return `needs at least ${count('field', 'fields')}`
    case 'maxProperties':
      return `may have at most ${count('field', 'fields')}`
    case 'uniqueItems':
      return 'has the same item twice'
    default:
      return undefined
  }
}
