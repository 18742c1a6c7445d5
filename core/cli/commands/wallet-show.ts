import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG, MARKET_FLAGS, OUTPUT_FLAGS } from '../flags/common-flags.ts'
import { walletFlags } from '../terminal/ask-secret.ts'

export default class WalletShow extends BaseCommand {
  static override summary = "Show a wallet's address and what it holds."
  static override description = 'On localnet without --rpc-url: the wallet of the seed, on the chain of --data-dir.'
  static override flags = {
    ...CHAIN_FLAGS,
    'data-dir': DATA_DIR_FLAG,
    ...MARKET_FLAGS,
    json: OUTPUT_FLAGS.json,
  }

  async run(): Promise<number> {
    const { flags } = await this.parse(WalletShow)
    const { showWallet } = await import('../../app/commands/wallet-balance.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const shown = await showWallet({
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
