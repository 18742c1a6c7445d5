import { Args } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG, OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class OrdersResume extends BaseCommand {
  static override summary = 'Let an order fire again that was held back at a restart.'
  static override description =
    'For order nodes with onRestart: hold, whose orders fire nothing until a person says so. The process that watches the order is asked.'
  static override args = { order: Args.string({ description: "The order's id, or its beginning.", required: true }) }
  static override flags = { cluster: CHAIN_FLAGS.cluster, 'data-dir': DATA_DIR_FLAG, json: OUTPUT_FLAGS.json }

  async run(): Promise<number> {
    const { args, flags } = await this.parse(OrdersResume)
    const { resumeOrder } = await import('../../app/commands/ask-holder.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const where = { dataDirectory: flags['data-dir'], cluster: flags.cluster, environment: processEnvironment() }
    const asked = await resumeOrder(where, args.order, text => process.stderr.write(`${text}\n`))
    if (flags.json) this.printJson(asked.document)
    else this.print(asked.text)
    return asked.done ? 0 : 1
  }
}
