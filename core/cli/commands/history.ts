import { Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG } from '../flags/common-flags.ts'

export default class History extends BaseCommand {
  static override summary = 'List what was traded.'
  static override description =
    'Reads the history of a data directory; without --data-dir that of the last run on localnet, or the one that a network has. CSV and JSON are for other programs.'
  static override flags = {
    cluster: CHAIN_FLAGS.cluster,
    'data-dir': DATA_DIR_FLAG,
    format: Flags.string({ description: 'How it is printed.', options: ['table', 'csv', 'json'], default: 'table' }),
    json: Flags.boolean({ description: 'The same as --format json.', exclusive: ['format'] }),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --data-dir ./my-run --format csv > trades.csv',
  ]

  async run(): Promise<number> {
    const { flags } = await this.parse(History)
    const { readHistory } = await import('../../app/commands/read-history.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const format = flags.json ? 'json' : (flags.format as 'table' | 'csv' | 'json')
    const where = { dataDirectory: flags['data-dir'], cluster: flags.cluster, environment: processEnvironment() }
    const text = await readHistory({ ...where, format })
    if (format === 'table') this.print(text)
    else this.printAsIs(text)
    return 0
  }
}
