import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG, MARKET_FLAGS, OUTPUT_FLAGS } from '../flags/common-flags.ts'
import { walletFlags } from '../terminal/ask-secret.ts'

export default class Positions extends BaseCommand {
  static override summary = 'Show what a wallet holds, what it cost, and its open orders.'
  static override description =
    'Holdings are of the chain; cost and profit are of what the data directory traded, at average cost and first in, first out, valued at what its last trade paid. Without --data-dir: that of the last run.'
  static override flags = { ...CHAIN_FLAGS, 'data-dir': DATA_DIR_FLAG, ...MARKET_FLAGS, json: OUTPUT_FLAGS.json }

  async run(): Promise<number> {
    const { flags } = await this.parse(Positions)
    const { showPositions } = await import('../../app/commands/positions.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const shown = await showPositions({
      cluster: flags.cluster,
      rpcUrl: flags['rpc-url'],
      ...(await walletFlags(flags.wallet, processEnvironment())),
      allowExposedWallet: flags['exposed-wallet'],
      dataDirectory: flags['data-dir'],
      seed: flags.seed,
      marketFile: flags.market,
    })
    if (flags.json) this.printJson(shown.document)
    else this.print(shown.text)
    return 0
  }
}
