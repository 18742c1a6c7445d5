import { isForgeError } from '../../errors/forge-error.ts'
import { hintFor } from '../../errors/suggest.ts'
import { type Pair, sameToken, type Token, type TokenDirectory } from '../../money/token.ts'
import { parseDuration } from '../../time/duration.ts'
import type { Argument } from './lexer.ts'
import { type ConditionProblem, type Place, problemAt } from './problem.ts'
import { type Question, type Term, termFor } from './term.ts'

type ArgumentKind = 'pair' | 'window' | 'name' | 'token'

interface Signature {
  readonly takes: readonly ArgumentKind[]
  /** How many of them must be there. */
  readonly least: number
  readonly example: string
  readonly says: string
}

/** All that a condition may ask for. */
export const CONDITION_FUNCTIONS: Readonly<Record<Term['kind'], Signature>> = {
  price: { takes: ['pair'], least: 1, example: 'price(SOL/USDC)', says: 'the latest price' },
  bid: { takes: ['pair'], least: 1, example: 'bid(SOL/USDC)', says: 'what a sale brings, where the feed says so' },
  ask: { takes: ['pair'], least: 1, example: 'ask(SOL/USDC)', says: 'what a purchase costs, where the feed says so' },
  change: {
    takes: ['pair', 'window'],
    least: 2,
    example: 'change(SOL/USDC, 1h)',
    says: 'by how many percent the price is above that of so long ago',
  },
  low: { takes: ['pair', 'window'], least: 2, example: 'low(SOL/USDC, 24h)', says: 'the lowest price of so long' },
  high: { takes: ['pair', 'window'], least: 2, example: 'high(SOL/USDC, 24h)', says: 'the highest price of so long' },
  signal: { takes: ['name', 'pair'], least: 1, example: 'signal(rsi)', says: 'the latest value of a signal' },
  direction: {
    takes: ['name', 'pair'],
    least: 1,
    example: 'direction(ema-cross) == buy',
    says: 'buy, sell or none, as a signal last said',
  },
  balance: { takes: ['token'], least: 1, example: 'balance(SOL)', says: 'what the wallet holds' },
  time: { takes: [], least: 0, example: 'time() > 2026-01-31T09:30Z', says: 'now' },
  hour: { takes: [], least: 0, example: 'hour() >= 9', says: 'the hour of the day in UTC, 0 to 23' },
}

export const FUNCTION_NAMES = Object.keys(CONDITION_FUNCTIONS) as readonly Term['kind'][]

/** The longest window of low, high and change. */
const WINDOW_MAX_MS = 31 * 86_400_000
const NAME_LENGTH_MAX = 64

/** What a call asks for; undefined when something is wrong, which `complain` has been told then. */
export function termOf(
  call: Place & { readonly name: string; readonly nameEnd: number; readonly args: readonly Argument[] },
  tokens: TokenDirectory,
  complain: (problem: ConditionProblem) => void,
): Term | undefined {
  const kind = FUNCTION_NAMES.find(name => name === call.name)
  const name = { start: call.start, end: call.nameEnd }
  if (kind === undefined) {
    const remedy = hintFor(call.name, FUNCTION_NAMES, 'functions') ?? ''
    complain(problemAt(name, `there is no function "${call.name}"`, sentence(remedy)))
    return undefined
  }
  const { takes, least, example } = CONDITION_FUNCTIONS[kind]
  if (call.args.length < least || call.args.length > takes.length) {
    const count = takes.length === 0 ? 'nothing' : takes.slice(0, Math.max(least, 1)).join(' and ')
    complain(problemAt(call, `${kind}() takes ${count}, not ${call.args.length} values`, `As in ${example}.`))
    return undefined
  }
  const read = new Arguments(call, takes, tokens, complain)
  switch (kind) {
    case 'price':
    case 'bid':
    case 'ask':
      return read.complete({ kind, pair: read.pair(0) })
    case 'change':
    case 'low':
    case 'high':
      return read.complete({ kind, pair: read.pair(0), window_ms: read.window(1) })
    case 'signal':
    case 'direction': {
      const term = { kind, name: read.name(0) }
      return read.complete(call.args.length > 1 ? { ...term, pair: read.pair(1) } : term)
    }
    case 'balance':
      return read.complete({ kind, token: read.token(0) })
    default:
      return termFor({ kind })
  }
}

/** A question of which some parts could not be read. */
type Partly<T> = T extends Question ? { [K in keyof T]: T[K] | undefined } : never

class Arguments {
  readonly #args: readonly Argument[]
  readonly #call: Place
  readonly #tokens: TokenDirectory
  readonly #complain: (problem: ConditionProblem) => void
  readonly #example: (index: number) => string

  constructor(
    call: Place & { readonly name: string; readonly args: readonly Argument[] },
    takes: readonly ArgumentKind[],
    tokens: TokenDirectory,
    complain: (problem: ConditionProblem) => void,
  ) {
    this.#args = call.args
    this.#call = call
    this.#tokens = tokens
    this.#complain = complain
    this.#example = index => `${takes[index]}, as in ${CONDITION_FUNCTIONS[call.name as Term['kind']].example}`
  }

  complete(question: Partly<Question>): Term | undefined {
    return Object.values(question).includes(undefined) ? undefined : termFor(question as Question)
  }

  pair(index: number): Pair | undefined {
    const arg = this.#text(index)
    if (arg === undefined) return undefined
    const parts = arg.text.split('/')
    if (parts.length !== 2) {
      this.#wrong(arg, `"${arg.text}" is not a pair`, `Write a ${this.#example(index)}.`)
      return undefined
    }
    const [first, second] = parts as [string, string]
    const base = this.#find({ text: first.trim(), start: arg.start, end: arg.start + first.length })
    const quote = this.#find({ text: second.trim(), start: arg.end - second.length, end: arg.end })
    if (base === undefined || quote === undefined) return undefined
    if (!sameToken(base, quote)) return { base, quote }
    this.#wrong(arg, `"${arg.text}" is the same token twice`, `Write a ${this.#example(index)}.`)
    return undefined
  }

  token(index: number): Token | undefined {
    const arg = this.#text(index)
    return arg && this.#find(arg)
  }

  window(index: number): number | undefined {
    const arg = this.#text(index)
    if (arg === undefined) return undefined
    try {
      const window_ms = parseDuration(arg.text)
      if (window_ms > 0 && window_ms <= WINDOW_MAX_MS) return window_ms
      this.#wrong(arg, `a window of ${arg.text} is out of range`, 'Give one above zero, of 31d at most.')
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      this.#wrong(arg, thrown.message, thrown.remedy)
    }
    return undefined
  }

  name(index: number): string | undefined {
    const arg = this.#text(index)
    if (arg === undefined || arg.text.length <= NAME_LENGTH_MAX) return arg?.text
    this.#wrong(arg, `a name of ${arg.text.length} characters is too long`, 'See what the signal nodes name theirs.')
    return undefined
  }

  #text(index: number): Argument | undefined {
    const arg = this.#args[index]!
    if (arg.text !== '') return arg
    this.#wrong(arg.end > arg.start ? arg : this.#call, 'a value is missing', `Write a ${this.#example(index)}.`)
    return undefined
  }

  #find(arg: Argument): Token | undefined {
    try {
      return this.#tokens.find(arg.text)
    } catch (thrown) {
      if (!isForgeError(thrown)) throw thrown
      this.#wrong(arg, thrown.message, thrown.remedy)
      return undefined
    }
  }

  #wrong(place: Place, message: string, remedy: string): void {
    this.#complain(problemAt(place, message, remedy))
  }
}

/** With a capital letter and a stop. */
function sentence(text: string): string {
  if (text === '') return 'See `plugins show conditional`.'
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?!]$/.test(begun) ? begun : `${begun}.`
}
