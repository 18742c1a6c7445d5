import {
  ForgeError,
  formatAmount,
  type Pair,
  parseAmount,
  parseDuration,
  sameToken,
  type TokenDirectory,
} from '../../../core/index.ts'
import type { Sizing } from './books/sizing.ts'
import type { MomentumConfig } from './config.ts'
import type { Distances } from './exits/levels.ts'

/** Signals that together say something. */
export interface Condition {
  readonly signals: readonly string[]
  readonly when: 'all' | 'any'
  readonly confirm: number
}

/** What a configuration means on one cluster: parsed, and free of contradictions. */
export interface Plan {
  readonly pair: Pair
  readonly interval_ms: number
  /** Base units of the quote token. */
  readonly budget: bigint
  readonly compound: boolean
  readonly sizing: Sizing
  readonly entry: Condition & { readonly again: 'turn' | 'hold' }
  /** Without signals it is never met. */
  readonly exit: Condition
  readonly distances: Distances
  /** The signal whose value is one range. */
  readonly range: string | undefined
  /** A position is ended when it is that old. */
  readonly longest_ms: number | undefined
  readonly cooldown_ms: number
  readonly expires_ms: number
  readonly slippageBps: number | undefined
  readonly end: { readonly at_ms?: number; readonly after_ms?: number; readonly bars?: number }
  readonly atEnd: 'close' | 'keep'
  readonly onRestart: MomentumConfig['onRestart']
}

/** A transaction sent at once has its chance before its order expires: a blockhash lives about a minute. */
const EXPIRES_MIN_MS = 10_000

/**
 * @throws PLUGIN_CONFIG_INVALID naming the field, for settings that contradict each other or can never trade.
 * @throws TOKEN_UNKNOWN, AMOUNT_INVALID, DURATION_INVALID
 */
export function planOf(config: MomentumConfig, tokens: TokenDirectory): Plan {
  const [base, quote] = config.pair.split('/').map(symbol => tokens.find(symbol.trim()))
  const pair = { base: base!, quote: quote! }
  const interval_ms = parseDuration(config.interval)
  if (interval_ms < 1_000) throw wrong('interval', `"${config.interval}" is below one second`)
  const names = new Set(config.signals.map(({ kind, name }) => name ?? kind))
  const known = (field: string, name: string): string => {
    if (names.has(name)) return name
    throw wrong(field, `no signal is called "${name}"`, `There are ${[...names].join(', ')}.`)
  }
  const { entry, exit } = config
  const entrySignals = entry.signals.map((name, index) => known(`entry.signals[${index}]`, name))
  const exitSignals = exit.signals?.map((name, index) => known(`exit.signals[${index}]`, name)) ?? entrySignals
  const budget = quoteAmount('budget', config.budget, pair, tokens)
  const expires_ms = parseDuration(config.expires)
  if (expires_ms < EXPIRES_MIN_MS) throw wrong('expires', `"${config.expires}" is too short for a transaction to land`)
  return {
    pair,
    interval_ms,
    budget,
    compound: config.compound,
    sizing: sizingOf(config, pair, budget, tokens, known),
    entry: { signals: entrySignals, when: entry.when, confirm: entry.confirm, again: entry.again },
    exit: { signals: exitSignals, when: exit.when, confirm: exit.confirm },
    distances: exit,
    range: rangeOf(exit, known),
    longest_ms: longestOf(exit, interval_ms),
    cooldown_ms: parseDuration(config.cooldown),
    expires_ms,
    slippageBps: config.slippageBps,
    end: {
      ...(config.end !== undefined && { at_ms: Date.parse(config.end) }),
      ...(config.duration !== undefined && { after_ms: parseDuration(config.duration) }),
      ...(config.bars !== undefined && { bars: config.bars }),
    },
    atEnd: config.atEnd,
    onRestart: config.onRestart,
  }
}

function sizingOf(
  { size }: MomentumConfig,
  pair: Pair,
  budget: bigint,
  tokens: TokenDirectory,
  known: (field: string, name: string) => string,
): Sizing {
  switch (size.kind) {
    case 'fixed': {
      const units = quoteAmount('size.amount', size.amount, pair, tokens)
      if (units <= budget) return { kind: 'fixed', units }
      const [more, all] = [units, budget].map(each => formatAmount({ token: pair.quote, units: each }))
      throw wrong('size.amount', `${more} is more than the budget of ${all}`)
    }
    case 'percent':
      return size
    case 'risk':
    case 'volatility':
      return { ...size, signal: known('size.signal', size.signal) }
  }
}

function rangeOf(exit: MomentumConfig['exit'], known: (field: string, name: string) => string): string | undefined {
  const needing = (['stopRanges', 'targetRanges', 'trailRanges'] as const).find(field => exit[field] !== undefined)
  if (exit.range !== undefined) return known('exit.range', exit.range)
  if (needing === undefined) return undefined
  throw wrong(`exit.${needing}`, 'it is not said what a range is', 'Name a signal of kind atr as exit.range.')
}

function longestOf({ bars, after }: MomentumConfig['exit'], interval_ms: number): number | undefined {
  const limits = [bars === undefined ? [] : bars * interval_ms, after === undefined ? [] : parseDuration(after)].flat()
  return limits.length === 0 ? undefined : Math.min(...limits)
}

function quoteAmount(field: string, text: string, pair: Pair, tokens: TokenDirectory): bigint {
  const { token, units } = parseAmount(text, tokens)
  if (!sameToken(token, pair.quote))
    throw wrong(field, `it is in ${token.symbol}, and ${pair.quote.symbol} is traded with`)
  if (units === 0n) throw wrong(field, 'it is zero')
  return units
}

function wrong(field: string, problem: string, remedy?: string): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', {
    message: `${field}: ${problem}`,
    ...(remedy !== undefined && { remedy }),
    context: { field },
  })
}
