import type { CustomEvent, ForgeEvent, IntentEvent } from '../../events/event.ts'
import { parseAmount } from '../../money/amount.ts'
import { type Price, parsePrice } from '../../money/price.ts'
import type { Pair, TokenDirectory } from '../../money/token.ts'
import { parseDuration } from '../../time/duration.ts'
import { readTime } from './read-time.ts'
import type { PlainInput } from './schema.ts'

/**
 * The event a person wrote, at its time.
 *
 * @throws the errors of what it consists of: AMOUNT_INVALID, TOKEN_UNKNOWN, PRICE_INVALID, DURATION_INVALID.
 */
export function readEvent(
  written: PlainInput | CustomEvent,
  at: number,
  tokens: TokenDirectory,
  start_ms: number,
): ForgeEvent {
  switch (written.kind) {
    case 'price': {
      const pair = readPair(written.pair, tokens)
      const extreme = (text: string | undefined) =>
        text === undefined ? undefined : { price: parsePrice(text, pair), at }
      const [low, high] = [extreme(written.low), extreme(written.high)]
      return {
        kind: 'price',
        at,
        price: parsePrice(written.price, pair),
        ...(low ? { low } : {}),
        ...(high ? { high } : {}),
        origin: written.origin ?? 'test',
        ...(written.slot === undefined ? {} : { slot: written.slot }),
      }
    }
    case 'candle': {
      const { kind, open, high, low, close, volume } = written
      const pair = readPair(written.pair, tokens)
      return {
        kind,
        at,
        pair,
        interval_ms: parseDuration(written.interval),
        open,
        high,
        low,
        close,
        volume: volume ?? 0,
      }
    }
    case 'signal': {
      const { kind, name, direction, value } = written
      return { kind, at, pair: readPair(written.pair, tokens), name, direction, value: value ?? 0 }
    }
    case 'intent':
      return readIntent(written, at, tokens, start_ms)
    case 'notice': {
      const { kind, level, title, text } = written
      return { kind, at, level, title, text: text ?? '' }
    }
    default:
      return { ...written, at }
  }
}

function readIntent(
  written: Extract<PlainInput, { kind: 'intent' }>,
  at: number,
  tokens: TokenDirectory,
  start_ms: number,
): IntentEvent {
  const exact = /^\s*[\d.]/.test(written.input) ? 'in' : 'out'
  const amount = parseAmount(exact === 'in' ? written.input : written.output, tokens)
  const input = exact === 'in' ? amount.token : tokens.find(written.input)
  const output = exact === 'out' ? amount.token : tokens.find(written.output)
  // Bounds are in the terms a person thinks in: how much of the stable token one of the other costs.
  const pair: Pair = input.decimals <= output.decimals ? { base: output, quote: input } : { base: input, quote: output }
  const bound = (text: string | undefined): Price | undefined =>
    text === undefined ? undefined : parsePrice(text, pair)
  const [min, max] = [bound(written.min), bound(written.max)]
  return {
    kind: 'intent',
    at,
    key: written.key,
    node: '',
    input,
    output,
    amount,
    exact,
    ...(min || max ? { bounds: { ...(min ? { min } : {}), ...(max ? { max } : {}) } } : {}),
    ...(written.expires === undefined ? {} : { expiresAt: readTime(written.expires, start_ms) }),
    ...(written.slippageBps === undefined ? {} : { slippageBps: written.slippageBps }),
    ...(written.terms === undefined ? {} : { terms: written.terms }),
    reason: written.reason ?? 'a test',
  }
}

/** @throws TOKEN_UNKNOWN */
export function readPair(text: string, tokens: TokenDirectory): Pair {
  const [base = '', quote = ''] = text.split('/')
  return { base: tokens.find(base.trim()), quote: tokens.find(quote.trim()) }
}
