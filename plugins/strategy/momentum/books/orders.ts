import type { IntentEvent } from '../../../../core/index.ts'
import type { Plan } from '../plan.ts'
import { keyOf, type OrderKey } from './keys.ts'

/** What every order of a strategy has. */
type OrderTerms = Pick<Plan, 'pair' | 'expires_ms' | 'slippageBps'> & { readonly node: string }

/** The intent to buy with, or sell, so many base units of what goes in. */
export function intentOf(
  { pair, expires_ms, slippageBps, node }: OrderTerms,
  key: OrderKey,
  units: bigint,
  told: Pick<IntentEvent, 'at' | 'reason' | 'trigger'>,
): IntentEvent {
  const [input, output] = key.side === 'buy' ? [pair.quote, pair.base] : [pair.base, pair.quote]
  return {
    kind: 'intent',
    key: keyOf(key),
    node,
    input,
    output,
    amount: { token: input, units },
    exact: 'in',
    expiresAt: told.at + expires_ms,
    ...(slippageBps !== undefined && { slippageBps }),
    ...told,
  }
}
