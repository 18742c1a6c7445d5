import type { Amount, Fill, IntentEvent, Report } from '../../../core/index.ts'
import { plainFill } from '../../plain-fill.ts'

/** Why, in these tests, an order came to nothing. */
export const REASON = { code: 'TEST', message: 'the test says so' }

type Outcome =
  | { readonly state: 'accepted' }
  | {
      readonly state: 'failed' | 'expired' | 'skipped' | 'unresolved'
      readonly reason: { readonly code: string; readonly message: string }
    }
  | { readonly state: 'filled'; readonly fill: Fill; readonly recovered: boolean }

/** What a strategy is told of an intent of its own. */
export function report(intent: IntentEvent, at: number, outcome: Outcome): Report {
  const { key, node, input, output } = intent
  return { kind: 'report', at, orderId: `order-${key}`, key, node, input, output, ...outcome }
}

/** A fill for what the intent names, or less, as it was quoted. */
export function fillOf(intent: IntentEvent, output: Amount, at: number, input: Amount = intent.amount): Fill {
  const { key } = intent
  return plainFill({ orderId: `order-${key}`, key, signature: `signature-${key}`, at, input, output })
}
