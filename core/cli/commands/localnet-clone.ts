import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import { OUTPUT_FLAGS } from '../flags/common-flags.ts'

export default class LocalnetClone extends BaseCommand {
  static override summary = 'Copy accounts and programs of a network into a folder.'
  static override description =
    "Writes them in the Solana CLI's formats (account JSON, program .so), for `localnet start --load`. A program brings its program data."
  static override args = {
    addresses: Args.string({ description: 'Addresses of accounts and programs.', required: true, multiple: true }),
  }
  static override flags = {
    from: Flags.string({
      description: 'devnet, mainnet-beta, a cluster file, or the URL of an RPC endpoint.',
      required: true,
      helpValue: 'CLUSTER|URL',
    }),
    to: Flags.string({ description: 'The folder.', required: true, helpValue: 'DIR' }),
    json: OUTPUT_FLAGS.json,
  }

  async run(): Promise<number> {
    const { args, flags } = await this.parse(LocalnetClone)
    const { cloneInto } = await import('../../app/commands/clone-accounts.ts')
    const cloned = await cloneInto({ from: flags.from, to: flags.to, addresses: args.addresses })
    if (flags.json) this.printJson(cloned)
    else for (const { kind, file } of cloned.files) this.print(`${kind.padEnd(7)}  ${file}`)
    return 0
  }
}
