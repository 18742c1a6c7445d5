import { Args, type Interfaces } from '@oclif/core'
import { ForgeError } from '../../errors/forge-error.ts'
import { RUN_FLAGS } from '../flags/common-flags.ts'
import { PipelineCommand } from '../pipeline-command.ts'

export default class Run extends PipelineCommand {
  static override summary = 'Run a pipeline of your own.'
  static override description =
    "The pipeline's params are flags of this command: `run FILE --help` lists them. What it did is printed as a summary, or as one JSON document with --json."
  static override args = { file: Args.string({ description: 'The pipeline (YAML).', required: true }) }
  static override examples = [
    '<%= config.bin %> <%= command.id %> mine.yaml',
    '<%= config.bin %> <%= command.id %> mine.yaml --amount "5 USDC" --dry-run',
  ]

  async run(): Promise<number> {
    const index = indexOfFile(this.argv)
    if (index === -1) {
      throw new ForgeError('USAGE', {
        message: 'run needs a pipeline file',
        remedy: 'As in: sniperforge run mine.yaml',
      })
    }
    return this.runFile(this.argv[index]!, this.argv.toSpliced(index, 1))
  }
}

/** Where the pipeline's file stands: its params are unknown until it has been read, so flags may only be guessed at. */
export function indexOfFile(argv: readonly string[], own: Interfaces.FlagInput = RUN_FLAGS): number {
  const yaml = argv.findIndex(
    (word, index) => /\.ya?ml$/i.test(word) && !word.startsWith('-') && !isValue(argv, index, own),
  )
  if (yaml !== -1) return yaml
  return argv.findIndex((word, index) => !word.startsWith('-') && !isValue(argv, index, own))
}

function isValue(argv: readonly string[], index: number, own: Interfaces.FlagInput): boolean {
  const before = argv[index - 1]
  if (before === undefined || !before.startsWith('--') || before.includes('=')) return false
  const name = before.slice(2)
  return own[name]?.type === 'option'
}
