import { BaseCommand } from '../base-command.ts'
import { LOOK_FLAGS, walletQuestion } from '../flags/look-flags.ts'

export default class Positions extends BaseCommand {
  static override summary = 'Show what a wallet holds, what it cost, and its open orders.'
  static override description =
    'Holdings are of the chain; cost and profit are of what the data directory traded, at average cost and first in, first out, valued at what its last trade paid. Without --data-dir: that of the last run.'
  static override flags = LOOK_FLAGS

  async run(): Promise<number> {
    const { flags } = await this.parse(Positions)
    const { showPositions } = await import('../../app/commands/positions.ts')
    const shown = await showPositions(await walletQuestion(flags))
    if (flags.json) this.printJson(shown.document)
    else this.print(shown.text)
    return 0
  }
}
