import { Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG, OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class OrdersList extends BaseCommand {
  static override summary = 'List orders as the journal has them.'
  static override description =
    'Of a data directory; without --data-dir of the last run on localnet, or the one that a network has.'
  static override flags = {
    cluster: CHAIN_FLAGS.cluster,
    'data-dir': DATA_DIR_FLAG,
    open: Flags.boolean({ description: 'Only those that a restart takes up or a person must look at.' }),
    json: OUTPUT_FLAGS.json,
  }

  async run(): Promise<number> {
    const { flags } = await this.parse(OrdersList)
    const { listOrders } = await import('../../app/commands/list-orders.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const where = { dataDirectory: flags['data-dir'], cluster: flags.cluster, environment: processEnvironment() }
    const list = await listOrders(where, { open: flags.open })
    if (flags.json) this.printJson(list.document)
    else this.print(list.text)
    return 0
  }
}
