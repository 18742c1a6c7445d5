import { formatAmount, formatUnits, type RouteRow, type RoutesEvent } from '../../../core/index.ts'

/** The ways that were compared as a table, the best first, then each cost of the best one, and what could not be asked. */
export function routeLines(event: RoutesEvent): readonly string[] {
  const [best] = event.rows
  return [
    `${formatAmount(event.input)} into ${event.output.symbol}: ${event.rows.length} ways`,
    ...table(event),
    ...(best ? bestLines(event, best) : [`no venue takes this size`]),
    ...event.unavailable.flatMap(({ venue, reason }) => [
      `${venue}: not available: ${reason.message}`,
      ...(reason.remedy ? [`    ${reason.remedy}`] : []),
    ]),
    `took ${event.timing.map(({ step, wall_ms }) => `${step} ${wall_ms.toFixed(1)} ms`).join(', ')}`,
  ]
}

function table({ rows, output }: RoutesEvent): readonly string[] {
  const cells = rows.map((row, index) => [
    index === 0 ? '→' : ' ',
    row.oversize_bytes === undefined ? row.label : `${row.label} (too large: ${row.oversize_bytes} bytes)`,
    formatAmount(row.output),
    bps(costOf(row, 'pool-fee')),
    bps(costOf(row, 'price-impact')),
    bps(costOf(row, 'base-fee') + costOf(row, 'priority-fee') + costOf(row, 'tip')),
    bps(row.totalBps),
    formatUnits(row.minimum.units, output.decimals),
  ])
  const head = [' ', 'route', 'out', 'pool fee', 'impact', 'network', 'total bps', `minimum ${output.symbol}`]
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map(row => row[column]!.length)))
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')
  return [head, ...cells].map(line)
}

function bestLines(event: RoutesEvent, best: RouteRow): readonly string[] {
  return [
    `best: ${best.label}: ${event.why}`,
    ...best.costs.map(
      cost =>
        `    ${cost.kind.padEnd(17)} ${formatAmount(cost.input)} = ${formatAmount(cost.output)}, ${cost.bps} bps` +
        `${cost.withinQuote ? ', within the quote' : ''}${cost.refundable ? ', comes back' : ''}  (${cost.source})`,
    ),
    `    slippage tolerance ${event.slippage.bps} bps: ${event.slippage.reasons.join('; ')}`,
    `    priority fee ${event.priorityFee_microLamports} micro-lamports per compute unit${event.priorityFeeReason ? `: ${event.priorityFeeReason}` : ''}`,
    ...(event.protection ?? []).map(line => `    mev: ${line}`),
  ]
}

function costOf(row: RouteRow, kind: string): number {
  return row.costs.filter(cost => cost.kind === kind).reduce((sum, cost) => sum + cost.bps, 0)
}

function bps(value: number): string {
  return value.toFixed(2)
}
