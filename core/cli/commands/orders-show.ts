import { Args } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG, OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class OrdersShow extends BaseCommand {
  static override summary = "Tell an order's whole story."
  static override args = { order: Args.string({ description: "The order's id, or its beginning.", required: true }) }
  static override flags = { cluster: CHAIN_FLAGS.cluster, 'data-dir': DATA_DIR_FLAG, json: OUTPUT_FLAGS.json }

  async run(): Promise<number> {
    const { args, flags } = await this.parse(OrdersShow)
    const { showOrder } = await import('../../app/commands/show-order.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const shown = await showOrder(
      { dataDirectory: flags['data-dir'], cluster: flags.cluster, environment: processEnvironment() },
      args.order,
    )
    if (flags.json) this.printJson(shown.document)
    else this.print(shown.text)
    return 0
  }
}
