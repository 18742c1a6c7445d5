import { parseDuration } from '../../time/duration.ts'
import type { Argument, Lexeme, OperatorText } from './lexer.ts'
import { lex } from './lexer.ts'
import { type ConditionProblem, type Place, problemAt } from './problem.ts'
import { parseTime } from './time-literal.ts'

export type ComparisonOperator = '<' | '<=' | '>' | '>=' | '==' | '!='
export type ArithmeticOperator = '+' | '-' | '*' | '/'

/** A condition as it is written; nothing is known of what its names mean. */
export type Syntax = Place &
  (
    | { readonly kind: 'literal'; readonly value: number; readonly unit: 'number' | 'percent' | 'duration' | 'time' }
    | { readonly kind: 'word'; readonly text: string }
    | { readonly kind: 'call'; readonly name: string; readonly nameEnd: number; readonly args: readonly Argument[] }
    | { readonly kind: 'not'; readonly operand: Syntax }
    | { readonly kind: 'negate'; readonly operand: Syntax }
    | { readonly kind: 'logic'; readonly operator: '&&' | '||'; readonly left: Syntax; readonly right: Syntax }
    | { readonly kind: 'compare'; readonly operator: ComparisonOperator; readonly left: Syntax; readonly right: Syntax }
    | {
        readonly kind: 'arithmetic'
        readonly operator: ArithmeticOperator
        readonly left: Syntax
        readonly right: Syntax
      }
  )

/** Characters of a condition, and how deep its parentheses and signs may go. */
export const CONDITION_LENGTH_MAX = 1_000
const DEPTH_MAX = 32

/** Words of other languages. */
const MEANT: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!', is: '==', equals: '==' }

/** Thrown and caught within this file alone. */
class SyntaxMistake extends Error {
  readonly problem: ConditionProblem
  constructor(problem: ConditionProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/**
 * Reads a condition: `||` binds least, then `&&`, one comparison, `+ -`, `* /`, and the signs `!` and `-`. A mistake ends
 * it, since what follows can not be trusted.
 */
export function parse(text: string): { readonly syntax: Syntax } | { readonly problem: ConditionProblem } {
  if (text.length > CONDITION_LENGTH_MAX) {
    const message = `a condition of ${text.length} characters is too long`
    const remedy = `Keep it within ${CONDITION_LENGTH_MAX} characters, or make two orders of it.`
    return { problem: problemAt({ start: CONDITION_LENGTH_MAX, end: text.length }, message, remedy) }
  }
  const lexemes = lex(text)
  if (!Array.isArray(lexemes)) return { problem: lexemes as ConditionProblem }
  try {
    return { syntax: new Parser(lexemes).all() }
  } catch (thrown) {
    if (thrown instanceof SyntaxMistake) return { problem: thrown.problem }
    throw thrown
  }
}

class Parser {
  readonly #lexemes: readonly Lexeme[]
  #at = 0
  #depth = 0

  constructor(lexemes: readonly Lexeme[]) {
    this.#lexemes = lexemes
  }

  all(): Syntax {
    if (this.#lexemes.length === 1)
      throw mistake(this.#next, 'the condition is empty', 'Write one, as in price(SOL/USDC) < 140.')
    const syntax = this.#or()
    if (this.#next.kind !== 'end') this.#unexpected('an operator was expected')
    return syntax
  }

  #or(): Syntax {
    return this.#logic('||', () => this.#logic('&&', () => this.#not()))
  }

  #logic(operator: '&&' | '||', operand: () => Syntax): Syntax {
    let left = operand()
    while (this.#take(operator) !== undefined) {
      const right = operand()
      left = { kind: 'logic', operator, left, right, start: left.start, end: right.end }
    }
    return left
  }

  #not(): Syntax {
    const sign = this.#take('!')
    if (sign === undefined) return this.#comparison()
    const operand = this.#deeper(sign, () => this.#not())
    return { kind: 'not', operand, start: sign.start, end: operand.end }
  }

  #comparison(): Syntax {
    const left = this.#sum()
    const sign = this.#take('<', '<=', '>', '>=', '==', '!=')
    if (sign === undefined) return left
    const right = this.#sum()
    const second = this.#take('<', '<=', '>', '>=', '==', '!=')
    if (second !== undefined)
      throw mistake(second, 'comparisons do not follow each other', 'Join two with &&, as in 130 < x && x < 140.')
    const operator = sign.text as ComparisonOperator
    return { kind: 'compare', operator, left, right, start: left.start, end: right.end }
  }

  #sum(): Syntax {
    return this.#arithmetic(['+', '-'], () => this.#arithmetic(['*', '/'], () => this.#signed()))
  }

  #arithmetic(operators: readonly OperatorText[], operand: () => Syntax): Syntax {
    let left = operand()
    for (let sign = this.#take(...operators); sign !== undefined; sign = this.#take(...operators)) {
      const right = operand()
      const operator = sign.text as ArithmeticOperator
      left = { kind: 'arithmetic', operator, left, right, start: left.start, end: right.end }
    }
    return left
  }

  #signed(): Syntax {
    const sign = this.#take('-')
    if (sign === undefined) return this.#primary()
    const operand = this.#deeper(sign, () => this.#signed())
    return { kind: 'negate', operand, start: sign.start, end: operand.end }
  }

  #primary(): Syntax {
    const lexeme = this.#next
    const { start, end } = lexeme
    if (lexeme.kind === 'operator' && lexeme.text === '(') {
      this.#at += 1
      const inner = this.#deeper(lexeme, () => this.#or())
      const close = this.#take(')')
      if (close === undefined && this.#next.kind === 'end') throw mistake(lexeme, '"(" is not closed', 'Add ")".')
      if (close === undefined) this.#unexpected('an operator or ")" was expected')
      return { ...inner, start, end: close!.end }
    }
    this.#at += 1
    switch (lexeme.kind) {
      case 'number':
        return { kind: 'literal', unit: 'number', value: numberOf(lexeme, lexeme.text), start, end }
      case 'percent':
        return { kind: 'literal', unit: 'percent', value: numberOf(lexeme, lexeme.text) / 100, start, end }
      case 'duration':
        return { kind: 'literal', unit: 'duration', value: parseDuration(lexeme.text), start, end }
      case 'time': {
        const time = parseTime(lexeme.text)
        if ('remedy' in time) throw mistake(lexeme, time.message, time.remedy)
        return { kind: 'literal', unit: 'time', value: time.at, start, end }
      }
      case 'call':
        return { kind: 'call', name: lexeme.name, nameEnd: lexeme.nameEnd, args: lexeme.args, start, end }
      case 'word':
        return { kind: 'word', text: lexeme.text, start, end }
      default:
        this.#at -= 1
        return this.#unexpected('a value was expected')
    }
  }

  get #next(): Lexeme {
    return this.#lexemes[this.#at]!
  }

  #take(...operators: readonly OperatorText[]): (Lexeme & { readonly kind: 'operator' }) | undefined {
    const lexeme = this.#next
    if (lexeme.kind !== 'operator' || !operators.includes(lexeme.text)) return undefined
    this.#at += 1
    return lexeme
  }

  #deeper(place: Place, inner: () => Syntax): Syntax {
    this.#depth += 1
    if (this.#depth > DEPTH_MAX)
      throw mistake(place, `this is more than ${DEPTH_MAX} levels deep`, 'Write it with fewer parentheses and signs.')
    const syntax = inner()
    this.#depth -= 1
    return syntax
  }

  #unexpected(expected: string): never {
    const lexeme = this.#next
    if (lexeme.kind === 'end') throw mistake(lexeme, `the condition ends where ${expected}`, 'Complete it.')
    const written = lexeme.kind === 'call' ? lexeme.name : lexeme.text
    const meant = lexeme.kind === 'word' ? MEANT[lexeme.text.toLowerCase()] : undefined
    const remedy = meant === undefined ? 'Remove it, or write what is missing before it.' : `Did you mean "${meant}"?`
    throw mistake(lexeme, `"${written}" stands where ${expected}`, remedy)
  }
}

function numberOf(place: Place, text: string): number {
  const value = Number(text.replaceAll('_', ''))
  if (Number.isFinite(value)) return value
  throw mistake(place, 'this number is too large', 'Write a smaller one.')
}

function mistake(place: Place, message: string, remedy: string): SyntaxMistake {
  return new SyntaxMistake(problemAt(place, message, remedy))
}
