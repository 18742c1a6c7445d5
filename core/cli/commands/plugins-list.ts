import { Flags } from '@oclif/core'
import { PLUGIN_KINDS, type PluginKind } from '../../plugin/contract.ts'
import { BaseCommand } from '../base-command.ts'
import { OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class PluginsList extends BaseCommand {
  static override summary = 'List the plugins that a pipeline can use.'
  static override description =
    'Those built in, and those of npm packages installed beside. No plugin code runs beyond its definition.'
  static override flags = {
    kind: Flags.string({ description: 'Only those of one kind.', options: [...PLUGIN_KINDS] }),
    json: OUTPUT_FLAGS.json,
  }

  async run(): Promise<number> {
    const { flags } = await this.parse(PluginsList)
    const { listPlugins } = await import('../../app/commands/plugin-catalogue.ts')
    const list = await listPlugins(process.cwd(), flags.kind as PluginKind | undefined)
    if (flags.json) this.printJson(list.document)
    else this.print(list.text)
    return 0
  }
}
