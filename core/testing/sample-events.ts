import type { CandleEvent, EventKind, ForgeEvent } from '../events/event.ts'
import { priceFromNumber } from '../money/price.ts'
import type { TokenDirectory } from '../money/token.ts'
import type { Random } from '../time/random.ts'

const STEP_MS = 60_000

/** A seeded walk of prices, candles and signals, with intents and notices between: of each kind, one a minute. */
export function sampleEvents(
  kinds: readonly EventKind[],
  options: {
    readonly tokens: TokenDirectory
    readonly random: Random
    readonly start_ms: number
    readonly count: number
  },
): ForgeEvent[] {
  const { tokens, random, start_ms, count } = options
  const [base, quote] = [tokens.find('SOL'), tokens.find('USDC')]
  const pair = { base, quote }
  let last = 150
  return Array.from({ length: count }, (_, index) => {
    const at = start_ms + (index + 1) * STEP_MS
    const open = last
    const close = open * (1 + (random.next() - 0.5) / 50)
    last = close
    const candle: CandleEvent = {
      kind: 'candle',
      at,
      pair,
      interval_ms: STEP_MS,
      open,
      high: Math.max(open, close) * 1.001,
      low: Math.min(open, close) * 0.999,
      close,
      volume: 1_000 * random.next(),
    }
    const intent = {
      at,
      key: `sample-${index}`,
      node: '',
      input: quote,
      output: base,
      exact: 'in',
      reason: 'a sample',
    } as const
    const direction = close > open ? ('buy' as const) : ('sell' as const)
    const samples: readonly ForgeEvent[] = [
      { kind: 'price', at, price: priceFromNumber(pair, close), origin: 'sample' },
      candle,
      { kind: 'signal', at, pair, name: 'sample', direction, value: close },
      { kind: 'intent', ...intent, amount: { token: quote, units: 10_000_000n } },
      { kind: 'notice', at, level: 'info', title: 'A sample', text: `Number ${index}.` },
      {
        kind: 'report',
        ...{ at, orderId: `order-${index}`, key: `sample-${index}`, node: 'sample', input: quote, output: base },
        state: 'skipped',
        reason: { code: 'SAMPLE', message: 'a sample' },
      },
    ]
    return samples.filter(sample => kinds.includes(sample.kind))
  }).flat()
}
