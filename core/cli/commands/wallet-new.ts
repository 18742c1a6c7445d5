import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class WalletNew extends BaseCommand {
  static override summary = 'Make a new wallet and write it to a file only you can read.'
  static override description = 'Writes a key pair as solana-keygen does. An existing file is never overwritten.'
  static override args = { file: Args.string({ description: 'Where to write it.', required: true }) }
  static override flags = {
    phrase: Flags.boolean({ description: 'Make it from a new seed phrase, which is printed once and kept nowhere.' }),
    json: OUTPUT_FLAGS.json,
  }

  async run(): Promise<number> {
    const { args, flags } = await this.parse(WalletNew)
    const { newWallet } = await import('../../app/commands/new-wallet.ts')
    const made = await newWallet(args.file, { phrase: flags.phrase })
    if (flags.json) this.printJson({ document: 'wallet', version: 1, ...made })
    else {
      this.print(`Wrote ${made.file}`)
      this.print(`  address  ${made.address}`)
      if (made.phrase !== undefined)
        this.print(`  phrase   ${made.phrase}\n  Write the phrase down: it is kept nowhere.`)
    }
    return 0
  }
}
