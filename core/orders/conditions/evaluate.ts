import type { Checked } from './checked.ts'
import type { ArithmeticOperator, ComparisonOperator } from './parser.ts'
import type { Direction, Term } from './term.ts'

/** Three-valued, so that what is not known yet neither holds nor fails. All three are truthy: compare, never test. */
export type Verdict = 'holds' | 'fails' | 'unknown'

/** What a condition is held against. */
export interface ConditionWorld {
  /**
   * The value of a term now: see `Checked` for its unit. Undefined while it is not known; a number that is not finite
   * counts as not known.
   */
  answer(term: Term): number | Direction | undefined
}

/** Kleene's logic: `fails && unknown` fails, `holds || unknown` holds, else one unknown makes it unknown. */
export function verdictOf(checked: Checked, world: ConditionWorld): Verdict {
  switch (checked.kind) {
    case 'not':
      return NOT[verdictOf(checked.operand, world)]
    case 'logic': {
      const decides = checked.operator === '&&' ? 'fails' : 'holds'
      const left = verdictOf(checked.left, world)
      if (left === decides) return decides
      const right = verdictOf(checked.right, world)
      if (right === decides) return decides
      return left === 'unknown' ? 'unknown' : right
    }
    case 'compare': {
      const left = evaluateValue(checked.left, world)
      const right = evaluateValue(checked.right, world)
      if (left === undefined || right === undefined) return 'unknown'
      return compares(checked.operator, left, right) ? 'holds' : 'fails'
    }
    default:
      // The checker lets nothing else be true or false.
      return 'unknown'
  }
}

const NOT: Readonly<Record<Verdict, Verdict>> = { holds: 'fails', fails: 'holds', unknown: 'unknown' }

/** Undefined while it is not known: also where it would be infinite, or not a number. */
export function evaluateValue(checked: Checked, world: ConditionWorld): number | Direction | undefined {
  const value = rawValue(checked, world)
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : value
}

function rawValue(checked: Checked, world: ConditionWorld): number | Direction | undefined {
  switch (checked.kind) {
    case 'constant':
      return checked.value
    case 'term':
      return world.answer(checked.term)
    case 'negate': {
      const operand = evaluateValue(checked.operand, world)
      return typeof operand === 'number' ? -operand : undefined
    }
    case 'arithmetic': {
      const left = evaluateValue(checked.left, world)
      const right = evaluateValue(checked.right, world)
      if (typeof left !== 'number' || typeof right !== 'number') return undefined
      return calculated(checked.operator, left, right)
    }
    default:
      return undefined
  }
}

function calculated(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
  }
}

function compares(operator: ComparisonOperator, left: number | Direction, right: number | Direction): boolean {
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '==':
      return left === right
    case '!=':
      return left !== right
  }
}
