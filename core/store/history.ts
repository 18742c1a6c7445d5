import type { FailedLanding, Reason, Report, ReportState } from '../events/report.ts'
import { FINAL_STATES } from '../orders/state-machine.ts'
import type { Database, Row } from './database.ts'
import { decodeValue } from './value-codec.ts'

const FINALS: readonly string[] = FINAL_STATES

export interface HistoryFilter {
  readonly pipeline?: string
  readonly node?: string
  /** From this time on, and before that one: milliseconds since the Unix epoch. */
  readonly since?: number
  readonly until?: number
  readonly states?: readonly ReportState[]
  /** Symbol or mint, as input or output. */
  readonly token?: string
  /** The newest so many. */
  readonly limit?: number
}

export interface HistoryEntry {
  readonly pipeline: string
  readonly genesisHash: string
  readonly wallet: string
  readonly report: Report
}

/**
 * Reports of every deployment in the directory, oldest first. A fill that no sink kept is taken from the journal. That the
 * end of a run has interrupted an order is told of it only until that has come to its own end.
 */
export function readHistory(db: Database, filter: HistoryFilter = {}): readonly HistoryEntry[] {
  const rows = db.all(
    `SELECT d.pipeline, d.genesis_hash, coalesce(o.wallet, d.wallet) AS wallet, r.report, r.at, d.id AS deployment
     FROM reports r JOIN deployments d ON d.id = r.deployment LEFT JOIN orders o ON o.id = r.order_id
     WHERE (?1 IS NULL OR d.pipeline = ?1) AND (?2 IS NULL OR r.at >= ?2) AND (?3 IS NULL OR r.at < ?3)
     UNION ALL
     SELECT d.pipeline, d.genesis_hash, coalesce(o.wallet, d.wallet), json_object(
       'order', o.id, 'intent', json(o.intent), 'fill', json(o.fill), 'reason', json(o.reason),
       'failed', (SELECT json_group_array(json(a.failed)) FROM attempts a WHERE a.order_id = o.id AND a.failed IS NOT NULL)
     ), o.updated_at, d.id
     FROM orders o JOIN deployments d ON d.id = o.deployment
     WHERE o.fill IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.order_id = o.id AND r.state = 'filled')
       AND (?1 IS NULL OR d.pipeline = ?1) AND (?2 IS NULL OR o.updated_at >= ?2) AND (?3 IS NULL OR o.updated_at < ?3)
     ORDER BY 5`,
    filter.pipeline ?? null,
    filter.since ?? null,
    filter.until ?? null,
  )
  const entries = rows.flatMap(row => {
    const report = stillTrue(db, row, reportOf(decodeValue<Report | JournalledFill>(String(row['report']))))
    if (!report) return []
    const { pipeline, genesis_hash: genesisHash, wallet } = row
    return [{ pipeline: String(pipeline), genesisHash: String(genesisHash), wallet: String(wallet), report }]
  })
  const kept = entries.filter(({ report }) => matches(report, filter))
  return filter.limit === undefined ? kept : kept.slice(Math.max(0, kept.length - filter.limit))
}

/** Whether it says only that a run ended before the order did. */
export function isInterrupted(report: Report): boolean {
  return 'reason' in report && report.reason?.code === 'ORDER_INTERRUPTED'
}

/** The report as it holds today, under its order's id; undefined for an interruption of what has ended since. */
function stillTrue(db: Database, { deployment }: Row, report: Report): Report | undefined {
  if (!isInterrupted(report)) return report
  const order = db.get(
    `SELECT id, state FROM orders WHERE deployment = ? AND node = ? AND json_extract(intent, '$.key') = ?`,
    String(deployment),
    report.node,
    report.key,
  )
  if (!order) return report
  return FINALS.includes(String(order['state'])) ? undefined : { ...report, orderId: String(order['id']) }
}

interface JournalledFill {
  readonly kind?: undefined
  readonly order: string
  readonly intent: { readonly key: string; readonly node: string } & Pick<Report, 'input' | 'output'>
  readonly fill: Extract<Report, { state: 'filled' }>['fill']
  readonly reason: Reason | null
  readonly failed: readonly FailedLanding[]
}

function reportOf(row: Report | JournalledFill): Report {
  if (row.kind === 'report') return row
  const { key, node, input, output } = row.intent
  const base = { kind: 'report', at: row.fill.at, orderId: row.order, key, node, input, output } as const
  return {
    ...base,
    state: 'filled',
    fill: row.fill,
    recovered: true,
    ...(row.reason && { reason: row.reason }),
    ...(row.failed.length > 0 && { failedLandings: row.failed }),
  }
}

function matches(report: Report, filter: HistoryFilter): boolean {
  if (filter.node !== undefined && report.node !== filter.node) return false
  if (filter.states !== undefined && !filter.states.includes(report.state)) return false
  if (filter.token === undefined) return true
  const wanted = filter.token.toLowerCase()
  return [report.input, report.output].some(
    token => token.mint === filter.token || token.symbol.toLowerCase() === wanted,
  )
}
