import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { Account, Simulation } from '../rpc/rpc-types.ts'
import type { LookupTables } from '../transaction/lookup-tables.ts'
import { checkCalls, readCalls } from './calls.ts'
import { belongsTo, type Change, checkEffects, withBalances } from './effects.ts'
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

/**
 * An endpoint that does not tell what a simulation began with: other trades of this wallet may land between reading the
 * balances and simulating. Then both are done again.
 */
const READINGS_MAX = 4
const LAMPORTS_PER_SIGNATURE = 5_000n

/**
 * Simulates a transaction and refuses it unless it is exactly the trade it is for: every instruction decoded and of a
 * known kind, every program and inner call allowed, and the wallet's balances and authorities as agreed afterwards.
 * Nothing is taken from whoever built it: the bytes are decoded, the accounts are read from the chain, and what they hold
 * is what the simulation itself began with, where the endpoint tells.
 *
 * @param watch accounts the caller wants to see after the simulation, in this order, before all others
 * @returns the simulation; one that failed is returned as it is, since nothing will be signed
 * @throws GUARD_REFUSED naming the instruction and the rule; GUARD_UNSTEADY when what the wallet holds changed each time
 *   between reading and simulating; what `Rpc` throws
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
    const certain =
      mints.map((mint, index) => checkMint(mint, held[index], expected.acceptedMints)).find(found => found) ??
      checkInner(decoded, expected, simulation)
    if (certain) throw refused(certain)
    const changes = changesOf(decoded, seen, held.slice(mints.length), simulation)
    const refusal = checkEffects(changes, expected, feesOf(decoded, expected))
    if (!refusal) return simulation
    const again = await read()
    // The first two are asked for at once, so that the simulation may be of what was before the reading: that proves nothing.
    const isSteady = seen.every((address, index) => {
      const [then, now] = [held[mints.length + index], again[mints.length + index]]
      return isSame(then, now) || ![then, now].some(account => belongsTo(expected.wallet, address, account))
    })
    if (readings > 1 && isSteady) throw refused(refusal)
    if (readings >= READINGS_MAX) throw simulation.start ? refused(refusal) : unsteady(refusal)
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

/** What programs call of each other, as far as the endpoint shows it; without that nothing is signed. */
function checkInner(decoded: DecodedMessage, expected: Expectation, simulation: Simulation): Refusal | undefined {
  if (!simulation.accounts || !simulation.calls) {
    return { rule: 'blind', message: 'the endpoint does not show what the transaction would do' }
  }
  try {
    return checkCalls(readCalls(simulation.calls, decoded.addresses), expected)
  } catch (thrown) {
    return { rule: 'undecodable', message: `it leads to a call that can not be decoded: ${messageOf(thrown)}` }
  }
}

/** Each account as it was read, with the balances that the simulation began with, and as it left it. */
function changesOf(
  { addresses }: DecodedMessage,
  seen: readonly string[],
  held: readonly (Account | undefined)[],
  { accounts, start }: Simulation,
): readonly Change[] {
  const isTold = start?.lamports.length === addresses.length
  return seen.map((address, index) => {
    const [before, after, place] = [held[index], accounts?.[index], addresses.indexOf(address)]
    const lamports = isTold ? start.lamports[place] : undefined
    // One that came or went between the reading and the simulation is not put together from both.
    if (!before || !lamports) return { address, before, after }
    return { address, before: withBalances(before, lamports, start?.units.get(place)), after }
  })
}

function feesOf(decoded: DecodedMessage, expected: Expectation): bigint {
  return LAMPORTS_PER_SIGNATURE + priorityFeeOf(decoded.instructions) + tipOf(decoded, expected)
}

function isSame(a: Account | undefined, b: Account | undefined): boolean {
  if (!a || !b) return a === b
  return a.lamports === b.lamports && Buffer.from(a.data).equals(Buffer.from(b.data))
}

function unsteady({ message }: Refusal): ForgeError {
  return new ForgeError('GUARD_UNSTEADY', {
    message: `what the wallet holds changed each time between reading and simulating: the last time, ${message}`,
  })
}

function refused(refusal: Refusal): ForgeError {
  const place = refusal.instruction === undefined ? 'the transaction' : `instruction ${refusal.instruction + 1}`
  return new ForgeError('GUARD_REFUSED', {
    message: `${place} was refused: ${refusal.message}`,
    context: { rule: refusal.rule, ...(refusal.instruction === undefined ? {} : { instruction: refusal.instruction }) },
  })
}
