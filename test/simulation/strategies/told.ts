import type { Amount, Fill, IntentEvent, Report } from '../../../core/index.ts'

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
  return {
    orderId: `order-${intent.key}`,
    key: intent.key,
    venue: 'test',
    signature: `signature-${intent.key}`,
    slot: 1,
    at,
    input,
    output,
    quotedOutput: output,
    minimumOutput: output,
    fees: { base_lamports: 5_000n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n },
    computeUnits: 1,
    slippageBps: 0,
  }
}
