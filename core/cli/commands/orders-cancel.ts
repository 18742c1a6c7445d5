import { Args } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG, OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class OrdersCancel extends BaseCommand {
  static override summary = 'Cancel an order that has not been sent.'
  static override description =
    'Whether or not another process watches it: that one is asked, and answers. Exits 1 when the order has ended, or its transaction may already land.'
  static override args = { order: Args.string({ description: "The order's id, or its beginning.", required: true }) }
  static override flags = { cluster: CHAIN_FLAGS.cluster, 'data-dir': DATA_DIR_FLAG, json: OUTPUT_FLAGS.json }

  async run(): Promise<number> {
    const { args, flags } = await this.parse(OrdersCancel)
    const { cancelOrder } = await import('../../app/commands/ask-holder.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const where = { dataDirectory: flags['data-dir'], cluster: flags.cluster, environment: processEnvironment() }
    const asked = await cancelOrder(where, args.order, text => process.stderr.write(`${text}\n`))
    if (flags.json) this.printJson(asked.document)
    else this.print(asked.text)
    return asked.done ? 0 : 1
  }
}
