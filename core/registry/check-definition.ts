import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { ForgeError } from '../errors/forge-error.ts'
import { EVENT_KINDS } from '../events/event.ts'
import { type AnyPlugin, PLUGIN_API, PLUGIN_KINDS } from '../plugin/contract.ts'

const EVENT_KIND = {
  type: 'string',
  pattern: `^(${EVENT_KINDS.join('|')}|[^/\\s]+/[^/\\s]+)$`,
}

/** What every definition has, as JSON Schema; `setup` is a function and looked at apart. */
const DEFINITION = {
  type: 'object',
  required: ['kind', 'name', 'api', 'summary', 'config', 'takes', 'gives', 'examples', 'setup'],
  properties: {
    kind: { enum: PLUGIN_KINDS },
    name: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' },
    summary: { type: 'string', minLength: 1 },
    config: {
      type: 'object',
      required: ['type', 'properties'],
      properties: { type: { const: 'object' }, properties: { type: 'object' } },
    },
    takes: { type: 'array', items: EVENT_KIND, uniqueItems: true },
    gives: { type: 'array', items: EVENT_KIND, uniqueItems: true },
    needs: { type: 'array', items: { type: 'string' }, uniqueItems: true },
    comesLast: { const: true },
    examples: {
      type: 'array',
      items: {
        type: 'object',
        required: ['title', 'with'],
        properties: { title: { type: 'string' }, with: { type: 'object' } },
      },
    },
  },
}

let compiled: ValidateFunction | undefined

/**
 * The value as a plugin definition.
 *
 * @param where The file it came from, for the message.
 * @throws PLUGIN_API_MISMATCH for another version of the contract; PLUGIN_INVALID with everything else that is wrong.
 */
export function checkDefinition(value: unknown, where: string): AnyPlugin {
  if (value === undefined) throw invalid(where, ['has no default export'])
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(where, [`exports ${nameOfType(value)} as default, where a plugin belongs`])
  }
  const { api, setup } = value as Partial<AnyPlugin>
  if (typeof api === 'number' && api !== PLUGIN_API) throw otherApi(where, api)
  compiled ??= new Ajv2020({ allErrors: true, strict: false }).compile(DEFINITION)
  const validate = compiled
  if (validate(value) && typeof setup === 'function') return value as unknown as AnyPlugin
  const faults = (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const field = instancePath.slice(1).replaceAll('/', '.')
    const allowed = Array.isArray(params['allowedValues']) ? `: ${params['allowedValues'].join(', ')}` : ''
    return `${field && `"${field}" `}${message ?? 'is wrong'}${allowed}`
  })
  if (setup !== undefined && typeof setup !== 'function') faults.push('"setup" must be a function')
  throw invalid(where, faults)
}

function invalid(where: string, faults: readonly string[]): ForgeError {
  return new ForgeError('PLUGIN_INVALID', {
    message: `${where} is not a plugin: ${faults.join('; ')}`,
    context: { file: where, faults },
  })
}

function otherApi(where: string, api: number): ForgeError {
  return new ForgeError('PLUGIN_API_MISMATCH', {
    message: `${where} is written for plugin api ${api}, and this SniperForge has ${PLUGIN_API}`,
    remedy: api > PLUGIN_API ? 'Update SniperForge, or install an older version of the plugin.' : 'Update the plugin.',
    context: { file: where, api, expected: PLUGIN_API },
  })
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return `a ${typeof value}`
}
