import { type AnyPlugin, PLUGIN_KINDS, type PluginKind } from '../plugin/contract.ts'
import type { PluginRegistry } from '../registry/registry.ts'
import { FORMATS } from './check/formats.ts'
import {
  FRAGMENT_NODE_SCHEMA,
  FRAGMENT_SCHEMA,
  NODE_SCHEMA,
  PIPELINE_SCHEMA,
  WALLET_SCHEMA,
} from './nodes/document-schema.ts'
import { PARAM_SCHEMA } from './values/param-schema.ts'
import { closeSchema, isSchema, type JsonSchema } from './values/schema-walk.ts'

/** Draft 7, which every editor knows; nothing here needs more. */
const DRAFT = 'http://json-schema.org/draft-07/schema#'
const REFERENCE = { $ref: '#/definitions/reference' }

/**
 * The JSON Schema of pipeline files for editors: every field with its description and default, `with` by the plugin
 * that is named. It allows `${…}` and `$file` where the loader does.
 */
export function pipelineSchema(registry: PluginRegistry): JsonSchema {
  return document('A SniperForge pipeline', PIPELINE_SCHEMA, registry)
}

/** The JSON Schema of fragment files, which `$nodes` names. */
export function fragmentSchema(registry: PluginRegistry): JsonSchema {
  return document('A SniperForge fragment', FRAGMENT_SCHEMA, registry)
}

/** The JSON Schema of a plugin's settings file, such as `configs/strategies/dca.json`. */
export function settingsSchema(plugin: AnyPlugin): JsonSchema {
  const schema = editable(closeSchema(plugin.config), schema => schema)
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  return {
    $schema: DRAFT,
    title: `Settings of ${plugin.kind} ${plugin.name}`,
    description: plugin.summary,
    ...schema,
    properties: { $schema: { type: 'string' }, ...properties },
  }
}

function document(title: string, outline: JsonSchema, registry: PluginRegistry): JsonSchema {
  const plugins = registry.list().map(({ definition }) => definition)
  const properties = outline['properties'] as JsonSchema
  const settings = isSchema(properties['settings']) ? { settings: orReference(properties['settings']) } : {}
  return {
    $schema: DRAFT,
    title,
    ...outline,
    properties: {
      ...properties,
      ...settings,
      params: { ...(properties['params'] as JsonSchema), additionalProperties: PARAM_SCHEMA },
      ...(isSchema(properties['wallets']) && {
        wallets: { ...properties['wallets'], additionalProperties: editable(WALLET_SCHEMA, orReference) },
      }),
      nodes: { ...(properties['nodes'] as JsonSchema), additionalProperties: { $ref: '#/definitions/node' } },
    },
    definitions: {
      reference: {
        anyOf: [
          {
            type: 'string',
            pattern: '\\$\\{',
            description: '${params.name}, ${settings.name}, ${env.NAME} or ${secret.NAME}.',
          },
          {
            type: 'object',
            properties: { $file: { type: 'string', description: 'A JSON or YAML file that stands here.' } },
            required: ['$file'],
            additionalProperties: false,
          },
        ],
      },
      node: node(plugins),
      ...Object.fromEntries(plugins.map(plugin => [definitionName(plugin), withSchema(plugin)])),
    },
  }
}

function definitionName({ kind, name }: AnyPlugin): string {
  return `${kind}.${name}`
}

function node(plugins: readonly AnyPlugin[]): JsonSchema {
  const own = NODE_SCHEMA['properties'] as JsonSchema
  const fragment = FRAGMENT_NODE_SCHEMA['properties'] as JsonSchema
  return {
    type: 'object',
    description: 'A node: `kind: plugin` with `from` and `with`, or `$nodes: file`.',
    properties: {
      ...Object.fromEntries(PLUGIN_KINDS.map(kind => [kind, names(kind, plugins)])),
      $nodes: fragment['$nodes'],
      from: own['from'],
      with: { description: 'The configuration of the plugin, or the params of the fragment.' },
      edge: editable(own['edge'] as JsonSchema, orReference),
      onError: editable(own['onError'] as JsonSchema, orReference),
      ports: fragment['ports'],
      wallet: own['wallet'],
    },
    additionalProperties: false,
    oneOf: [...PLUGIN_KINDS, '$nodes'].map(key => ({ required: [key] })),
    allOf: plugins.map(plugin => ({
      if: { properties: { [plugin.kind]: { const: plugin.name } }, required: [plugin.kind] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
      then: {
        properties: { with: { $ref: `#/definitions/${definitionName(plugin)}` } },
        ...(needed(plugin.config).length > 0 ? { required: [plugin.kind, 'with'] } : {}),
      },
    })),
  }
}

function names(kind: PluginKind, plugins: readonly AnyPlugin[]): JsonSchema {
  const own = plugins.filter(plugin => plugin.kind === kind)
  return {
    description: `The ${kind} plugin.`,
    anyOf: [
      ...own.map(({ name, summary }) => ({ const: name, description: summary })),
      { type: 'string', pattern: '\\$\\{', description: 'A name by reference.' },
    ],
  }
}

function withSchema(plugin: AnyPlugin): JsonSchema {
  const schema = editable(closeSchema(plugin.config), orReference)
  const examples = plugin.examples.map(example => example.with)
  const described = { description: plugin.summary, ...schema, ...(examples.length > 0 ? { examples } : {}) }
  return orReference(described)
}

function orReference(schema: JsonSchema): JsonSchema {
  const { description, default: preset, ...rest } = schema
  return {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    anyOf: [rest, REFERENCE],
  }
}

function needed(schema: JsonSchema): readonly string[] {
  const { required, properties } = schema
  if (!Array.isArray(required)) return []
  return required.filter((name): name is string => {
    const own = isSchema(properties) ? properties[String(name)] : undefined
    return typeof name === 'string' && !(isSchema(own) && 'default' in own)
  })
}

/** Fields with a default are not required of a writer; each field may be what `wrap` makes of it. */
function editable(schema: JsonSchema, wrap: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const copy: Record<string, unknown> = { ...schema }
  const { properties, items, format } = schema
  if (isSchema(properties)) {
    copy['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, isSchema(value) ? wrap(editable(value, wrap)) : value]),
    )
    const required = needed(schema)
    if (required.length > 0) copy['required'] = required
    else delete copy['required']
  }
  if (isSchema(items)) copy['items'] = wrap(editable(items, wrap))
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const branches = schema[key]
    if (Array.isArray(branches)) copy[key] = branches.map(one => (isSchema(one) ? editable(one, wrap) : one))
  }
  // Editors do not know our formats; an example says the same to a person.
  if (typeof format === 'string' && Object.hasOwn(FORMATS, format) && !('examples' in schema)) {
    copy['examples'] = [FORMATS[format]?.example]
  }
  if (format === 'price') copy['type'] = ['string', 'number']
  return copy
}
