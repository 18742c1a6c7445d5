import { Args } from '@oclif/core'
import { ERROR_CODES } from '../../errors/codes.ts'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class Lint extends BaseCommand {
  static override summary = 'Check pipelines and say everything that is wrong with them.'
  static override description =
    'Checks the files and all they include, every alternative of an interpolated name included, without running anything. Exits 78 when something is wrong.'
  static override args = { files: Args.string({ description: 'Pipelines (YAML).', required: true, multiple: true }) }
  static override flags = { cluster: CHAIN_FLAGS.cluster, json: OUTPUT_FLAGS.json }
  static override examples = ['<%= config.bin %> <%= command.id %> pipelines/strategy-run.yaml']

  async run(): Promise<number> {
    const { args, flags } = await this.parse(Lint)
    const { lintFiles } = await import('../../app/commands/lint-files.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const report = await lintFiles(args.files, { cluster: flags.cluster, environment: processEnvironment() })
    if (flags.json) this.printJson(report.document)
    else this.printAsIs(report.text)
    return report.ok ? 0 : ERROR_CODES.CONFIG_INVALID.exit
  }
}
