import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS } from '../flags/common-flags.ts'

export default class Graph extends BaseCommand {
  static override summary = 'Draw a pipeline.'
  static override args = { file: Args.string({ description: 'The pipeline (YAML).', required: true }) }
  static override flags = {
    format: Flags.string({
      description: 'A drawing for the terminal, or Mermaid text.',
      options: ['terminal', 'mermaid'],
      default: 'terminal',
    }),
    cluster: CHAIN_FLAGS.cluster,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> pipelines/strategy-run.yaml',
    '<%= config.bin %> <%= command.id %> pipelines/strategy-run.yaml --format mermaid',
  ]

  async run(): Promise<number> {
    const { args, flags } = await this.parse(Graph)
    const { drawPipeline } = await import('../../app/commands/draw-pipeline.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const format = flags.format as 'terminal' | 'mermaid'
    this.printAsIs(await drawPipeline(args.file, { format, cluster: flags.cluster, environment: processEnvironment() }))
    return 0
  }
}
