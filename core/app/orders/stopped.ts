import { ForgeError } from '../../errors/forge-error.ts'
import type { Reason } from '../../events/report.ts'
import type { KillSwitch } from '../../store/directory/kill-switch.ts'
import type { Ground } from '../run/ground.ts'

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

/** Where nothing may be traded, no order is made either. @throws TRADING_STOPPED */
export function assertNotStopped({ dataDirectory, store }: Pick<Ground, 'dataDirectory' | 'store'>): void {
  const stopped = stoppedReason(store.killSwitch)
  if (!stopped) return
  const where = dataDirectory === undefined ? '' : ` --data-dir ${dataDirectory}`
  throw new ForgeError('TRADING_STOPPED', {
    message: `${stopped.message}: no order was made`,
    remedy: `When it may go on: \`sniperforge panic --clear${where}\`; then ask again.`,
  })
}
