import { Args } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { CHAIN_FLAGS, MARKET_FLAGS, OUTPUT_FLAGS } from '../flags/common-flags.ts'
import { walletFlags } from '../terminal/ask-secret.ts'

export default class WalletAirdrop extends BaseCommand {
  static override summary = 'Ask a test network for SOL.'
  static override description =
    'For devnet and for a local server (`localnet start`), with --rpc-url. The embedded chain of a run has a funded wallet already.'
  static override args = { sol: Args.string({ description: 'How much SOL.', default: '1' }) }
  static override flags = { ...CHAIN_FLAGS, seed: MARKET_FLAGS.seed, json: OUTPUT_FLAGS.json }
  static override examples = ['<%= config.bin %> <%= command.id %> 2 --rpc-url http://127.0.0.1:8899']

  async run(): Promise<number> {
    const { args, flags } = await this.parse(WalletAirdrop)
    const { airdrop } = await import('../../app/commands/airdrop.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const done = await airdrop(args.sol, {
      cluster: flags.cluster,
      rpcUrl: flags['rpc-url'],
      ...(await walletFlags(flags.wallet, processEnvironment())),
      allowExposedWallet: flags['exposed-wallet'],
      seed: flags.seed,
    })
    if (flags.json) this.printJson({ document: 'airdrop', version: 1, ...done })
    else this.print(`${done.sol} SOL for ${done.address}: ${done.signature}`)
    return 0
  }
}
