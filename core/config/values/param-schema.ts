import type { JsonSchema } from './schema-walk.ts'

const limits = { type: 'number' } as const
const count = { type: 'integer', minimum: 0 } as const

/** What a param may say: the JSON Schema of a flag, and whether it has to be given. */
export const PARAM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'The JSON Schema of a param, which becomes a flag of the command.',
  properties: {
    type: {
      enum: ['string', 'number', 'integer', 'boolean', 'array', 'object'],
      description: 'The type of the value; texts by default.',
    },
    description: { type: 'string', description: 'One sentence for the help.' },
    title: { type: 'string', description: 'A short name for people.' },
    enum: { type: 'array', minItems: 1, description: 'All values that are allowed.' },
    const: { description: 'The only value that is allowed.' },
    default: { description: 'The value when no flag gives one.' },
    examples: { type: 'array', description: 'Values to show in the help.' },
    format: {
      type: 'string',
      enum: ['amount', 'size', 'condition', 'token', 'pair', 'price', 'duration', 'time', 'cron', 'path', 'url'],
      description: 'What the text is.',
    },
    minimum: { ...limits, description: 'The least number.' },
    maximum: { ...limits, description: 'The greatest number.' },
    exclusiveMinimum: { ...limits, description: 'The number has to be above this.' },
    exclusiveMaximum: { ...limits, description: 'The number has to be below this.' },
    multipleOf: { type: 'number', exclusiveMinimum: 0, description: 'The number has to be a multiple of this.' },
    minLength: { ...count, description: 'The fewest characters.' },
    maxLength: { ...count, description: 'The most characters.' },
    pattern: { type: 'string', description: 'A regular expression the text has to match.' },
    items: { type: 'object', additionalProperties: true, description: 'The schema of the items of a list.' },
    minItems: { ...count, description: 'The fewest items.' },
    maxItems: { ...count, description: 'The most items.' },
    uniqueItems: { type: 'boolean', description: 'Whether items have to differ.' },
    properties: { type: 'object', additionalProperties: true, description: 'The schemas of the fields of an object.' },
    additionalProperties: { description: 'Whether an object may have other fields.' },
    required: {
      anyOf: [{ type: 'boolean' }, { type: 'array', items: { type: 'string' } }],
      description:
        'true: a flag has to give it; false: a field that is only this param is left out when no flag gave it. Without it, the param is needed where it is used.',
    },
  },
  additionalProperties: false,
}
