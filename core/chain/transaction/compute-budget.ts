import type { Instruction } from '../../plugin/venue.ts'

const PROGRAM = 'ComputeBudget111111111111111111111111111111'
/** The most one transaction may use. */
export const COMPUTE_UNITS_MAX = 1_400_000
/** What a transaction may load unless it says less. Source: MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES of the Solana SDK. */
const LOADED_BYTES_MAX = 64 * 1024 * 1024
/** Room above a simulation's use: the path may cost a little more when it runs. */
const HEADROOM_PERCENT = 20

/**
 * Limit, loaded bytes and price, in that order.
 *
 * Two purchases of the same amount at the same blockhash would be the very same bytes, hence one signature, and one
 * landing would be taken for two. The salt lowers the limit of loaded bytes by up to 16 of its 64 MiB, which costs
 * nothing and makes every order's transaction its own.
 *
 * Source: ComputeBudgetInstruction of the Solana SDK (2 limit, 3 price, 4 loaded bytes).
 */
export function computeBudgetInstructions(budget: {
  units: number
  price_microLamports: bigint
  salt: number
}): readonly Instruction[] {
  const limit = new DataView(new ArrayBuffer(5))
  limit.setUint8(0, 2)
  limit.setUint32(1, budget.units, true)
  const loaded = new DataView(new ArrayBuffer(5))
  loaded.setUint8(0, 4)
  loaded.setUint32(1, LOADED_BYTES_MAX - (budget.salt & 0xffffff), true)
  const price = new DataView(new ArrayBuffer(9))
  price.setUint8(0, 3)
  price.setBigUint64(1, budget.price_microLamports, true)
  return [limit, loaded, price].map(({ buffer }) => ({
    programId: PROGRAM,
    accounts: [],
    data: new Uint8Array(buffer),
  }))
}

/** The limit to ask for after a simulation used so many. */
export function limitFor(usedUnits: number): number {
  return Math.min(COMPUTE_UNITS_MAX, Math.ceil((usedUnits * (100 + HEADROOM_PERCENT)) / 100))
}

/** Lamports of a price at a limit: on the limit, not on the use. */
export function priorityFee_lamports(limit: number, price_microLamports: bigint): bigint {
  return (BigInt(limit) * price_microLamports + 999_999n) / 1_000_000n
}
