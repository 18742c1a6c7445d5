import type { SwapPlan } from '../../plugin/venue.ts'
import { SIGNATURE_BYTES, TRANSACTION_BYTES_MAX } from '../transaction/compose.ts'
import { computeBudgetInstructions } from '../transaction/compute-budget.ts'

const KEY_BYTES = 32
/** Version, and the header's three counts. */
const HEADER_BYTES = 4
const BUDGET = computeBudgetInstructions({ units: 0, price_microLamports: 0n, salt: 0 })

/**
 * The bytes of a transaction with this plan when it has too many; undefined when it fits.
 *
 * @param plan without lookup tables
 * @param room_bytes kept free for what is added later
 */
export function oversizeOf(plan: SwapPlan, payer: string, room_bytes: number): number | undefined {
  const bytes = transactionBytes(plan, payer)
  return bytes + room_bytes > TRANSACTION_BYTES_MAX ? bytes : undefined
}

/** What `compose` would make of it, counted: it is asked for every route that may be too large. */
export function transactionBytes({ instructions }: SwapPlan, payer: string): number {
  const keys = new Set([payer])
  let bytes = 0
  for (const { programId, accounts, data } of [...BUDGET, ...instructions]) {
    keys.add(programId)
    for (const { address } of accounts) keys.add(address)
    bytes += 1 + lengthBytes(accounts.length) + accounts.length + lengthBytes(data.length) + data.length
  }
  const counts = lengthBytes(keys.size) + lengthBytes(BUDGET.length + instructions.length)
  const noTables = 1
  return 1 + SIGNATURE_BYTES + HEADER_BYTES + counts + keys.size * KEY_BYTES + KEY_BYTES + bytes + noTables
}

/** Source: Solana's "compact-u16", seven bits a byte. */
function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : 3
}
