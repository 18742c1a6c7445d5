import type { Report } from '../events/report.ts'
import type { HistoryStore } from '../plugin/services.ts'
import type { Database } from './database.ts'
import type { Staging } from './staging.ts'
import { encodeValue } from './value-codec.ts'

/**
 * Keeps reports for `history`. They are staged: the next transaction of the journal, or a flush, carries them, so that
 * history costs no disk sync of its own. What an order did is in the journal in any case.
 */
export function historyRecorder(db: Database, staging: Staging, deploymentId: string): HistoryStore {
  return {
    record: report => {
      const text = encodeValue(report)
      staging.add(() =>
        db.run(
          `INSERT INTO reports (deployment, order_id, state, detail, at, report) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (order_id, state, detail) DO UPDATE SET at = excluded.at, report = excluded.report
           WHERE json_extract(reports.report, '$.reason.code') = 'ORDER_INTERRUPTED'`,
          deploymentId,
          report.orderId,
          report.state,
          detailOf(report, deploymentId),
          report.at,
          text,
        ),
      )
    },
  }
}

/**
 * What tells two reports of one order and state apart: the same thing heard twice is kept once. That a run's end has
 * interrupted an order is no end of it, and makes room for what comes later.
 */
function detailOf(report: Report, deploymentId: string): string {
  if (report.state === 'sent') return report.signature
  // Of an order that was never taken, there is only its key: other nodes may give the same.
  if (report.orderId === report.key) return `${deploymentId} ${report.node}`
  if ('fill' in report) return report.fill.signature
  return ''
}
