import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import type { ForgeEvent, IntentEvent, PriceEvent } from '../../../core/events/event.ts'
import type { Report } from '../../../core/events/report.ts'
import { parseAmount } from '../../../core/money/amount.ts'
import { type Price, parsePrice } from '../../../core/money/price.ts'
import { sameToken } from '../../../core/money/token.ts'
import type { AnyPlugin } from '../../../core/plugin/contract.ts'
import { type PluginTrial, TEST_START_MS, testTokens } from '../../../core/testing/index.ts'

const TOKENS = testTokens()
const PAIR = { base: TOKENS.find('SOL'), quote: TOKENS.find('USDC') }

export function plugin(name: string): AnyPlugin {
  return BUILT_IN_PLUGINS.find(definition => definition.kind === 'order' && definition.name === name)!
}

/** SOL/USDC so many seconds after the start. */
export function price(value: string, at_s: number, more: Partial<PriceEvent> = {}): PriceEvent {
  const at = TEST_START_MS + at_s * 1_000
  return { kind: 'price', at, price: parsePrice(value, PAIR), origin: 'test', ...more }
}

export function extreme(value: string, at_s: number): { price: Price; at: number } {
  return { price: parsePrice(value, PAIR), at: TEST_START_MS + at_s * 1_000 }
}

/** A sale of `1 SOL`, or a purchase for `100 USDC`. */
export function wants(key: string, amount: string, more: Partial<IntentEvent> = {}, at_s = 0): IntentEvent {
  const parsed = parseAmount(amount, TOKENS)
  const output = sameToken(parsed.token, PAIR.base) ? PAIR.quote : PAIR.base
  return {
    kind: 'intent',
    at: TEST_START_MS + at_s * 1_000,
    key,
    node: '',
    input: parsed.token,
    output,
    amount: parsed,
    exact: 'in',
    reason: 'a test',
    ...more,
  }
}

/** Services in which a trade fills at the latest of these prices. */
export function market(
  events: readonly ForgeEvent[],
  more: PluginTrial['services'] = {},
): NonNullable<PluginTrial['services']> {
  const prices = events.filter(event => event.kind === 'price')
  return {
    tokens: TOKENS,
    priceOf: (_input, _output, at) => prices.findLast(event => event.at <= at)?.price,
    ...more,
  }
}

/** `1.5 SOL → …`: the intents that were given on, as key, amount and second. */
export function fired(given: readonly ForgeEvent[]): string[] {
  return given.flatMap(event => {
    if (event.kind !== 'intent') return []
    const { key, amount, at } = event as IntentEvent
    return [`${key} ${amount.units} at ${(at - TEST_START_MS) / 1_000}`]
  })
}

/** `key state`, with the reason's code. */
export function reports(given: readonly ForgeEvent[]): string[] {
  return given.flatMap(event => {
    if (event.kind !== 'report') return []
    const report = event as Report
    const code = 'reason' in report && report.reason ? ` ${report.reason.code}` : ''
    return [`${report.key} ${report.state}${code}`]
  })
}

export function notices(given: readonly ForgeEvent[]): string[] {
  return given.flatMap(event => (event.kind === 'notice' ? [`${event.level}: ${event.title}`] : []))
}
