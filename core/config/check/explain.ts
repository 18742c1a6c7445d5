import type { ErrorObject } from 'ajv/dist/2020.js'
import { hintFor, listOf, nearest } from '../../errors/suggest.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { Finding } from '../diagnostic.ts'
import type { Findings } from '../findings.ts'
import type { Span } from '../text/source-text.ts'
import { joinPath, joinPointer, locate, shownText, type Tree } from '../text/tree.ts'
import { isSchema, type JsonSchema } from '../values/schema-walk.ts'
import { settleUnions } from './unions.ts'
import {
  exampleField,
  exampleOf,
  formatTrouble,
  limitTrouble,
  ownFormat,
  quoted,
  typeTrouble,
  valueText,
} from './value-trouble.ts'

/** What was checked, and where it stands. */
export interface Checked {
  readonly tree: Tree
  /** The path of the tree's root. */
  readonly path: string
  /** Where a field that is missing at the root is told. */
  readonly place: Span
  /** Pointers of values only a run will know. */
  readonly unknown: ReadonlySet<string>
  readonly tokens?: TokenDirectory | undefined
  /** Who has the fields, as in `strategy dca`: for hints. */
  readonly owner?: string
}

/** Tells each error once, in words, at the place a person would change. */
export function explain(errors: readonly ErrorObject[], checked: Checked, findings: Findings): void {
  const known = errors.filter(error => !touchesUnknown(error, checked.unknown))
  const settled = settleUnions(known, errors, checked.unknown)
  for (const error of settled) {
    if (follows(error, settled)) continue
    const told = describe(error, checked)
    if (told) findings.add(told.span, told.finding)
  }
}

/** An error at, or below, what is not known yet says nothing. */
function touchesUnknown(error: ErrorObject, unknown: ReadonlySet<string>): boolean {
  if (unknown.size === 0) return false
  for (const pointer of unknown) {
    if (error.instancePath === pointer || error.instancePath.startsWith(`${pointer}/`)) return true
    // Whether items are unique, or contain something, is open as long as one of them is.
    if (/^(?:uniqueItems|contains|enum|const|not)$/.test(error.keyword) && pointer.startsWith(`${error.instancePath}/`))
      return true
  }
  return false
}

/** Whether an error only follows from another one that is told: a value of the wrong type, a field that is mistyped. */
function follows(error: ErrorObject, others: readonly ErrorObject[]): boolean {
  if (error.propertyName !== undefined && error.keyword !== 'propertyNames') return true
  const beside = others.filter(other => other !== error && other.instancePath === error.instancePath)
  if (error.keyword !== 'type' && beside.some(other => other.keyword === 'type')) return true
  if (error.keyword !== 'required') return false
  const missing = (error.params as { missingProperty?: unknown }).missingProperty
  return beside.some(other => unknownField(other)?.meant === missing)
}

/** The field that is unknown, and the one that was meant. */
function unknownField(
  error: ErrorObject,
): { name: string; fields: readonly string[]; meant: string | undefined } | undefined {
  if (error.keyword !== 'additionalProperties' && error.keyword !== 'unevaluatedProperties') return undefined
  const params = error.params as { additionalProperty?: unknown; unevaluatedProperty?: unknown }
  const name = String(params.additionalProperty ?? params.unevaluatedProperty)
  const properties = isSchema(error.parentSchema) ? error.parentSchema['properties'] : undefined
  const fields = Object.keys(isSchema(properties) ? properties : {})
  return { name, fields, meant: nearest(name, fields) }
}

function pointerSteps(pointer: string): readonly string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function describe(error: ErrorObject, checked: Checked): { span: Span; finding: Finding } | undefined {
  const steps = pointerSteps(error.instancePath)
  const found = locate(checked.tree, steps)
  const path = joinPointer(checked.path, checked.tree, steps)
  const schema: JsonSchema = isSchema(error.parentSchema) ? error.parentSchema : {}
  const at = (
    finding: Omit<Finding, 'path'>,
    span = found.tree.span,
    where = path,
  ): { span: Span; finding: Finding } => ({
    span,
    finding: { ...finding, path: where },
  })
  const { params } = error as { params: Record<string, unknown> }

  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const { name = '', fields = [] } = unknownField(error) ?? {}
      const keySpan = locate(checked.tree, [...steps, name]).keySpan
      const owner = checked.owner && steps.length === 0 ? `${checked.owner} has the fields` : 'the fields are'
      const hint = fields.length === 0 ? `${checked.owner ?? 'it'} takes no fields` : hintFor(name, fields, owner)
      return at(
        { code: 'CONFIG_FIELD_UNKNOWN', message: `unknown field "${name}"`, hint },
        keySpan,
        joinPath(path, name),
      )
    }
    case 'required': {
      const name = String(params['missingProperty'])
      const properties = schema['properties']
      const wanted = isSchema(properties) ? properties[name] : undefined
      const span = steps.length === 0 ? checked.place : (found.keySpan ?? firstLine(found.tree.span))
      const message = `the field "${name}" is missing`
      return at({ code: 'CONFIG_FIELD_MISSING', message, hint: exampleField(name, wanted) }, span, joinPath(path, name))
    }
    case 'type': {
      const trouble = typeTrouble(found.tree, schema, params['type'], checked.tokens)
      const message = path === '' ? `${checked.owner ?? 'the file'} ${trouble.message}` : trouble.message
      return at({ ...trouble, message }, pointed(found))
    }
    case 'enum':
    case 'const': {
      const values = error.keyword === 'const' ? [params['allowedValue']] : params['allowedValues']
      const texts = (Array.isArray(values) ? values : []).map(valueText)
      const shown = shownText(found.tree)
      const message = `${quoted(found.tree)} is not one of the values allowed here`
      const hint = hintFor(shown, texts, 'the values are')
      const list = texts.length > 1 && hint?.startsWith('did') ? `${hint} the values are: ${listOf(texts)}` : hint
      return at({ code: 'CONFIG_VALUE_UNKNOWN', message, hint: list })
    }
    case 'format':
      return at(formatTrouble(found.tree, String(params['format']), checked.tokens))
    case 'pattern': {
      // A text of a known format is told by its format alone.
      if (ownFormat(schema) !== undefined) return undefined
      const hint = exampleOf(schema) ?? `it has to match ${String(params['pattern'])}`
      return at({
        code: 'CONFIG_FORMAT_WRONG',
        message: `${quoted(found.tree)} has not the form this field needs`,
        hint,
      })
    }
    case 'propertyNames': {
      const name = String(params['propertyName'])
      const keySpan = locate(checked.tree, [...steps, name]).keySpan
      return at(
        { code: 'CONFIG_NODE_NAME', message: `"${name}" can not be a name`, hint: NAME_HINT },
        keySpan,
        joinPath(path, name),
      )
    }
    default: {
      const message = limitTrouble(error, found.tree)
      if (message) return at({ code: 'CONFIG_OUT_OF_RANGE', message }, pointed(found))
      if (/^(?:if|\$ref)$/.test(error.keyword) || error.propertyName !== undefined) return undefined
      return at(
        { code: 'CONFIG_VALUE_UNKNOWN', message: `${quoted(found.tree)} ${error.message ?? 'is not allowed here'}` },
        pointed(found),
      )
    }
  }
}

const NAME_HINT = 'use letters, digits, "-" and "_", beginning with a letter'

/** Scalars are marked themselves; for groups the name of their field is enough. */
function pointed(found: { readonly tree: Tree; readonly keySpan?: Span }): Span {
  return found.tree.type === 'scalar' && found.tree.span.end > found.tree.span.start
    ? found.tree.span
    : (found.keySpan ?? firstLine(found.tree.span))
}

function firstLine(span: Span): Span {
  const end = span.source.text.indexOf('\n', span.start)
  return end >= 0 && end < span.end ? { ...span, end } : span
}
