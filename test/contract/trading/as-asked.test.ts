import { afterEach, expect, it } from 'vitest'
import type { IntentEvent } from '../../../core/events/event.ts'
import type { Quote, Venue } from '../../../core/plugin/venue.ts'
import { type TradingWorld, tradingWorld } from './trading-world.ts'

/** A venue is a plugin, and may be anybody's: what it quotes is held against what was asked before anything is made of it. */

const worlds: TradingWorld[] = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map(made => made.close()))
})

/** A world whose venue quotes something else than it should. */
async function lied(change: (quote: Quote) => Quote): Promise<TradingWorld> {
  const venue = (honest: Venue): Venue => ({
    name: 'other',
    plan: (...given) => honest.plan(...given),
    quote: async (request, signal) => {
      const quote = await honest.quote(request, signal)
      return quote && change(quote)
    },
  })
  const here = await tradingWorld({ venue })
  worlds.push(here)
  return here
}

const more = (amount: Quote['input'], by: bigint): Quote['input'] => ({ ...amount, units: amount.units + by })
const times = (amount: Quote['input'], factor: bigint): Quote['input'] => ({ ...amount, units: amount.units * factor })
const SELL: Partial<IntentEvent> = {}
const BUY: Partial<IntentEvent> = { exact: 'out' }

it.each<[string, Partial<IntentEvent>, (quote: Quote) => Quote, RegExp]>([
  [
    'buys less than an exact output',
    BUY,
    quote => ({ ...quote, output: more(quote.output, -1n) }),
    /quotes .* where 1 SOL were asked/,
  ],
  [
    'would pay ten times as much as it quotes for an exact output',
    BUY,
    quote => ({ ...quote, threshold: times(quote.threshold, 10n) }),
    /would put up with .* USDC where .* USDC were quoted and 50 bps of slippage allowed/,
  ],
  [
    'takes an exact output for an exact input',
    BUY,
    quote => ({ ...quote, exact: 'in', input: quote.threshold, threshold: quote.output }),
    /\(exact: in\) where .* \(exact: out\) was asked/,
  ],
  [
    'would sell for a unit',
    SELL,
    quote => ({ ...quote, threshold: { ...quote.threshold, units: 1n } }),
    /would put up with .* where .* were quoted and 50 bps of slippage allowed/,
  ],
  ['sells more than was asked', SELL, quote => ({ ...quote, input: more(quote.input, 1n) }), /were asked/],
  [
    'pays in another token',
    SELL,
    quote => ({
      ...quote,
      output: { ...quote.output, token: { ...quote.output.token, mint: quote.input.token.mint } },
    }),
    /quotes SOL to USDC .* where SOL to USDC/,
  ],
])('a quote that %s is refused before anything is signed', async (_what, how, change, message) => {
  const here = await lied(change)
  const intent = here.intent('a', '1 SOL', 'USDC')
  const { input, output } = intent
  const wanted = how.exact === 'out' ? { ...intent, ...how, input: output, output: input } : intent
  expect(await here.trade(wanted)).toMatchObject({
    state: 'failed',
    reason: { code: 'VENUE_REFUSED', message: expect.stringMatching(message) },
  })
  expect(here.deployment.journal.orders()[0]?.attempts).toEqual([])
})

it('an honest quote for an exact output is traded', async () => {
  const here = await lied(quote => quote)
  const intent = here.intent('a', '1 SOL', 'USDC')
  const report = await here.trade({ ...intent, exact: 'out', input: intent.output, output: intent.input })
  expect(report).toMatchObject({ state: 'filled', fill: { output: { units: 1_000_000_000n } } })
})
