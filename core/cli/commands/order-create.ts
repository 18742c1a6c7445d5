import { Flags } from '@oclif/core'
import { packageFile } from '../../app/package-root.ts'
import { RUN_FLAGS, type RunFlags, VERBOSE_FLAG } from '../flags/common-flags.ts'
import { PipelineCommand } from '../pipeline-command.ts'

/** Flags of the command itself, beside those of its pipeline and of every run. */
const ORDER_FLAGS = {
  detach: Flags.boolean({ description: 'Only arm it: `orders watch` watches it, or whoever does already.' }),
  verbose: VERBOSE_FLAG,
  force: Flags.boolean({ description: 'Make it although it would trade at once, or gives more than the wallet has.' }),
}

/** What means nothing to a single order. */
const { set: _set, adopt: _adopt, new: _new, record: _record, ...FLAGS } = { ...ORDER_FLAGS, ...RUN_FLAGS }

export default class OrderCreate extends PipelineCommand {
  static override flags = FLAGS
  static override examples = [
    '<%= config.bin %> <%= command.id %> --type stop-loss --token SOL --trigger 140',
    '<%= config.bin %> <%= command.id %> --type trailing-stop --token SOL --trail 3% --size 50% --expires 7d',
    '<%= config.bin %> <%= command.id %> --type oco --token SOL --stop 5% --target 10%',
    '<%= config.bin %> <%= command.id %> --type bracket --token USDC --into SOL --size "100 USDC" --stop 5% --target 10%',
    '<%= config.bin %> <%= command.id %> --type limit --token USDC --into SOL --trigger 120 --size "100 USDC"',
  ]

  async run(): Promise<number> {
    const file = packageFile('pipelines', 'order-create.yaml')
    return this.runFile(file, this.argv, FLAGS, async given => {
      const { createOrder } = await import('../../app/orders/create-order.ts')
      const { confirm } = await import('../terminal/confirm.ts')
      const { detach, force, verbose, yes } = given as RunFlags & Record<'detach' | 'force' | 'verbose', boolean>
      return options =>
        createOrder({ ...options, detach, force, verbose, confirm: question => confirm(question, { yes }) })
    })
  }
}
