import { Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG } from '../flags/common-flags.ts'

export default class PerformanceStats extends BaseCommand {
  static override summary = 'Positions, profit and loss by strategy, and costs.'
  static override description =
    'Counts the fills of a data directory; without --data-dir of the last run on localnet, or the one that a network has. Nothing is asked of a network: what is held is valued at what its last trade paid, or at --price.'
  static override flags = {
    cluster: CHAIN_FLAGS.cluster,
    'data-dir': DATA_DIR_FLAG,
    pipeline: Flags.string({ description: 'Only this pipeline.', helpValue: 'NAME' }),
    price: Flags.string({
      description: 'What a pair costs now; for several, give it several times.',
      helpValue: 'PAIR=PRICE',
      multiple: true,
    }),
    json: Flags.boolean({ description: 'Print exactly one JSON document.' }),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --data-dir ./my-run --price SOL/USDC=150.25',
  ]

  async run(): Promise<number> {
    const { flags } = await this.parse(PerformanceStats)
    const { performanceStats } = await import('../../app/commands/performance-stats.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const { text, document } = await performanceStats(
      { dataDirectory: flags['data-dir'], cluster: flags.cluster, environment: processEnvironment() },
      { pipeline: flags.pipeline, prices: flags.price ?? [] },
    )
    if (flags.json) this.printJson(document)
    else this.print(text)
    return 0
  }
}
