import { formatDuration } from '../../time/duration.ts'
import type { Checked } from './checked.ts'
import { type ConditionWorld, evaluateValue, type Verdict, verdictOf } from './evaluate.ts'
import { type Direction, type Term, termText, termUnit } from './term.ts'
import { commonUnit, type Unit } from './unit.ts'

/** Why a condition holds, or does not. Values are text with their unit; absent while they are not known. */
export interface ConditionExplanation {
  readonly verdict: Verdict
  readonly comparisons: readonly {
    readonly text: string
    readonly verdict: Verdict
    readonly left?: string
    readonly right?: string
  }[]
  /** Each term once. `why`: why its value is not known. */
  readonly terms: readonly { readonly text: string; readonly value?: string; readonly why?: string }[]
}

export function explain(
  text: string,
  checked: Checked,
  terms: readonly Term[],
  world: ConditionWorld & { whyUnknown?(term: Term): string | undefined },
): ConditionExplanation {
  return {
    verdict: verdictOf(checked, world),
    comparisons: comparisonsOf(checked).map(one => {
      // A plain number beside a price is shown as a price.
      const unit = commonUnit(one.left.unit, one.right.unit) ?? one.left.unit
      return {
        text: text.slice(one.start, one.end),
        verdict: verdictOf(one, world),
        ...given('left', formatValue(evaluateValue(one.left, world), unit)),
        ...given('right', formatValue(evaluateValue(one.right, world), unit)),
      }
    }),
    terms: terms.map(term => {
      const value = world.answer(term)
      const known = typeof value === 'number' && !Number.isFinite(value) ? undefined : value
      const why = known === undefined ? (world.whyUnknown?.(term) ?? 'nothing is known of it yet') : undefined
      return {
        text: termText(term),
        ...given('value', formatValue(known, termUnit(term))),
        ...given('why', why),
      }
    }),
  }
}

/** Sentences for people, from the comparisons that keep it from holding. */
export function conditionSentence(explanation: ConditionExplanation): string {
  const open = explanation.comparisons.filter(one => one.verdict !== 'holds')
  const shown = (explanation.verdict === 'holds' ? explanation.comparisons : open).map(
    one => `${one.text} ${WORDS[one.verdict]}: ${one.left ?? '?'} against ${one.right ?? '?'}`,
  )
  const unknown = explanation.terms.filter(term => term.why !== undefined).map(term => `${term.text}: ${term.why}`)
  return [...shown, ...unknown].map(part => `${part}.`).join(' ')
}

const WORDS: Readonly<Record<Verdict, string>> = { holds: 'holds', fails: 'does not hold', unknown: 'is not known' }

type Comparison = Extract<Checked, { readonly kind: 'compare' }>

function comparisonsOf(checked: Checked): readonly Comparison[] {
  switch (checked.kind) {
    case 'compare':
      return [checked]
    case 'not':
      return comparisonsOf(checked.operand)
    case 'logic':
      return [...comparisonsOf(checked.left), ...comparisonsOf(checked.right)]
    default:
      return []
  }
}

/** Digits that are shown of a value: all that float64 has for a price. */
const DIGITS = 9

function formatValue(value: number | Direction | undefined, unit: Unit): string | undefined {
  if (typeof value !== 'number') return value
  const digits = (number: number): string => String(Number(number.toPrecision(DIGITS)))
  switch (unit.kind) {
    case 'price':
      return `${digits(value)} ${unit.pair.quote.symbol}`
    case 'amount':
      return `${digits(value)} ${unit.token.symbol}`
    case 'percent':
      return `${digits(value * 100)}%`
    case 'duration':
      return `${value < 0 ? '-' : ''}${formatDuration(Math.abs(value))}`
    case 'time':
      // A sum may lie outside of what a calendar has.
      return Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : `${digits(value)} ms`
    default:
      return digits(value)
  }
}

function given<K extends string>(key: K, value: string | undefined): { readonly [k in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [k in K]: string })
}
