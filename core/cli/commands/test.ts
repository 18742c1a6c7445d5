import { Args, Flags } from '@oclif/core'
import { ERROR_CODES } from '../../errors/codes.ts'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class TestPipelines extends BaseCommand {
  static override summary = "Run pipelines' own tests."
  static override description =
    'A test file (*.test.yaml) gives events with virtual times and says what must come of them. A pipeline stands for the test file beside it. Nothing is sent anywhere. Exits 1 when a test fails, 78 when a file has errors.'
  static override args = {
    files: Args.string({
      description: 'Test files, or pipelines with tests beside them.',
      required: true,
      multiple: true,
    }),
  }
  static override flags = {
    cluster: CHAIN_FLAGS.cluster,
    only: Flags.string({ description: 'Only tests whose name contains this.', helpValue: 'TEXT' }),
    json: OUTPUT_FLAGS.json,
  }
  static override examples = ['<%= config.bin %> <%= command.id %> pipelines/strategy-run.yaml']

  async run(): Promise<number> {
    const { args, flags } = await this.parse(TestPipelines)
    const { testPipelines } = await import('../../app/commands/test-pipelines.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const environment = processEnvironment()
    const report = await testPipelines(args.files, { cluster: flags.cluster, only: flags.only, environment })
    if (flags.json) this.printJson(report.document)
    else this.printAsIs(report.text)
    return report.broken ? ERROR_CODES.CONFIG_INVALID.exit : report.ok ? 0 : 1
  }
}
