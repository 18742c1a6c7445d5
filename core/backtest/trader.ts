import { outcomeOf, reportBase, stillArmed } from '../chain/trader/reports.ts'
import type { Report } from '../events/report.ts'
import type { OrderRecord } from '../orders/journal.ts'
import { FINAL_STATES } from '../orders/state-machine.ts'
import type { TradeOptions, Trader } from '../plugin/services.ts'
import type { Venue } from '../plugin/venue.ts'
import { DirectPromise } from '../time/direct-promise.ts'
import { type FillTools, OrderFill } from './order-fill.ts'

/**
 * Trades as the chain's trader does, key by key and state by state, against a fill model in place of a chain. The same
 * journal rules, price bounds and reports; no signature, and nothing to wait for but the model. What it answers is heard
 * directly: an order that waits for time is settled within time's own turn.
 */
export function createBacktestTrader(tools: FillTools): Trader {
  const { afterwards, clock, journal } = tools
  const running = new Map<string, DirectPromise<Report>>()
  const run = (order: OrderRecord, venue: Venue, trade: TradeOptions): DirectPromise<Report> => {
    const { report } = new OrderFill(tools, order, venue, trade)
    const over = (): void => void running.delete(order.id)
    running.set(order.id, report)
    report.hear(over, over)
    return report
  }
  const answered = (report: Report): DirectPromise<Report> => {
    const answer = new DirectPromise<Report>()
    afterwards.add(() => answer.settle(report))
    return answer
  }
  return {
    trade(intent, venue, trade) {
      const { taken, order } = journal.take(intent, clock.now())
      if (!taken) {
        if (FINAL_STATES.includes(order.state)) return answered(outcomeOf(order, true))
        if (order.state === 'armed') throw stillArmed(order)
        return running.get(order.id) ?? run(order, venue, trade)
      }
      trade.onReport({ ...reportBase(order.intent, order.id, clock.now()), state: 'accepted' })
      return run(order, venue, trade)
    },
  }
}
