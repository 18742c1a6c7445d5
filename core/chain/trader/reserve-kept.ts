import { ForgeError } from '../../errors/forge-error.ts'
import type { Reason } from '../../events/report.ts'
import { formatUnits } from '../../money/amount.ts'
import type { Simulation } from '../rpc/rpc-types.ts'
import type { Funds, Reservation } from './funds.ts'

/**
 * Why a simulated transaction would leave less than the reserve and what other trades may still take; undefined where it
 * leaves that. What was set aside for it was counted so already: only when it takes more is there anything to ask.
 *
 * @throws GUARD_UNSTEADY where the endpoint does not tell what the simulation began with: another trade may have landed
 *   before it, and what that took would count twice
 */
export function belowReserve(
  { accounts, start }: Pick<Simulation, 'accounts' | 'start'>,
  reservation: Reservation,
  funds: Pick<Funds, 'claimedLamports' | 'ownLamports' | 'reserve_lamports'>,
): Reason | undefined {
  const left = accounts?.[0]?.lamports
  if (left === undefined) return undefined
  const [payer = reservation.wallet.lamports] = start?.lamports ?? []
  if (payer - left <= funds.ownLamports(reservation)) return undefined
  const others = funds.claimedLamports(reservation)
  if (left - others >= funds.reserve_lamports) return undefined
  const sol = (lamports: bigint): string => `${formatUnits(lamports, 9)} SOL`
  const message = `the transaction would leave ${sol(left)}, of which other trades may take ${sol(others)}, and ${sol(funds.reserve_lamports)} stay in reserve`
  if (!start && others > 0n) throw new ForgeError('GUARD_UNSTEADY', { message })
  return { code: 'FUNDS_INSUFFICIENT', message }
}
