import { nearest } from '../../errors/suggest.ts'
import type { TokenDirectory } from '../../money/token.ts'
import { type Checked, termsOf } from './checked.ts'
import { evaluateValue } from './evaluate.ts'
import { FUNCTION_NAMES, termOf } from './functions.ts'
import type { Syntax } from './parser.ts'
import { type ConditionProblem, type Place, problemAt } from './problem.ts'
import { DIRECTIONS, type Direction, termUnit } from './term.ts'
import {
  CONDITION,
  commonUnit,
  DIRECTION,
  DURATION,
  NUMBER,
  PERCENT,
  productUnit,
  quotientUnit,
  sumUnit,
  TIME,
  type Unit,
  unitName,
} from './unit.ts'

const LITERAL_UNITS = { number: NUMBER, percent: PERCENT, duration: DURATION, time: TIME } as const
/** Nothing is asked of the world while a constant is calculated. */
const NOTHING = { answer: () => undefined }

type Of<Kind extends Syntax['kind']> = Extract<Syntax, { readonly kind: Kind }>

/** Gives names and units their meaning. All mistakes are told, not the first alone. */
export class Checker {
  readonly problems: ConditionProblem[] = []
  readonly #text: string
  readonly #tokens: TokenDirectory

  constructor(text: string, tokens: TokenDirectory) {
    this.#text = text
    this.#tokens = tokens
  }

  /** Undefined when there are problems. */
  check(syntax: Syntax): Checked | undefined {
    const checked = this.#truth(syntax)
    return this.problems.length === 0 ? checked : undefined
  }

  /** What must be true or false. */
  #truth(syntax: Syntax): Checked | undefined {
    const checked = this.#value(syntax)
    if (checked === undefined || checked.unit.kind === 'condition') return checked
    const written = this.#written(syntax)
    const example = checked.unit.kind === 'direction' ? `${written} == buy` : `${written} < …`
    return this.#wrong(syntax, `${unitName(checked.unit)} is neither true nor false`, `Compare it, as in ${example}`)
  }

  #value(syntax: Syntax): Checked | undefined {
    switch (syntax.kind) {
      case 'literal': {
        const { value, start, end } = syntax
        return { kind: 'constant', value, unit: LITERAL_UNITS[syntax.unit], start, end }
      }
      case 'word':
        return this.#word(syntax)
      case 'call': {
        const term = termOf(syntax, this.#tokens, problem => this.problems.push(problem))
        return term && { kind: 'term', term, unit: termUnit(term), start: syntax.start, end: syntax.end }
      }
      case 'not': {
        const operand = this.#truth(syntax.operand)
        return operand && { kind: 'not', operand, unit: CONDITION, start: syntax.start, end: syntax.end }
      }
      case 'negate':
        return this.#negate(syntax)
      case 'logic':
        return this.#logic(syntax)
      case 'compare':
        return this.#compare(syntax)
      case 'arithmetic':
        return this.#arithmetic(syntax)
    }
  }

  #word(syntax: Of<'word'>): Checked | undefined {
    const { text, start, end } = syntax
    if (DIRECTIONS.includes(text as Direction))
      return { kind: 'constant', value: text as Direction, unit: DIRECTION, start, end }
    if (FUNCTION_NAMES.some(name => name === text))
      return this.#wrong(syntax, `"${text}" is a function`, `Write ${text}(…).`)
    const meant = nearest(text, [...DIRECTIONS, ...FUNCTION_NAMES])
    return this.#wrong(
      syntax,
      `"${text}" means nothing here`,
      meant ? `Did you mean "${meant}"?` : 'Names stand inside of functions, as in price(SOL/USDC) or signal(rsi).',
    )
  }

  #negate(syntax: Of<'negate'>): Checked | undefined {
    const operand = this.#value(syntax.operand)
    if (operand === undefined) return undefined
    const { kind } = operand.unit
    if (kind === 'condition') return this.#wrong(syntax, 'a condition has no sign', 'Write ! for not.')
    if (kind === 'time' || kind === 'direction')
      return this.#wrong(syntax, `${unitName(operand.unit)} has no sign`, 'Remove the "-".')
    return { kind: 'negate', operand, unit: operand.unit, start: syntax.start, end: syntax.end }
  }

  #logic(syntax: Of<'logic'>): Checked | undefined {
    const left = this.#truth(syntax.left)
    const right = this.#truth(syntax.right)
    if (left === undefined || right === undefined) return undefined
    const { operator, start, end } = syntax
    return { kind: 'logic', operator, left, right, unit: CONDITION, start, end }
  }

  #compare(syntax: Of<'compare'>): Checked | undefined {
    const left = this.#value(syntax.left)
    const right = this.#value(syntax.right)
    if (left === undefined || right === undefined) return undefined
    const { operator, start, end } = syntax
    const unit = commonUnit(left.unit, right.unit)
    if (unit === undefined || unit.kind === 'condition') {
      const both = `${unitName(left.unit)} is compared to ${unitName(right.unit)}`
      return this.#wrong(syntax, both, this.#howToCompare(left, right))
    }
    if (unit.kind === 'direction' && operator !== '==' && operator !== '!=')
      return this.#wrong(syntax, `"${operator}" makes no sense between directions`, 'Write == or !=.')
    if (termsOf(left).length + termsOf(right).length === 0)
      return this.#wrong(syntax, 'this never changes', 'Compare something that does, as in price(SOL/USDC) < 140.')
    return { kind: 'compare', operator, left, right, unit: CONDITION, start, end }
  }

  #howToCompare(left: Checked, right: Checked): string {
    const [number] = [left, right].filter(side => side.unit.kind === 'number' && side.kind !== 'term')
    const other = number === left ? right : left
    if (number && other.unit.kind === 'percent') return `Did you mean ${this.#written(number)}%?`
    if (number && other.unit.kind === 'duration') return `Give it a unit, as in ${this.#written(number)}m.`
    if (left.unit.kind === 'condition' || right.unit.kind === 'condition') return 'Join conditions with && or ||.'
    if (left.unit.kind === 'price' && right.unit.kind === 'price')
      return `Divide one by the other: ${this.#written(left)} / ${this.#written(right)} < 1.`
    if (other.unit.kind === 'time') return 'Compare time() to a time, as in 2026-01-31T09:30Z.'
    const [price] = [left, right].filter(side => side.unit.kind === 'price' && side.kind === 'term')
    if (price?.kind === 'term' && 'pair' in price.term && [left, right].some(side => side.unit.kind === 'percent'))
      return `For how far it has moved, write ${this.#written(price).replace(/^\w+\((.*)\)$/s, 'change($1, 1h)')}.`
    return 'Compare what has the same unit.'
  }

  #arithmetic(syntax: Of<'arithmetic'>): Checked | undefined {
    const left = this.#value(syntax.left)
    const right = this.#value(syntax.right)
    if (left === undefined || right === undefined) return undefined
    const { operator, start, end } = syntax
    const unit = resultUnit(operator, left.unit, right.unit)
    if (unit === undefined) {
      const what = { '+': 'added to', '-': 'joined by "-" with', '*': 'multiplied by', '/': 'divided by' }[operator]
      const message = `${unitName(left.unit)} can not be ${what} ${unitName(right.unit)}`
      return this.#wrong(syntax, message, 'Calculate with what has fitting units.')
    }
    if (operator === '/' && termsOf(right).length === 0 && evaluateValue(right, NOTHING) === 0)
      return this.#wrong(syntax.right, 'this divides by zero', 'Divide by something else.')
    return { kind: 'arithmetic', operator, left, right, unit, start, end }
  }

  #wrong(place: Place, message: string, remedy: string): undefined {
    this.problems.push(problemAt(place, message, remedy))
    return undefined
  }

  #written({ start, end }: Place): string {
    const text = this.#text.slice(start, end)
    return text.length > 60 ? `${text.slice(0, 59)}…` : text
  }
}

function resultUnit(operator: '+' | '-' | '*' | '/', left: Unit, right: Unit): Unit | undefined {
  switch (operator) {
    case '+':
    case '-':
      return sumUnit(operator, left, right)
    case '*':
      return productUnit(left, right)
    case '/':
      return quotientUnit(left, right)
  }
}
