import { stringify } from 'yaml'
import type { PluginKind } from '../plugin/contract.ts'
import { type FieldDescription, fieldsOf } from './field-list.ts'
import { originText, type PluginOrigin, type PluginProblem, type RegisteredPlugin } from './registry.ts'

/** All that `plugins show` says of a plugin, as plain data: also its `--json`. */
export interface PluginDescription {
  readonly kind: PluginKind
  readonly name: string
  readonly summary: string
  readonly origin: PluginOrigin
  readonly takes: readonly string[]
  readonly gives: readonly string[]
  readonly needs: readonly string[]
  readonly fields: readonly FieldDescription[]
  readonly examples: readonly { readonly title: string; readonly with: Record<string, unknown> }[]
}

export function describePlugin({ definition, origin }: RegisteredPlugin): PluginDescription {
  const { kind, name, summary, takes, gives, needs, config, examples } = definition
  return { kind, name, summary, origin, takes, gives, needs: needs ?? [], fields: fieldsOf(config), examples }
}

/** `plugins list`: a line each, under their kinds; then what could not be loaded. */
export function renderPluginList(
  plugins: readonly RegisteredPlugin[],
  problems: readonly PluginProblem[] = [],
): readonly string[] {
  const lines: string[] = []
  const width = Math.max(0, ...plugins.map(({ definition }) => definition.name.length))
  let kind: PluginKind | undefined
  for (const { definition, origin } of plugins) {
    if (definition.kind !== kind) {
      if (kind !== undefined) lines.push('')
      kind = definition.kind
      lines.push(kind)
    }
    const from = origin.from === 'built-in' ? '' : `  (${originText(origin)})`
    lines.push(`  ${definition.name.padEnd(width)}  ${definition.summary}${from}`)
  }
  if (problems.length > 0) lines.push('', 'not loaded')
  for (const { path, error } of problems) lines.push(`  ${path}`, `    ${error.message}`, `    ${error.remedy}`)
  return lines
}

/** `plugins show NAME`: what it does, its fields, and examples that can be pasted into a pipeline. */
export function renderPlugin(plugin: RegisteredPlugin): readonly string[] {
  const { kind, name, summary, origin, takes, gives, fields, examples } = describePlugin(plugin)
  return [
    `${kind}/${name}  (${originText(origin)})`,
    summary,
    '',
    `takes  ${takes.join(', ') || 'nothing'}`,
    `gives  ${gives.join(', ') || 'nothing'}`,
    ...(fields.length === 0 ? ['', 'no fields'] : ['', 'fields', ...fields.flatMap(fieldLines)]),
    ...examples.flatMap(example => ['', `# ${example.title}`, ...exampleLines(kind, name, example.with)]),
  ]
}

function fieldLines(field: FieldDescription): string[] {
  const state = field.required
    ? 'required'
    : field.default === undefined
      ? 'optional'
      : `default ${plain(field.default)}`
  return [`  ${field.path}  ${field.type}, ${state}`, ...(field.description ? [`      ${field.description}`] : [])]
}

/** As a node of a pipeline, which the reader names. */
function exampleLines(kind: PluginKind, name: string, config: Record<string, unknown>): string[] {
  const node = { [kind]: name, ...(Object.keys(config).length > 0 && { with: config }) }
  return stringify({ [`my-${name}`]: node }, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
