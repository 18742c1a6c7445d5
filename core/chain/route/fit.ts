import { isForgeError } from '../../errors/forge-error.ts'
import type { SwapPlan } from '../../plugin/venue.ts'
import { compose, TRANSACTION_BYTES_MAX } from '../transaction/compose.ts'

/** Any blockhash has these bytes' length. */
const ANY_BLOCKHASH = '11111111111111111111111111111111'

/**
 * The bytes that a plan without lookup tables takes beyond what a transaction may have; undefined when it fits.
 *
 * @param room_bytes kept free for what is added later
 * @returns the whole size
 * @throws TX_INVALID
 */
export function oversizeOf(plan: SwapPlan, payer: string, room_bytes: number): number | undefined {
  const bytes = bytesOf(plan, payer)
  return bytes + room_bytes > TRANSACTION_BYTES_MAX ? bytes : undefined
}

function bytesOf({ instructions }: SwapPlan, payer: string): number {
  try {
    const settings = { blockhash: ANY_BLOCKHASH, tables: {}, price_microLamports: 0n, salt: 0 }
    return compose({ instructions, payer, ...settings }).wire.length
  } catch (thrown) {
    if (isForgeError(thrown, 'TX_TOO_LARGE')) return Number(thrown.context['bytes'])
    throw thrown
  }
}
