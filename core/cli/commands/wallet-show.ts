import { BaseCommand } from '../base-command.ts'
import { LOOK_FLAGS, walletQuestion } from '../flags/look-flags.ts'

export default class WalletShow extends BaseCommand {
  static override summary = "Show a wallet's address and what it holds."
  static override description = 'On localnet without --rpc-url: the wallet of the seed, on the chain of --data-dir.'
  static override flags = LOOK_FLAGS

  async run(): Promise<number> {
    const { flags } = await this.parse(WalletShow)
    const { showWallet } = await import('../../app/commands/wallet-balance.ts')
    const shown = await showWallet(await walletQuestion(flags))
    if (flags.json) this.printJson(shown.document)
    else this.print(shown.text)
    return 0
  }
}
