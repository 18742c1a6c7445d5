import type { ParamInterface } from '../../../config/interface.ts'
import { ForgeError } from '../../../errors/forge-error.ts'

/** One run of a sweep: what it is given beyond what all are given. */
export interface Combination {
  /** Its place among all. */
  readonly index: number
  /** What tells it from the others, as it was written: `fast=5 slow=20`; empty where nothing varies. */
  readonly label: string
  readonly params: Readonly<Record<string, unknown>>
  readonly set: readonly string[]
}

/** More runs than this are a mistake more often than a wish. */
const RUNS_MAX = 100_000

/**
 * Every combination of `name=a,b,c` texts, the last varying fastest. A name is a param of the pipeline, else a setting.
 *
 * @throws FLAG_INVALID
 */
export function combinationsOf(texts: readonly string[], params: readonly ParamInterface[]): readonly Combination[] {
  const axes = texts.map(text => axisOf(text, params))
  const names = axes.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw wrong(`${twice} is given twice`, `Give all of its values at once: --param ${twice}=1,2,3.`)
  const count = axes.reduce((product, { values }) => product * values.length, 1)
  if (count > RUNS_MAX) throw wrong(`that makes ${count} runs`, `Vary less: at most ${RUNS_MAX} runs.`)
  return Array.from({ length: count }, (_, index) => combinationAt(axes, index))
}

interface Axis {
  readonly name: string
  readonly param: ParamInterface | undefined
  readonly values: readonly string[]
}

function axisOf(text: string, params: readonly ParamInterface[]): Axis {
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(0, at)).trim()
  const values = text
    .slice(at + 1)
    .split(',')
    .map(value => value.trim())
  if (at < 1 || name === '' || values.some(value => value === '')) {
    throw wrong(`--param can not be "${text}"`, 'As in --param fast=5,10,20.')
  }
  const again = values.find((value, index) => values.indexOf(value) !== index)
  if (again !== undefined) throw wrong(`--param ${name} has ${again} twice`, 'Give each value once.')
  return { name, values, param: params.find(param => param.name === name) }
}

function combinationAt(axes: readonly Axis[], index: number): Combination {
  const params: Record<string, unknown> = {}
  const set: string[] = []
  const label: string[] = []
  let rest = index
  for (const { name, param, values } of axes.toReversed()) {
    const value = values[rest % values.length]!
    rest = Math.floor(rest / values.length)
    if (param) params[name] = typed(value, param)
    else set.unshift(`${name}=${value}`)
    if (values.length > 1) label.unshift(`${name}=${value}`)
  }
  return { index, label: label.join(' '), params, set }
}

/** A value as a flag of the param would have given it. */
function typed(value: string, { name, schema }: ParamInterface): unknown {
  const { type } = schema as { readonly type?: unknown }
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if (type !== 'integer' && type !== 'number') return value
  const number = Number(value)
  if (!Number.isFinite(number)) throw wrong(`--param ${name} can not be "${value}"`, 'Give numbers.')
  return number
}

function wrong(message: string, remedy: string): ForgeError {
  return new ForgeError('FLAG_INVALID', { message, remedy })
}
