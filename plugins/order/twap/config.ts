import { type Static, Type } from 'typebox'
import { Field, ForgeError, type IntentEvent, parseDuration, type SlicePlan } from '../../../core/index.ts'

export const CONFIG = Type.Object(
  {
    duration: Field.duration({ default: '10m', description: 'The time that an order is spread over.' }),
    interval: Field.duration({
      default: '1m',
      description:
        'The time between two slices: there are as many as it fits into the duration, and the last takes what does not divide.',
    }),
    jitter: Type.Number({
      default: 0.5,
      minimum: 0,
      maximum: 1,
      description:
        'How far slices are moved from even times, as a share of the interval, so that nobody knows when the next one comes.',
    }),
    slippageBps: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 5_000,
        description: "The slippage to tolerate for a slice; absent, the intent's or the execution's own.",
      }),
    ),
  },
  { additionalProperties: false },
)

export type Config = Static<typeof CONFIG>

/** What an intent may say of its own. */
const OWN = ['duration', 'interval', 'jitter'] as const
const SLICES_MAX = 1_000

/** How one order is spread: the node's settings, with the intent's own terms in their place. @throws TERMS_INVALID */
export function planOf(config: Config, intent: Pick<IntentEvent, 'terms' | 'amount' | 'exact'>): SlicePlan {
  const terms: Readonly<Record<string, unknown>> = intent.terms ?? {}
  const strange = Object.keys(terms).find(field => !OWN.some(own => own === field))
  if (strange !== undefined) throw invalid(strange, 'means nothing here', `An intent may set ${OWN.join(', ')}.`)
  const duration = textOf(terms['duration'] ?? config.duration, 'duration')
  const interval = textOf(terms['interval'] ?? config.interval, 'interval')
  const jitter = terms['jitter'] ?? config.jitter
  if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1))
    throw invalid('jitter', `is ${String(jitter)}`, 'Give a number from 0 to 1.')
  const over_ms = parseDuration(duration)
  const step_ms = parseDuration(interval)
  if (step_ms === 0 || step_ms > over_ms)
    throw invalid(
      'interval',
      `${interval} does not fit into ${duration}`,
      'Give a shorter interval, or a longer duration.',
    )
  const count = Math.floor(over_ms / step_ms)
  if (count > SLICES_MAX) throw invalid('interval', `gives ${count} slices`, `Ask for ${SLICES_MAX} at most.`)
  if (intent.exact !== 'in')
    throw invalid('exact', 'can not be "out"', 'Only what goes in can be divided: say how much that is.')
  if (BigInt(count) > intent.amount.units)
    throw invalid('interval', `divides the amount into ${count} slices of nothing`, 'Ask for fewer slices.')
  return { count, over_ms, jitter }
}

function textOf(value: unknown, field: string): string {
  if (typeof value === 'string') return value
  throw invalid(field, 'is not a duration', 'Write it as in "10m".')
}

function invalid(field: string, what: string, remedy: string): ForgeError {
  return new ForgeError('TERMS_INVALID', { message: `${field} ${what}`, remedy, context: { field } })
}
