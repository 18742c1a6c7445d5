import type { Reason } from '../../events/report.ts'
import type { KillSwitch } from '../../store/directory/kill-switch.ts'

/** Why nothing may be traded; undefined when it may. */
export function stoppedReason(killSwitch: KillSwitch): Reason | undefined {
  const stopped = killSwitch.stopped()
  if (!stopped) return undefined
  return {
    code: 'TRADING_STOPPED',
    message: `all trading was stopped at ${new Date(stopped.since).toISOString()} (${stopped.reason})`,
    remedy: 'When it may go on: `sniperforge panic --clear` on the same data directory.',
  }
}
