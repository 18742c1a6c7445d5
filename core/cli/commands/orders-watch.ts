import { BaseCommand } from '../base-command.ts'
import { RUN_FLAGS, type RunFlags, VERBOSE_FLAG } from '../flags/common-flags.ts'

const { set: _set, adopt: _adopt, new: _new, 'dry-run': _dryRun, record: _record, ...FLAGS } = RUN_FLAGS

/** What this command does not take. */
const FIXED = { set: undefined, adopt: false, new: false, 'dry-run': false, record: undefined }

export default class OrdersWatch extends BaseCommand {
  static override summary = 'Watch the orders of a data directory until none is left.'
  static override description =
    'Where another process watches them, it waits and takes over when that one ends or dies: exactly one acts. Without --data-dir: those of the last run.'
  static override flags = { ...FLAGS, verbose: VERBOSE_FLAG }

  async run(): Promise<number> {
    const { flags } = await this.parse(OrdersWatch)
    const { runAndPrint } = await import('../run-and-print.ts')
    const { watchOrders } = await import('../../app/orders/watch-orders.ts')
    const run: RunFlags = { ...flags, ...FIXED }
    return runAndPrint('', {}, run, options => watchOrders({ ...options, verbose: flags.verbose }))
  }
}
