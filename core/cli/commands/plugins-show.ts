import { Args } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class PluginsShow extends BaseCommand {
  static override summary = 'Show what a plugin does, its fields with their defaults, and an example.'
  static override args = {
    name: Args.string({ description: 'Its name, or kind/name where two have the same.', required: true }),
  }
  static override flags = { json: OUTPUT_FLAGS.json }
  static override examples = [
    '<%= config.bin %> <%= command.id %> dca',
    '<%= config.bin %> <%= command.id %> sink/console',
  ]

  async run(): Promise<number> {
    const { args, flags } = await this.parse(PluginsShow)
    const { showPlugin } = await import('../../app/commands/plugin-catalogue.ts')
    const shown = await showPlugin(process.cwd(), args.name)
    if (flags.json) this.printJson(shown.document)
    else this.print(shown.text)
    return 0
  }
}
