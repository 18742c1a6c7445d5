import type { Fill } from '../core/events/report.ts'

/** A fill at what was quoted, in one transaction, for the base fee alone. */
export function plainFill(of: Pick<Fill, 'orderId' | 'key' | 'signature' | 'at' | 'input' | 'output'>): Fill {
  return {
    ...of,
    venue: 'test',
    slot: 1,
    quotedOutput: of.output,
    minimumOutput: of.output,
    fees: { base_lamports: 5_000n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n },
    computeUnits: 1,
    slippageBps: 0,
  }
}
