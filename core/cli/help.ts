import { Help } from '@oclif/core'

/** oclif's help, and for `run FILE --help` the params of that file as flags. */
export default class PipelineHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    const [command, ...rest] = argv.filter(word => word !== '--help' && word !== 'help')
    if (command === 'run' && rest.length > 0) {
      const { indexOfFile } = await import('./commands/run.ts')
      const file = rest[indexOfFile(rest)]
      const cached = this.config.findCommand('run')
      if (file !== undefined && cached) {
        const { readPipelineFlags } = await import('./flags/pipeline-flags.ts')
        const { list, params, summary } = await readPipelineFlags(file)
        await this.showCommandHelp({
          ...cached,
          summary,
          description: undefined,
          examples: [],
          flags: { ...namesIn({ ...params, ...list }), ...cached.flags },
        } as typeof cached)
        return
      }
    }
    await super.showHelp(argv)
  }
}

function namesIn<Flag extends object>(flags: Record<string, Flag>): Record<string, Flag & { name: string }> {
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, { ...flag, name }]))
}
