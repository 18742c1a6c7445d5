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
          'INSERT OR IGNORE INTO reports (deployment, order_id, state, detail, at, report) VALUES (?, ?, ?, ?, ?, ?)',
          deploymentId,
          report.orderId,
          report.state,
          detailOf(report),
          report.at,
          text,
        ),
      )
    },
  }
}

/** What tells two reports of one order and state apart: the same thing heard twice is kept once. */
function detailOf(report: Report): string {
  if (report.state === 'sent') return report.signature
  if ('fill' in report) return report.fill.signature
  return ''
}
