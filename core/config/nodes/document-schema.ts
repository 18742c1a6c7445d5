import { PLUGIN_KINDS } from '../../plugin/contract.ts'
import type { JsonSchema } from '../values/schema-walk.ts'

/** Names of nodes, ports and fragments: they become parts of order keys, so they stay plain. */
const NAME_PATTERN = '^[A-Za-z][A-Za-z0-9_-]{0,63}$'
/** Names of pipelines: they become commands. */
const COMMAND_PATTERN = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'

const PARAMS: JsonSchema = {
  type: 'object',
  description: 'What can be given by flags; each is a JSON Schema.',
  propertyNames: { pattern: NAME_PATTERN },
  // Each is checked by PARAM_SCHEMA where it is declared.
  additionalProperties: { type: 'object', additionalProperties: true },
}

const NODES: JsonSchema = {
  type: 'object',
  description: 'The nodes by name.',
  propertyNames: { pattern: NAME_PATTERN },
  additionalProperties: { type: 'object', additionalProperties: true },
}

const TEXTS = {
  summary: { type: 'string', minLength: 1, description: 'One sentence.' },
  description: { type: 'string', description: 'More than one sentence, for the help.' },
}

/** A wallet that a pipeline names, its references resolved. */
export const WALLET_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'Where its key is. With neither a file nor a secret it is made from the seed, on localnet alone.',
  properties: {
    file: { type: 'string', minLength: 1, description: 'A key file, relative to this file.' },
    secret: {
      type: 'string',
      minLength: 1,
      description: 'A secret key (base58) or a seed phrase, as "${secret.NAME}": never in clear.',
    },
    derivation: { enum: ['bip44', 'raw'], description: 'Which key of a seed phrase; bip44 is the default.' },
  },
  additionalProperties: false,
}

/** The outline of a pipeline file; nodes are checked by NODE_SCHEMA after references are resolved. */
export const PIPELINE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    pipeline: {
      type: 'string',
      pattern: COMMAND_PATTERN,
      examples: ['strategy-run'],
      description: 'The name: lower-case words joined by hyphens.',
    },
    ...TEXTS,
    params: PARAMS,
    settings: {
      type: 'object',
      additionalProperties: true,
      description: 'Values that nodes read as ${settings.name}; often {$file: path}.',
    },
    wallets: {
      type: 'object',
      description: 'Wallets by name, for executions that trade with another than the one the run is started with.',
      propertyNames: { pattern: NAME_PATTERN },
      // Each is checked by WALLET_SCHEMA after references are resolved.
      additionalProperties: { type: 'object', additionalProperties: true },
    },
    plugins: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'Plugins from files (./mine.ts, relative to this file) and packages.',
    },
    nodes: NODES,
  },
  required: ['pipeline', 'nodes'],
  additionalProperties: false,
}

const TAPS = {
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
  ],
}

/** The outline of a fragment file. */
export const FRAGMENT_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    fragment: { type: 'string', pattern: NAME_PATTERN, examples: ['dca'], description: 'The name.' },
    ...TEXTS,
    params: { ...PARAMS, description: 'What `with` of the node that uses the fragment gives; each is a JSON Schema.' },
    inputs: {
      type: 'object',
      description: 'Input ports; a node inside takes one by `from: $port`.',
      propertyNames: { pattern: NAME_PATTERN },
      additionalProperties: {
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            properties: {
              description: { type: 'string', description: 'What comes in.' },
              optional: { type: 'boolean', description: 'Whether it may stay unwired.' },
            },
            additionalProperties: false,
          },
        ],
      },
    },
    outputs: {
      type: 'object',
      description: 'Output ports: which nodes give what comes out. `default` is what the fragment itself stands for.',
      propertyNames: { pattern: NAME_PATTERN },
      additionalProperties: TAPS,
    },
    nodes: NODES,
  },
  required: ['fragment', 'nodes'],
  additionalProperties: false,
}

const FROM = { ...TAPS, description: 'The node or nodes it takes events from.' }

const EDGE: JsonSchema = {
  type: 'object',
  description: 'What happens at the entrance of a node that is slower than what comes.',
  properties: {
    buffer: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 64, description: 'Events that may wait.' },
    whenFull: {
      enum: ['block', 'drop-oldest', 'conflate'],
      description:
        'block slows the giver, drop-oldest forgets, conflate keeps the newest of each pair with low and high. By default market data conflates and the rest blocks.',
    },
  },
  additionalProperties: false,
}

const ON_ERROR: JsonSchema = {
  description: 'What happens to an event whose processing failed.',
  anyOf: [
    { enum: ['stop', 'skip', 'retry'] },
    {
      type: 'object',
      properties: {
        retry: { type: 'integer', minimum: 1, maximum: 1000, description: 'How often it is tried again.' },
        backoff: { type: 'string', format: 'duration', default: '1s', description: 'The first pause; it doubles.' },
      },
      required: ['retry'],
      additionalProperties: false,
    },
  ],
}

const WITH = { type: 'object', additionalProperties: true, description: 'The configuration of the plugin.' }
const plugin = (kind: string): JsonSchema => ({ type: 'string', minLength: 1, description: `The ${kind} plugin.` })

/** A node that is a plugin, its references resolved; `with` is checked by the plugin's own schema. */
export const NODE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(PLUGIN_KINDS.map(kind => [kind, plugin(kind)])),
    from: FROM,
    with: WITH,
    edge: EDGE,
    onError: ON_ERROR,
    wallet: {
      type: 'string',
      minLength: 1,
      description:
        'Of an execution: which of the `wallets` it trades with. By default the one the run is started with.',
    },
  },
  additionalProperties: false,
}

/** A node that stands for the nodes of a fragment. */
export const FRAGMENT_NODE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    $nodes: { type: 'string', minLength: 1, description: 'The fragment file, relative to this file.' },
    with: { ...WITH, description: 'The params of the fragment.' },
    from: { ...TAPS, description: 'What goes into the only input of the fragment.' },
    ports: {
      type: 'object',
      description: 'What goes into each input of the fragment.',
      propertyNames: { pattern: NAME_PATTERN },
      additionalProperties: TAPS,
    },
  },
  required: ['$nodes'],
  additionalProperties: false,
}
