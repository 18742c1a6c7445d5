import type { JsonRpc } from '../../chain/rpc/json-rpc.ts'
import { formatUnits } from '../../money/amount.ts'
import { SOL_MINT } from '../../money/token.ts'
import type { WalletMark } from '../../store/directory/wallet-marks.ts'
import type { Store } from '../../store/store.ts'
import type { RunPortfolio } from '../run/run-document.ts'

/** The most that one call gives. */
const SIGNATURES_MAX = 1_000
const SHOWN = 3
const SOL = { symbol: 'SOL', decimals: 9 }

/** Whose wallet, on which chain. */
export interface WalletPlace {
  readonly genesisHash: string
  readonly wallet: string
}

/**
 * What happened to the wallet since the last run of this data directory, and not by it: transactions that its journal
 * did not sign, and balances that changed. A sentence each; none on the first run, which only takes its mark.
 *
 * @param state.holds What the wallet holds now; absent when this start had to settle orders of the last run, which then
 *   changed it as well.
 */
export async function movedByOthers(
  call: JsonRpc,
  store: Store,
  place: WalletPlace,
  state: { readonly now: number; readonly holds: RunPortfolio | undefined },
): Promise<readonly string[]> {
  const { genesisHash, wallet } = place
  const mark = store.walletMarks.get(genesisHash, wallet)
  const until = mark?.signature === undefined ? {} : { until: mark.signature }
  const limit = mark ? SIGNATURES_MAX : 1
  const params = [wallet, { limit, commitment: 'confirmed', ...until }]
  const listed = await call<{ signature: string }[]>('getSignaturesForAddress', params, { repeatable: true })
  const newest = listed[0]?.signature ?? mark?.signature
  store.walletMarks.set(genesisHash, wallet, { ...(newest && { signature: newest }), at: state.now })
  if (!mark) return []
  const foreign = listed.map(({ signature }) => signature).filter(signature => !store.walletMarks.isOwn(signature))
  return [
    ...(foreign.length > 0 ? [transactionsLine(foreign, mark)] : []),
    ...(mark.holdings && state.holds ? changesOf(mark.holdings, state.holds) : []),
  ]
}

/** Remembers what a run that ended in order left in the wallet. */
export function leaveMark(store: Store, { genesisHash, wallet }: WalletPlace, holds: RunPortfolio, now: number): void {
  const mark = store.walletMarks.get(genesisHash, wallet)
  store.walletMarks.set(genesisHash, wallet, { ...mark, holdings: unitsOf(holds), at: now })
}

function transactionsLine(foreign: readonly string[], mark: WalletMark): string {
  const many = foreign.length === 1 ? 'a transaction' : `${foreign.length} transactions`
  const rest = foreign.length > SHOWN ? ` and ${foreign.length - SHOWN} more` : ''
  const since = new Date(mark.at).toISOString()
  return `${many} of this wallet since ${since} came from elsewhere: ${foreign.slice(0, SHOWN).join(', ')}${rest}`
}

function changesOf(before: Readonly<Record<string, bigint>>, holds: RunPortfolio): readonly string[] {
  const found = unitsOf(holds)
  const named = new Map(holds.tokens.map(token => [token.mint, token]))
  return [...new Set([...Object.keys(before), ...Object.keys(found)])].flatMap(mint => {
    const change = (found[mint] ?? 0n) - (before[mint] ?? 0n)
    if (change === 0n) return []
    const { symbol, decimals } = mint === SOL_MINT ? SOL : (named.get(mint) ?? { symbol: mint, decimals: 0 })
    const size = formatUnits(change < 0n ? -change : change, decimals)
    return [`${size} ${symbol} ${change < 0n ? 'left' : 'reached'} this wallet since the last run, and not by it`]
  })
}

/** Wrapped SOL counts as SOL, as everywhere. */
function unitsOf(holds: RunPortfolio): Record<string, bigint> {
  const units: Record<string, bigint> = { [SOL_MINT]: BigInt(holds.sol_lamports) }
  for (const { mint, amount } of holds.tokens) units[mint] = (units[mint] ?? 0n) + BigInt(amount)
  return units
}
