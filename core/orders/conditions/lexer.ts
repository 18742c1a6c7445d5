import { type ConditionProblem, type Place, problemAt } from './problem.ts'

export type OperatorText = '||' | '&&' | '!' | '<=' | '>=' | '==' | '!=' | '<' | '>' | '+' | '-' | '*' | '/' | '(' | ')'

export type Lexeme = Place &
  (
    | { readonly kind: 'operator'; readonly text: OperatorText }
    | { readonly kind: 'number' | 'percent' | 'duration' | 'time' | 'word'; readonly text: string }
    | { readonly kind: 'call'; readonly name: string; readonly nameEnd: number; readonly args: readonly Argument[] }
    | { readonly kind: 'end' }
  )

/** What stands between the commas of a function: names may hold what would be operators elsewhere, as in `SOL/USDC`. */
export interface Argument extends Place {
  readonly text: string
}

const SPACE = /\s+/y
const OPERATOR = /\|\||&&|<=|>=|==|!=|[!<>+\-*/()]/y
/** Before numbers: `2026-01-01` is no subtraction. What follows is taken along, so that a bad time is one mistake. */
const TIME = /\d{4}-\d{2}-\d{2}(?:[Tt][\d:.]*(?:[Zz]|[+-]\d{2}:?\d{2})?)?/y
const DURATION = /(?:\d+(?:\.\d+)?(?:ms|[smhdw])(?![a-z]))+/y
const NUMBER = /\d[\d_]*(?:\.\d+)?/y
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy
const ARGUMENT = /[^(),"]*/y
const QUOTED = /\s*"([^"]*)"\s*/y

/** What other languages write for what is meant. */
const MEANT: Readonly<Record<string, string>> = {
  '=': '==',
  '&': '&&',
  '|': '||',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '×': '*',
}

/** Splits a condition into its words, or says at which character that ends. */
export function lex(text: string): readonly Lexeme[] | ConditionProblem {
  const lexemes: Lexeme[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    return found === undefined || found === '' ? undefined : found
  }
  for (;;) {
    at += match(SPACE)?.length ?? 0
    if (at === text.length) return [...lexemes, { kind: 'end', start: at, end: at }]
    const start = at
    const next = lexValue(match, text, start) ?? lexOperator(match, text, start)
    if (!('kind' in next)) return next
    lexemes.push(next)
    at = next.end
  }
}

type Match = (pattern: RegExp) => string | undefined

function lexValue(match: Match, text: string, start: number): Lexeme | ConditionProblem | undefined {
  const lexeme = (kind: 'number' | 'percent' | 'duration' | 'time' | 'word', found: string): Lexeme => ({
    kind,
    text: found,
    start,
    end: start + found.length,
  })
  const time = match(TIME)
  if (time !== undefined) return lexeme('time', time)
  const duration = match(DURATION)
  if (duration !== undefined) return lexeme('duration', duration)
  const number = match(NUMBER)
  if (number !== undefined) {
    const end = start + number.length
    if (text[end] === '%') return { ...lexeme('percent', number), end: end + 1 }
    const tail = /^[\p{L}_]+/u.exec(text.slice(end))?.[0]
    if (tail === undefined) return lexeme('number', number)
    return problemAt(
      { start: end, end: end + tail.length },
      `"${tail}" is no unit`,
      'Units are % and ms, s, m, h, d, w.',
    )
  }
  const word = match(WORD)
  if (word === undefined) return undefined
  const open = /^\s*\(/.exec(text.slice(start + word.length))
  if (!open) return lexeme('word', word)
  return lexCall(text, { start, end: start + word.length }, start + word.length + open[0].length)
}

function lexCall(text: string, name: Place, from: number): Lexeme | ConditionProblem {
  const args: Argument[] = []
  let at = from
  for (;;) {
    QUOTED.lastIndex = at
    const quoted = QUOTED.exec(text)
    ARGUMENT.lastIndex = at
    const found = quoted?.[0] ?? ARGUMENT.exec(text)?.[0] ?? ''
    const end = at + found.length
    const start = at + (found.length - found.trimStart().length)
    args.push({ text: quoted?.[1] ?? found.trim(), start, end: at + found.trimEnd().length })
    const closing = text[end]
    if (closing === ')') {
      const isEmpty = args.length === 1 && args[0]!.text === '' && !quoted
      const { start, end: nameEnd } = name
      return { kind: 'call', name: text.slice(start, nameEnd), nameEnd, args: isEmpty ? [] : args, start, end: end + 1 }
    }
    if (closing !== ',') {
      const place = { start: Math.min(end, text.length), end: Math.min(end + 1, text.length) }
      return closing === undefined
        ? problemAt(name, `"${text.slice(name.start, name.end)}(" is not closed`, 'Add ")".')
        : problemAt(
            place,
            'a function takes names and durations, nothing else',
            'Calculate outside of its parentheses.',
          )
    }
    at = end + 1
  }
}

function lexOperator(match: Match, text: string, start: number): Lexeme | ConditionProblem {
  const operator = match(OPERATOR) as OperatorText | undefined
  if (operator !== undefined) return { kind: 'operator', text: operator, start, end: start + operator.length }
  const character = String.fromCodePoint(text.codePointAt(start)!)
  const meant = MEANT[character]
  return problemAt(
    { start, end: start + character.length },
    `"${character}" means nothing here`,
    meant === undefined ? 'A condition reads like price(SOL/USDC) < 140 && hour() >= 9.' : `Did you mean "${meant}"?`,
  )
}
