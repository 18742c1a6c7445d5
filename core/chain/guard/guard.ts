import { ForgeError } from '../../errors/forge-error.ts'
import { checkCalls, type InnerCall } from './calls.ts'
import { type AccountState, checkEffects } from './effects.ts'
import type { Expectation, Refusal } from './expectation.ts'
import { checkInstructions } from './instructions.ts'
import { decodeMessage, lookupTablesOf } from './message.ts'
import { checkMint } from './mint.ts'

/** What the guard asks the chain itself: nothing here comes from whoever built the transaction. */
export interface GuardPort {
  accounts(addresses: readonly string[]): Promise<{ slot: number; accounts: readonly (AccountState | undefined)[] }>
  lookupTable(address: string): Promise<readonly string[]>
  /** Simulates the message without signatures, on a state not older than `minContextSlot`. */
  simulate(
    message: Uint8Array,
    addresses: readonly string[],
    minContextSlot: number,
  ): Promise<{ accounts: readonly (AccountState | undefined)[]; calls: readonly InnerCall[]; fees_lamports: bigint }>
}

/**
 * Refuses to let a transaction be signed that is not exactly the trade it is for: every instruction is decoded and must
 * be of a known kind, every program and inner call allowed, and the simulated balances and authorities of the wallet
 * must end as agreed.
 *
 * @param message the serialized message that would be signed
 * @throws GUARD_REFUSED naming the instruction and the rule
 */
export async function guard(message: Uint8Array, expected: Expectation, port: GuardPort): Promise<void> {
  const tables = new Map<string, readonly string[]>()
  for (const table of lookupTablesOf(message)) tables.set(table, await port.lookupTable(table))
  let decoded: ReturnType<typeof decodeMessage>
  try {
    decoded = decodeMessage(message, tables)
  } catch (error) {
    throw refused({ rule: 'undecodable', message: error instanceof Error ? error.message : String(error) })
  }
  const early = checkInstructions(decoded, expected)
  if (early) throw refused(early)

  const mints = [expected.input.mint, expected.output.mint]
  const before = await port.accounts([...mints, ...decoded.writable])
  for (const [index, mint] of mints.entries()) {
    const refusal = checkMint(mint, before.accounts[index])
    if (refusal) throw refused(refusal)
  }
  const after = await port.simulate(message, decoded.writable, before.slot)
  const changes = decoded.writable.map((address, index) => ({
    address,
    before: before.accounts[mints.length + index],
    after: after.accounts[index],
  }))
  const late = checkCalls(after.calls, expected) ?? checkEffects(changes, expected, after.fees_lamports)
  if (late) throw refused(late)
}

function refused(refusal: Refusal): ForgeError {
  const place = refusal.instruction === undefined ? 'the transaction' : `instruction ${refusal.instruction + 1}`
  return new ForgeError('GUARD_REFUSED', {
    message: `${place} was refused: ${refusal.message}`,
    context: { rule: refusal.rule, ...(refusal.instruction === undefined ? {} : { instruction: refusal.instruction }) },
  })
}
