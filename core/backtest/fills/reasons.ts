import type { IntentEvent } from '../../events/event.ts'
import type { Reason } from '../../events/report.ts'
import { type Pair, pairName, sameToken } from '../../money/token.ts'

/** Of an order that the data did not live to see. */
export const DATA_ENDED: Reason = {
  code: 'DATA_ENDED',
  message: 'the data ended before it could be traded',
  remedy: 'Give data that go on longer, or let the strategy end earlier.',
}

export function tradesPair({ base, quote }: Pair, { input, output }: Pick<IntentEvent, 'input' | 'output'>): boolean {
  return (sameToken(base, input) && sameToken(quote, output)) || (sameToken(base, output) && sameToken(quote, input))
}

export function wrongPair(pair: Pair, { input, output }: IntentEvent): Reason {
  return {
    code: 'ROUTE_NOT_FOUND',
    message: `the data are of ${pairName(pair)}; they say nothing of ${input.symbol} and ${output.symbol}`,
    remedy: 'Give data of the pair that is traded.',
  }
}
