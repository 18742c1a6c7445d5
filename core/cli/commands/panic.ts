import { Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { RUN_FLAGS, type RunFlags } from '../flags/common-flags.ts'

const { set: _set, adopt: _adopt, new: _new, 'dry-run': _dryRun, record: _record, ...FLAGS } = RUN_FLAGS

/** What this command does not take. */
const FIXED = { set: undefined, adopt: false, new: false, 'dry-run': false, record: undefined }

export default class Panic extends BaseCommand {
  static override summary = 'Stop all trading of a data directory and cancel its orders.'
  static override description =
    'Works beside a process that trades: that one is asked, stops and answers. Nothing is bought or sold from then on, over restarts too, until `panic --clear`. With --flatten all that the wallet holds is sold, but for the SOL reserve; so is what other wallets of the data directory hold, where their keys are still where its runs had them: the rest is told, with the command that sells it. A transaction that was already sent may still land.'
  static override flags = {
    flatten: Flags.boolean({ description: 'Sell all that the wallets hold, into --into.', exclusive: ['clear'] }),
    into: Flags.string({ description: 'What --flatten sells into.', default: 'USDC', helpValue: 'TOKEN' }),
    clear: Flags.boolean({ description: 'Let trading go on.' }),
    ...FLAGS,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --data-dir ./my-run',
    '<%= config.bin %> <%= command.id %> --flatten --into USDC --data-dir ./my-run',
    '<%= config.bin %> <%= command.id %> --clear --data-dir ./my-run',
  ]

  async run(): Promise<number> {
    const { flags } = await this.parse(Panic)
    const { panic } = await import('../../app/commands/ask-holder.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const where = { dataDirectory: flags['data-dir'], environment: processEnvironment(), cluster: flags.cluster }
    const stopped = await panic(where, { clear: flags.clear }, text => process.stderr.write(`${text}\n`))
    if (!flags.json) this.print(stopped.text)
    if (!flags.flatten) {
      if (flags.json) this.printJson(stopped.document)
      return stopped.done ? 0 : 1
    }
    const { withRunOptions } = await import('../with-run-options.ts')
    const { sellAll } = await import('../../app/orders/panic.ts')
    const run: RunFlags = { ...flags, ...FIXED }
    const sold = await withRunOptions({ file: '', params: {} }, run, options =>
      sellAll({ ...options, into: flags.into }),
    )
    if (flags.json) this.printJson({ ...stopped.document, flatten: sold.document })
    else this.print(sold.text)
    return stopped.done && sold.done ? 0 : 1
  }
}
