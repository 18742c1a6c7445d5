import type { IntentEvent } from '../../events/event.ts'
import type { FailedLanding, Fill, FillFees } from '../../events/report.ts'
import { SOL_MINT, type Token } from '../../money/token.ts'
import type { Attempt } from '../../orders/journal.ts'
import type { ConfirmedTransaction, TokenBalance, TransactionMeta } from '../rpc/rpc-types.ts'
import { staticKeys } from '../transaction/wire-keys.ts'

/** Lamports for each signature. Source: LAMPORTS_PER_SIGNATURE, the default of Solana's fee rate governor. */
export const SIGNATURE_FEE_LAMPORTS = 5_000n

/** What the wallet's accounts gained (or, negative, lost) by one transaction. */
interface Movement {
  readonly fee_lamports: bigint
  readonly rent_lamports: bigint
  /** Of a token, in base units; of SOL with fee, tip and rent taken out. */
  of(token: Token): bigint
}

/**
 * The fill that a landed transaction's own meta shows, to the unit.
 *
 * SOL leaves and reaches a wallet in three ways at once: the swap, the fee, and deposits for accounts opened or closed.
 * The swap's part is what remains: change of the wallet's lamports + fee + deposits + change of its wrapped SOL.
 */
export function fillOf(
  intent: IntentEvent,
  attempt: Attempt,
  landed: ConfirmedTransaction & { readonly meta: TransactionMeta },
  wallet: string,
  now: number,
): Fill {
  // A landed transaction has paid its tip, to the lamport: it is one of its instructions.
  const { tip_lamports = 0n, protection, details } = attempt.promise
  const moved = movementOf(landed, wallet, tip_lamports)
  const input = { token: intent.input, units: -moved.of(intent.input) }
  const output = { token: intent.output, units: moved.of(intent.output) }
  return {
    orderId: attempt.orderId,
    key: intent.key,
    venue: attempt.venue,
    signature: attempt.signature,
    slot: landed.slot,
    at: landed.blockTime === null ? now : landed.blockTime * 1000,
    input,
    output,
    quotedOutput: { token: intent.output, units: attempt.promise.quotedOutputUnits },
    minimumOutput: { token: intent.output, units: attempt.promise.minimumOutputUnits },
    fees: feesOf(attempt, moved.fee_lamports, tip_lamports, moved.rent_lamports),
    computeUnits: landed.meta.computeUnitsConsumed ?? 0,
    ...(attempt.promise.priceImpactBps !== undefined && { priceImpactBps: attempt.promise.priceImpactBps }),
    slippageBps: slippageBps(intent.exact, attempt, input.units, output.units),
    ...(details && { promised: details }),
    ...(protection && { protection }),
  }
}

/** What a transaction cost that landed and failed: of all it would have done only its fee is left. */
export function failedLandingOf(
  attempt: Attempt,
  { slot, blockTime, meta }: ConfirmedTransaction & { readonly meta: TransactionMeta },
  now: number,
): FailedLanding {
  const at = blockTime === null ? now : blockTime * 1000
  return { signature: attempt.signature, slot, at, fees: feesOf(attempt, BigInt(meta.fee), 0n, 0n) }
}

function feesOf({ wire }: Attempt, paid: bigint, tip_lamports: bigint, rent_lamports: bigint): FillFees {
  const base_lamports = BigInt(wire[0] ?? 1) * SIGNATURE_FEE_LAMPORTS
  return { base_lamports, priority_lamports: paid - base_lamports, tip_lamports, rent_lamports }
}

/** To a hundredth of a basis point; positive when the trade was worse than quoted. */
export function slippageBps(
  exact: 'in' | 'out',
  { promise }: Pick<Attempt, 'promise'>,
  inputUnits: bigint,
  outputUnits: bigint,
): number {
  const [worse, quoted] =
    exact === 'in'
      ? [promise.quotedOutputUnits - outputUnits, promise.quotedOutputUnits]
      : [inputUnits - promise.inputUnits, promise.inputUnits]
  return quoted === 0n ? 0 : Number((worse * 1_000_000n) / quoted) / 100
}

function movementOf(
  { meta, transaction }: ConfirmedTransaction & { meta: TransactionMeta },
  wallet: string,
  tip: bigint,
): Movement {
  const lamports = (index: number): bigint =>
    BigInt(meta.postBalances[index] ?? 0) - BigInt(meta.preBalances[index] ?? 0)
  const walletIndex = staticKeys(Buffer.from(transaction[0], 'base64')).indexOf(wallet)
  const before = ownBalances(meta.preTokenBalances, wallet)
  const after = ownBalances(meta.postTokenBalances, wallet)
  const units = new Map<string, bigint>()
  let rent = 0n
  for (const index of new Set([...before.keys(), ...after.keys()])) {
    const mint = after.get(index)?.mint ?? before.get(index)?.mint ?? ''
    const change = unitsOf(after.get(index)) - unitsOf(before.get(index))
    units.set(mint, (units.get(mint) ?? 0n) + change)
    // An account of wrapped SOL holds its deposit and its amount in one figure.
    rent += lamports(index) - (mint === SOL_MINT ? change : 0n)
  }
  // What opened without being a token account of the wallet was paid by it as well: nobody else signed.
  meta.preBalances.forEach((balance, index) => {
    if (balance === 0 && index !== walletIndex && !after.has(index) && !before.has(index)) rent += lamports(index)
  })
  const fee = BigInt(meta.fee)
  return {
    fee_lamports: fee,
    rent_lamports: rent,
    of: token => {
      const held = units.get(token.mint) ?? 0n
      return token.mint === SOL_MINT ? lamports(walletIndex) + fee + tip + rent + held : held
    },
  }
}

function ownBalances(balances: readonly TokenBalance[] | null | undefined, wallet: string): Map<number, TokenBalance> {
  const own = (balances ?? []).filter(balance => balance.owner === wallet)
  return new Map(own.map(balance => [balance.accountIndex, balance]))
}

function unitsOf(balance: TokenBalance | undefined): bigint {
  return BigInt(balance?.uiTokenAmount.amount ?? '0')
}
