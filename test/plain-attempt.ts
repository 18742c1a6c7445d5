import type { Attempt } from '../core/orders/journal.ts'

/** A first attempt at an order, whose bytes and promise nobody looks at. */
export function plainAttempt(of: Pick<Attempt, 'orderId' | 'signature' | 'createdAt'>): Attempt {
  return {
    ...of,
    number: 1,
    wire: new Uint8Array(1),
    lastValidBlockHeight: 1,
    venue: 'test',
    promise: { inputUnits: 1n, quotedOutputUnits: 1n, minimumOutputUnits: 1n },
  }
}
