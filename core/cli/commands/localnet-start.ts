import { Flags } from '@oclif/core'
import { BaseCommand, positiveNumber } from '../base-command.ts'
import { DATA_DIR_FLAG, MARKET_FLAGS } from '../flags/common-flags.ts'

export default class LocalnetStart extends BaseCommand {
  static override summary = 'Start the embedded Solana as a server for any Solana client.'
  static override description =
    'JSON-RPC over HTTP and WebSocket, and a Jupiter-compatible API below /swap/v1. Its clock is driven by our own client, and runs free without one. Ctrl-C stops it.'
  static override flags = {
    port: Flags.integer({
      description: 'Port of HTTP; the WebSocket has the next one. 0 takes a free pair.',
      default: 8899,
      min: 0,
      max: 65_534,
    }),
    host: Flags.string({ description: 'Address to listen on.', default: '127.0.0.1' }),
    'data-dir': DATA_DIR_FLAG,
    ...MARKET_FLAGS,
    speed: Flags.string({
      description: 'How many times faster than real time it runs without a driver.',
      default: '1',
      helpValue: 'N',
    }),
    load: Flags.string({
      description: 'A folder of accounts and programs, as `localnet clone` writes it.',
      helpValue: 'DIR',
    }),
    fund: Flags.string({
      description: 'A wallet address to fund at genesis, beside the wallet of the seed; may be repeated.',
      helpValue: 'ADDRESS',
      multiple: true,
      multipleNonGreedy: true,
    }),
    json: Flags.boolean({ description: 'Print where it listens as one JSON document.' }),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --port 0 --data-dir ./chain --market candles.csv',
  ]

  async run(): Promise<number> {
    const { flags } = await this.parse(LocalnetStart)
    const { startLocalServer } = await import('../../app/commands/local-server.ts')
    const { processEnvironment } = await import('../../app/environment.ts')
    const { takeSignals } = await import('../terminal/signals.ts')
    const signals = takeSignals(signal => process.stderr.write(`${signal}: stopping.\n`))
    try {
      await startLocalServer({
        port: flags.port,
        host: flags.host,
        dataDirectory: flags['data-dir'],
        seed: flags.seed,
        marketFile: flags.market,
        speed: positiveNumber('speed', flags.speed),
        environment: processEnvironment(),
        warn: text => process.stderr.write(`${text}\n`),
        loadDirectory: flags.load,
        fund: flags.fund ?? [],
        stop: signals.drain,
        announce: server => {
          if (flags.json) this.printJson(server)
          else {
            this.print(
              `Local Solana at ${server.rpcUrl} (WebSocket ${server.webSocketUrl}, Jupiter API ${server.jupiterUrl})`,
            )
            this.print(`  genesis  ${server.genesis}`)
            this.print(`  wallet   ${server.wallet} (funded; made from the seed)`)
            this.print('Ctrl-C stops it.')
          }
        },
      })
    } finally {
      signals.release()
    }
    return 0
  }
}
