import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { Account, Simulation } from '../rpc/rpc-types.ts'
import type { LookupTables } from '../transaction/lookup-tables.ts'
import { checkCalls, readCalls } from './calls.ts'
import { checkEffects } from './effects.ts'
import type { Expectation, Refusal } from './expectation.ts'
import { checkInstructions, priorityFeeOf, tipOf } from './instructions.ts'
import { type DecodedMessage, decodeMessage } from './message.ts'
import { checkMint } from './mint.ts'

/** What would be signed: the whole transaction, and the message in it that a signature covers. */
export interface Unsigned {
  readonly wire: Uint8Array
  readonly message: Uint8Array
  readonly tables: LookupTables
}

/** Other trades of this wallet may land between reading the balances and simulating: then both are done again. */
const READINGS_MAX = 4
const LAMPORTS_PER_SIGNATURE = 5_000n

/**
 * Simulates a transaction and refuses it unless it is exactly the trade it is for: every instruction decoded and of a
 * known kind, every program and inner call allowed, and the wallet's balances and authorities as agreed afterwards.
 * Nothing is taken from whoever built it: the bytes are decoded, the accounts are read from the chain.
 *
 * @param watch accounts the caller wants to see after the simulation, in this order, before all others
 * @returns the simulation; one that failed is returned as it is, since nothing will be signed
 * @throws GUARD_REFUSED naming the instruction and the rule; what `Rpc` throws
 */
export async function simulateGuarded(
  rpc: Pick<Rpc, 'accountsAt' | 'simulate'>,
  unsigned: Unsigned,
  expected: Expectation,
  watch: readonly string[],
): Promise<Simulation> {
  const decoded = decode(unsigned)
  const early = checkInstructions(decoded, expected)
  if (early) throw refused(early)
  const mints = [expected.input.mint, expected.output.mint]
  const seen = [...new Set([...watch, ...decoded.writable])]
  const read = async (): Promise<readonly (Account | undefined)[]> =>
    (await rpc.accountsAt([...mints, ...seen], 'processed', { forSimulation: true })).accounts
  let before = read()
  for (let readings = 1; ; readings++) {
    const [held, simulation] = await Promise.all([before, rpc.simulate(unsigned.wire, seen, 'processed')])
    if (simulation.error !== undefined) return simulation
    const refusal =
      mints.map((mint, index) => checkMint(mint, held[index], expected.acceptedMints)).find(found => found) ??
      checkAfter(decoded, expected, seen, held.slice(mints.length), simulation)
    if (!refusal) return simulation
    const again = await read()
    // The first two are asked for at once, so that the simulation may be of what was before the reading: that proves nothing.
    if (readings >= READINGS_MAX || (readings > 1 && isSame(held, again))) throw refused(refusal)
    before = Promise.resolve(again)
  }
}

function decode({ message, tables }: Unsigned): DecodedMessage {
  try {
    return decodeMessage(message, tables)
  } catch (thrown) {
    throw refused({ rule: 'undecodable', message: messageOf(thrown) })
  }
}

function checkAfter(
  decoded: DecodedMessage,
  expected: Expectation,
  seen: readonly string[],
  held: readonly (Account | undefined)[],
  simulation: Simulation,
): Refusal | undefined {
  if (!simulation.accounts || !simulation.calls) {
    return { rule: 'blind', message: 'the endpoint does not show what the transaction would do' }
  }
  let calls: ReturnType<typeof readCalls>
  try {
    calls = readCalls(simulation.calls, decoded.addresses)
  } catch (thrown) {
    return { rule: 'undecodable', message: `it leads to a call that can not be decoded: ${messageOf(thrown)}` }
  }
  const changes = seen.map((address, index) => ({ address, before: held[index], after: simulation.accounts?.[index] }))
  const fees = LAMPORTS_PER_SIGNATURE + priorityFeeOf(decoded.instructions) + tipOf(decoded, expected)
  return checkCalls(calls, expected) ?? checkEffects(changes, expected, fees)
}

function isSame(a: readonly (Account | undefined)[], b: readonly (Account | undefined)[]): boolean {
  return a.every((account, index) => {
    const other = b[index]
    if (!account || !other) return account === other
    return account.lamports === other.lamports && Buffer.from(account.data).equals(Buffer.from(other.data))
  })
}

function refused(refusal: Refusal): ForgeError {
  const place = refusal.instruction === undefined ? 'the transaction' : `instruction ${refusal.instruction + 1}`
  return new ForgeError('GUARD_REFUSED', {
    message: `${place} was refused: ${refusal.message}`,
    context: { rule: refusal.rule, ...(refusal.instruction === undefined ? {} : { instruction: refusal.instruction }) },
  })
}
