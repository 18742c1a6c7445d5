import { Flags, type Interfaces } from '@oclif/core'
import type { ParamInterface } from '../../config/interface.ts'
import { ForgeError } from '../../errors/forge-error.ts'

/** The part of a param's JSON Schema that a flag shows. */
interface ParamSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
}

/**
 * The flags of a pipeline's params. A flag's type is the param's; which values are right beyond that is for the
 * pipeline's own validation, which has a place to point at.
 *
 * @throws USAGE when a param has the name of one of the command's own flags.
 */
export function flagsOfParams(params: readonly ParamInterface[], own: Interfaces.FlagInput): Interfaces.FlagInput {
  const flags: Interfaces.FlagInput = {}
  for (const { name, schema, description, required } of params) {
    if (name in own || name === 'help') {
      throw new ForgeError('USAGE', {
        message: `the pipeline's param "${name}" has the name of a flag that every run has`,
        remedy: 'Rename the param in the pipeline.',
      })
    }
    flags[name] = flagOf(schema as ParamSchema, description, required)
  }
  return flags
}

const decimalFlag = Flags.custom<number>({
  parse: async (input, _context, flag) => {
    const value = Number(input)
    if (input.trim() === '' || !Number.isFinite(value)) {
      throw new ForgeError('FLAG_INVALID', {
        message: `--${flag.name} can not be "${input}"`,
        remedy: 'Give a number.',
      })
    }
    return value
  },
})

function flagOf(schema: ParamSchema, description: string | undefined, required: boolean): Interfaces.FlagInput[string] {
  const base = {
    required,
    ...(description === undefined ? {} : { description }),
  }
  const value = schema.default
  if (schema.type === 'boolean') {
    return Flags.boolean({
      ...base,
      required: false,
      allowNo: true,
      ...(typeof value === 'boolean' ? { default: value } : {}),
    })
  }
  if (schema.type === 'integer') {
    return Flags.integer({
      ...base,
      ...(schema.minimum === undefined ? {} : { min: schema.minimum }),
      ...(schema.maximum === undefined ? {} : { max: schema.maximum }),
      ...(typeof value === 'number' ? { default: value } : {}),
    })
  }
  if (schema.type === 'number')
    return decimalFlag({ ...base, ...(typeof value === 'number' ? { default: value } : {}) })
  if (schema.type === 'array') {
    return Flags.string({
      ...base,
      multiple: true,
      delimiter: ',',
      helpValue: 'A,B',
      ...(Array.isArray(value) ? { default: value.map(String) } : {}),
    })
  }
  const text = {
    ...base,
    ...(value === undefined ? {} : { default: String(value) }),
    ...(schema.format === undefined ? {} : { helpValue: schema.format.toUpperCase() }),
  }
  return schema.enum ? Flags.string({ ...text, options: schema.enum.map(String) }) : Flags.string(text)
}
