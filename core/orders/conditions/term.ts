import { type Pair, pairName, type Token } from '../../money/token.ts'
import { formatDuration } from '../../time/duration.ts'
import { DIRECTION, NUMBER, PERCENT, TIME, type Unit } from './unit.ts'

export type Direction = 'buy' | 'sell' | 'none'
export const DIRECTIONS = ['buy', 'sell', 'none'] as const satisfies readonly Direction[]

/** Something a condition asks the world for. */
export type Question =
  | { readonly kind: 'price' | 'bid' | 'ask'; readonly pair: Pair }
  | { readonly kind: 'change' | 'low' | 'high'; readonly pair: Pair; readonly window_ms: number }
  | { readonly kind: 'signal' | 'direction'; readonly name: string; readonly pair?: Pair }
  | { readonly kind: 'balance'; readonly token: Token }
  | { readonly kind: 'time' | 'hour' }

/** `id` is the same for the same question, wherever it is asked. */
export type Term = Question & { readonly id: string }

export function termFor(question: Question): Term {
  return { ...question, id: idOf(question) }
}

/** By mints, since two tokens may have one symbol. */
export function pairId({ base, quote }: Pair): string {
  return `${base.cluster}/${base.mint}/${quote.mint}`
}

function idOf(question: Question): string {
  const { kind } = question
  if ('name' in question) return `${kind} ${question.name} ${question.pair ? pairId(question.pair) : ''}`
  if ('window_ms' in question) return `${kind} ${pairId(question.pair)} ${question.window_ms}`
  if ('pair' in question) return `${kind} ${pairId(question.pair)}`
  return 'token' in question ? `${kind} ${question.token.mint}` : kind
}

/** As it is written: `change(SOL/USDC, 1h)`. */
export function termText(term: Question): string {
  if ('name' in term) return `${term.kind}(${term.name}${term.pair ? `, ${pairName(term.pair)}` : ''})`
  if ('window_ms' in term) return `${term.kind}(${pairName(term.pair)}, ${formatDuration(term.window_ms)})`
  if ('pair' in term) return `${term.kind}(${pairName(term.pair)})`
  return 'token' in term ? `${term.kind}(${term.token.symbol})` : `${term.kind}()`
}

export function termUnit(term: Question): Unit {
  switch (term.kind) {
    case 'price':
    case 'bid':
    case 'ask':
    case 'low':
    case 'high':
      return { kind: 'price', pair: term.pair }
    case 'change':
      return PERCENT
    case 'signal':
    case 'hour':
      return NUMBER
    case 'direction':
      return DIRECTION
    case 'balance':
      return { kind: 'amount', token: term.token }
    case 'time':
      return TIME
  }
}
