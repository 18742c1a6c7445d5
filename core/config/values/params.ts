import { messageOf } from '../../errors/forge-error.ts'
import { hintFor, listOf } from '../../errors/suggest.ts'
import type { Checker } from '../check/checker.ts'
import { explain } from '../check/explain.ts'
import { valueText } from '../check/value-trouble.ts'
import type { Findings } from '../findings.ts'
import { SourceText, type Span } from '../text/source-text.ts'
import { entry, field, givenScalar, joinPath, type Tree } from '../text/tree.ts'
import { PARAM_SCHEMA } from './param-schema.ts'
import { toPlain } from './plain.ts'
import { isSchema, type JsonSchema } from './schema-walk.ts'
import { referencesOf } from './used-params.ts'

/** A param as its file declares it. */
export interface ParamDeclaration {
  readonly name: string
  /** JSON Schema, without our `required`. */
  readonly schema: JsonSchema
  /** `used`: needed where a reference uses it. */
  readonly needed: 'always' | 'used' | 'never'
  readonly default: Tree | undefined
  /** The values of its `enum`, at their places. */
  readonly values: readonly Tree[]
  readonly description: string | undefined
  readonly keySpan: Span
  readonly path: string
}

/** One schema for each place it is written, so that it is compiled once however often lint reads the file. */
const schemas = new WeakMap<Tree, JsonSchema>()

/** The declared params in order; wrong schemas are told and left out. */
export function declareParams(
  tree: Tree | undefined,
  checker: Checker,
  findings: Findings,
): readonly ParamDeclaration[] {
  if (tree?.type !== 'map') return []
  const declared: ParamDeclaration[] = []
  for (const { key, keySpan, value } of tree.entries) {
    if (value.type !== 'map') continue
    const path = joinPath('params', key)
    const { value: plain, unknown } = toPlain(value, undefined)
    const errors = checker.check(PARAM_SCHEMA, plain)
    explain(errors, { tree: value, path, place: keySpan, unknown, owner: 'a param' }, findings)
    if (errors.length > 0 || !isSchema(plain)) continue
    const { required, ...rest } = plain
    const fields = Array.isArray(required) ? { ...rest, required } : rest
    const typed = 'type' in fields || 'enum' in fields || 'const' in fields ? fields : { type: 'string', ...fields }
    const schema = schemas.get(value) ?? typed
    schemas.set(value, schema)
    const given = field(value, 'default')
    const needed = required === true ? 'always' : required === false ? 'never' : 'used'
    const description = typeof fields['description'] === 'string' ? fields['description'] : undefined
    const listed = field(value, 'enum')
    const values = listed?.type === 'list' ? listed.items : []
    const declaration = { name: key, schema, needed, default: given, values, description, keySpan, path } as const
    if (compiles(declaration, value, checker, findings)) declared.push(declaration)
  }
  return declared
}

function compiles(declaration: ParamDeclaration, tree: Tree, checker: Checker, findings: Findings): boolean {
  try {
    checker.check(declaration.schema, null)
  } catch (thrown) {
    const span = entry(tree, 'pattern')?.value.span ?? declaration.keySpan
    const message = `this schema can not be used: ${messageOf(thrown)}`
    findings.add(span, { code: 'CONFIG_PARAM_SCHEMA', path: declaration.path, message })
    return false
  }
  if (declaration.default) {
    const reference = referencesOf(declaration.default)[0]
    if (reference) {
      const message = `a default takes no references, and this one has ${reference.raw}`
      const path = joinPath(declaration.path, 'default')
      const hint = `write ${reference.raw} where the param is used`
      findings.add(declaration.default.span, { code: 'CONFIG_REFERENCE_UNKNOWN', path, message, hint })
      return false
    }
    const { value, unknown } = toPlain(declaration.default, declaration.schema)
    const path = joinPath(declaration.path, 'default')
    const errors = checker.check(declaration.schema, value)
    const place = declaration.default.span
    explain(errors, { tree: declaration.default, path, place, unknown, tokens: checker.tokens }, findings)
    return errors.length === 0
  }
  return true
}

/**
 * What was given by flags as trees whose places are the flags.
 *
 * @param varied Those that `--param` gave.
 */
export function givenParams(
  params: Readonly<Record<string, unknown>>,
  varied: readonly string[] = [],
): ReadonlyMap<string, Tree> {
  const trees = new Map<string, Tree>()
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) trees.set(name, givenTree(value, varied.includes(name) ? `--param ${name}` : `--${name}`))
  }
  return trees
}

function givenTree(value: unknown, flag: string): Tree {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    const text = String(value)
    return givenScalar(value, new SourceText(flag, text).span(0, text.length))
  }
  const span = new SourceText(flag, JSON.stringify(value) ?? '').span(0, 1)
  if (Array.isArray(value)) return { type: 'list', items: value.map(item => givenTree(item, flag)), span }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, part]) => ({ key, keySpan: span, value: givenTree(part, flag) }))
    return { type: 'map', entries, span }
  }
  return { type: 'scalar', value: null, text: '', coercible: true, span }
}

export interface BoundParams {
  /** A value, an unknown one, or nothing for an optional param that was not given. */
  readonly trees: ReadonlyMap<string, Tree | undefined>
  /** Plain values, for the run's document. */
  readonly values: Readonly<Record<string, unknown>>
}

/**
 * Each declared param with its value: given, else its default. One that is needed and absent is told; where `lenient`,
 * it becomes unknown instead.
 */
export function bindParams(
  declared: readonly ParamDeclaration[],
  given: ReadonlyMap<string, Tree>,
  options: {
    readonly checker: Checker
    readonly findings: Findings
    readonly lenient: boolean
    /** The names something refers to. */
    readonly used: ReadonlySet<string>
    /** What gives them: the flags of a command, or the `with` of a fragment, which tells itself what it lacks. */
    readonly by: 'flags' | 'with'
    readonly path: string
  },
): BoundParams {
  const { checker, findings, lenient, used, by } = options
  const trees = new Map<string, Tree | undefined>()
  const values: Record<string, unknown> = {}
  for (const param of declared) {
    const tree = given.get(param.name) ?? param.default
    if (!tree) {
      const needed = param.needed === 'always' || (param.needed === 'used' && used.has(param.name))
      trees.set(param.name, param.needed === 'never' && !lenient ? undefined : { type: 'unknown', span: param.keySpan })
      if (needed && !lenient && by === 'flags') {
        const what = param.description === undefined ? '' : ` (${param.description.replace(/\.$/, '')})`
        const message = `no flag gave the param "${param.name}"${what}`
        findings.add(param.keySpan, {
          code: 'CONFIG_PARAM_MISSING',
          path: param.path,
          message,
          hint: `give --${param.name}${valuesOf(param.schema)}`,
        })
      }
      continue
    }
    if (tree.type === 'unknown') {
      trees.set(param.name, tree)
      continue
    }
    const { value, unknown } = toPlain(tree, param.schema)
    const errors = given.has(param.name) ? checker.check(param.schema, value) : []
    explain(
      errors,
      {
        tree,
        path: joinPath(options.path, param.name),
        place: tree.span,
        unknown,
        tokens: checker.tokens,
        owner: `param ${param.name}`,
      },
      findings,
    )
    trees.set(param.name, errors.length > 0 ? { type: 'unknown', span: tree.span } : tree)
    values[param.name] = value
  }
  for (const [name, tree] of given) {
    if (declared.some(param => param.name === name)) continue
    const hint =
      hintFor(
        name,
        declared.map(param => param.name),
        'the params are',
      ) ?? 'this pipeline has no params'
    findings.add(tree.span, {
      code: 'CONFIG_PARAM_UNKNOWN',
      path: joinPath('params', name),
      message: `there is no param "${name}"`,
      hint,
    })
  }
  return { trees, values }
}

function valuesOf(schema: JsonSchema): string {
  const values = schema['enum']
  return Array.isArray(values) ? `, one of ${listOf(values.map(valueText))}` : ''
}
