import { Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { DATA_DIR_FLAG, OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class Panic extends BaseCommand {
  static override summary = 'Stop all trading of a data directory and cancel its orders.'
  static override description =
    'Works beside a process that trades: that one is asked, stops and answers. Nothing is bought or sold from then on, over restarts too, until `panic --clear`. A transaction that was already sent may still land.'
  static override flags = {
    'data-dir': DATA_DIR_FLAG,
    clear: Flags.boolean({ description: 'Let trading go on.' }),
    json: OUTPUT_FLAGS.json,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --data-dir ./my-run',
    '<%= config.bin %> <%= command.id %> --clear --data-dir ./my-run',
  ]

  async run(): Promise<number> {
    const { flags } = await this.parse(Panic)
    const { panic } = await import('../../app/commands/ask-holder.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const where = { dataDirectory: flags['data-dir'], environment: processEnvironment() }
    const asked = await panic(where, { clear: flags.clear }, text => process.stderr.write(`${text}\n`))
    if (flags.json) this.printJson(asked.document)
    else this.print(asked.text)
    return asked.done ? 0 : 1
  }
}
