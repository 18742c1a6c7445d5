import { type Cell, csvCell } from '../events/csv-cell.ts'
import type { FailedLanding } from '../events/report.ts'
import { toJson } from '../events/serialize.ts'
import { formatUnits } from '../money/amount.ts'
import { type HistoryEntry, isInterrupted } from './history.ts'

const COLUMNS = [
  'time',
  'pipeline',
  'node',
  'state',
  'orderId',
  'key',
  'venue',
  'signature',
  'slot',
  'input',
  'inputSymbol',
  'output',
  'outputSymbol',
  'inputUnits',
  'outputUnits',
  'quotedOutputUnits',
  'baseFee_lamports',
  'priorityFee_lamports',
  'tip_lamports',
  'rent_lamports',
  'computeUnits',
  'priceImpactBps',
  'slippageBps',
  'reason',
  'network',
  'wallet',
  'failedFees_lamports',
] as const

/**
 * History as CSV (RFC 4180) with a header line; amounts as decimals and in base units. The fees of transactions that
 * landed and failed are beside those of what was traded, in a column of their own, where they are told of first.
 */
export function historyToCsv(entries: readonly HistoryEntry[]): string {
  const told = new Set<string>()
  const lines = entries.map(entry => {
    // Every later report of the order tells of them again.
    const failed = (entry.report.failedLandings ?? []).filter(({ signature }) => !told.has(signature))
    for (const { signature } of failed) told.add(signature)
    const cells = cellsOf(entry, failed)
    return COLUMNS.map(column => csvCell(cells[column])).join(',')
  })
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

/** History as a JSON array; bigint as decimal strings. */
export function historyToJson(entries: readonly HistoryEntry[]): string {
  return toJson(entries, 2)
}

function cellsOf(
  { pipeline, genesisHash, wallet, report }: HistoryEntry,
  failed: readonly FailedLanding[],
): Partial<Record<(typeof COLUMNS)[number], Cell>> {
  const fill = 'fill' in report ? report.fill : undefined
  return {
    time: new Date(report.at).toISOString(),
    pipeline,
    node: report.node,
    state: isInterrupted(report) ? 'interrupted' : report.state,
    orderId: report.orderId,
    key: report.key,
    inputSymbol: report.input.symbol,
    outputSymbol: report.output.symbol,
    network: genesisHash,
    wallet,
    ...(failed.length > 0 && {
      failedFees_lamports: failed.reduce((sum, { fees }) => sum + fees.base_lamports + fees.priority_lamports, 0n),
    }),
    ...('signature' in report ? { signature: report.signature } : {}),
    ...('reason' in report && report.reason ? { reason: `${report.reason.code}: ${report.reason.message}` } : {}),
    ...(fill && {
      venue: fill.venue,
      signature: fill.parts?.map(part => part.signature).join(' ') ?? fill.signature,
      slot: fill.slot,
      input: formatUnits(fill.input.units, fill.input.token.decimals),
      output: formatUnits(fill.output.units, fill.output.token.decimals),
      inputUnits: fill.input.units,
      outputUnits: fill.output.units,
      quotedOutputUnits: fill.quotedOutput.units,
      baseFee_lamports: fill.fees.base_lamports,
      priorityFee_lamports: fill.fees.priority_lamports,
      tip_lamports: fill.fees.tip_lamports,
      rent_lamports: fill.fees.rent_lamports,
      computeUnits: fill.computeUnits,
      priceImpactBps: fill.priceImpactBps,
      slippageBps: fill.slippageBps,
    }),
  }
}
