import type { Pair, Token, TokenDirectory } from '../../money/token.ts'
import { Checker } from './check.ts'
import { type Checked, termsOf } from './checked.ts'
import { type ConditionWorld, type Verdict, verdictOf } from './evaluate.ts'
import { type ConditionExplanation, explain } from './explain.ts'
import { type Gate, gatesOf } from './gates.ts'
import { parse } from './parser.ts'
import { type ConditionProblem, conditionError } from './problem.ts'
import { pairId, type Term } from './term.ts'

/** What must be watched for a condition to be known. */
export interface ConditionNeeds {
  readonly pairs: readonly Pair[]
  /** How far back prices must be kept, per pair and window once. */
  readonly windows: readonly { readonly pair: Pair; readonly window_ms: number }[]
  readonly signals: readonly { readonly name: string; readonly pair?: Pair }[]
  readonly tokens: readonly Token[]
  /** It changes with the clock alone, so that it must be evaluated without any event. */
  readonly usesTime: boolean
}

/** A condition that was checked: it can be evaluated against any world, and never throws then. */
export class Condition {
  readonly text: string
  /** Each once, in the order written. */
  readonly terms: readonly Term[]
  readonly needs: ConditionNeeds
  /** Comparisons of which one must hold first; undefined when it has none. */
  readonly gates: readonly Gate[] | undefined
  readonly #checked: Checked

  constructor(text: string, checked: Checked) {
    this.text = text
    this.#checked = checked
    this.terms = uniqueBy(termsOf(checked), term => term.id)
    this.needs = needsOf(this.terms)
    this.gates = gatesOf(checked)
  }

  evaluate(world: ConditionWorld): Verdict {
    return verdictOf(this.#checked, world)
  }

  /** The verdict with every comparison and every value in it: why it did not fire. */
  explain(world: ConditionWorld & { whyUnknown?(term: Term): string | undefined }): ConditionExplanation {
    return explain(this.text, this.#checked, this.terms, world)
  }
}

/**
 * Reads a condition like `price(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3%` and checks that it means something: its
 * functions, tokens and units, and that no constant in it divides by zero. Arithmetic is float64: a condition decides
 * when to trade, never how much.
 *
 * @throws CONDITION_INVALID with every mistake, a caret line under each
 */
export function parseCondition(text: string, tokens: TokenDirectory): Condition {
  const read = readCondition(text, tokens)
  if ('condition' in read) return read.condition
  throw conditionError(text, read.problems)
}

/** The same without throwing, for who shows mistakes in a place of their own. */
export function readCondition(
  text: string,
  tokens: TokenDirectory,
): { readonly condition: Condition } | { readonly problems: readonly ConditionProblem[] } {
  const parsed = parse(text)
  if ('problem' in parsed) return { problems: [parsed.problem] }
  const checker = new Checker(text, tokens)
  const checked = checker.check(parsed.syntax)
  return checked ? { condition: new Condition(text, checked) } : { problems: checker.problems }
}

function needsOf(terms: readonly Term[]): ConditionNeeds {
  const windows = terms.flatMap(term => ('window_ms' in term ? [{ pair: term.pair, window_ms: term.window_ms }] : []))
  const signals = terms.flatMap(term =>
    'name' in term ? [{ name: term.name, ...(term.pair ? { pair: term.pair } : {}) }] : [],
  )
  return {
    pairs: uniqueBy(
      terms.flatMap(term => ('pair' in term && !('name' in term) && term.pair ? [term.pair] : [])),
      pairId,
    ),
    windows: uniqueBy(windows, ({ pair, window_ms }) => `${pairId(pair)}/${window_ms}`),
    signals: uniqueBy(signals, ({ name, pair }) => `${name}/${pair ? pairId(pair) : ''}`),
    tokens: uniqueBy(
      terms.flatMap(term => ('token' in term ? [term.token] : [])),
      token => token.mint,
    ),
    usesTime: terms.some(term => term.kind === 'time' || term.kind === 'hour'),
  }
}

function uniqueBy<T>(values: readonly T[], key: (value: T) => string): readonly T[] {
  return [...new Map(values.map(value => [key(value), value])).values()]
}
