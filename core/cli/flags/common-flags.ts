import { Flags, type Interfaces } from '@oclif/core'
import { LOG_LEVELS } from '../../app/logger.ts'
import { ForgeError } from '../../errors/forge-error.ts'

/** Flags of every command that prints something. */
export const OUTPUT_FLAGS = {
  json: Flags.boolean({
    description: 'Print exactly one JSON document on stdout; logs go to stderr.',
    helpGroup: 'OUTPUT',
  }),
  quiet: Flags.boolean({ description: 'Print no progress, only the result.', helpGroup: 'OUTPUT' }),
  'log-level': Flags.string({
    description: 'What is logged on stderr.',
    options: [...LOG_LEVELS],
    default: 'warn',
    helpGroup: 'OUTPUT',
  }),
}

/** Flags that say which chain, whose wallet and where the data is kept. */
export const CHAIN_FLAGS = {
  cluster: Flags.string({
    description: 'localnet (the embedded Solana), devnet, mainnet-beta, or a cluster file.',
    default: 'localnet',
    helpValue: 'NAME|FILE',
    helpGroup: 'CHAIN',
  }),
  'rpc-url': Flags.string({
    description: "An RPC endpoint instead of the cluster's own.",
    helpValue: 'URL',
    helpGroup: 'CHAIN',
  }),
  wallet: Flags.string({
    description:
      'A solana-keygen file, or - to be asked for a secret key or seed phrase. Without it: SNIPERFORGE_WALLET_SECRET, or on localnet a funded wallet made from the seed.',
    helpValue: 'FILE|-',
    helpGroup: 'CHAIN',
  }),
  'exposed-wallet': Flags.boolean({
    description: 'Take the wallet file although other users of this machine can read it.',
    helpGroup: 'CHAIN',
  }),
}

/** The parser of a flag that names a file or a folder. @throws FLAG_INVALID */
export async function pathOf(path: string, _context: unknown, flag: { readonly name: string }): Promise<string> {
  if (path !== '') return path
  throw new ForgeError('FLAG_INVALID', { message: `--${flag.name} is empty`, remedy: 'Give a path, or leave it out.' })
}

export const DATA_DIR_FLAG = Flags.string({
  description: 'Where the journal, the history and the embedded chain are kept; a second start goes on from there.',
  helpValue: 'DIR',
  helpGroup: 'RUN',
  parse: pathOf,
})

export const VERBOSE_FLAG = Flags.boolean({
  description: 'A line for each price: the price, the distance to the trigger, the best price so far.',
  helpGroup: 'OUTPUT',
})

/** Flags of the embedded chain's world. */
export const MARKET_FLAGS = {
  seed: Flags.string({
    description: 'Seed of the embedded world: the same seed gives the same run.',
    default: '1',
    helpGroup: 'RUN',
  }),
  market: Flags.string({
    description:
      "Candles (CSV, gzipped CSV, Parquet, or a folder) the embedded market's price follows, instead of a seeded walk.",
    helpValue: 'FILE',
    helpGroup: 'RUN',
  }),
}

/** Flags of every command that runs a pipeline. */
export const RUN_FLAGS = {
  ...CHAIN_FLAGS,
  'dry-run': Flags.boolean({
    description: 'Build and simulate the very transactions, and send nothing.',
    helpGroup: 'RUN',
  }),
  'data-dir': DATA_DIR_FLAG,
  ...MARKET_FLAGS,
  record: Flags.string({
    description:
      'Record what the sources bring, what is decided and what comes of it, for `backtest --compare` and --replay.',
    parse: pathOf,
    helpValue: 'FILE',
    helpGroup: 'RUN',
  }),
  speed: Flags.string({
    description: 'Virtual time: max, or so many times faster than real time. The default where time is ours is max.',
    helpValue: 'max|N',
    helpGroup: 'RUN',
  }),
  set: Flags.string({
    description: 'Override one setting, as in --set amount="25 USDC"; may be repeated.',
    helpValue: 'KEY=VALUE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'RUN',
  }),
  adopt: Flags.boolean({
    description: 'Go on with the state in --data-dir although the pipeline or its settings have changed.',
    exclusive: ['new'],
    helpGroup: 'RUN',
  }),
  new: Flags.boolean({
    description: 'Start over beside what --data-dir keeps: a new deployment, from its first slot. Asks, unless --yes.',
    exclusive: ['adopt'],
    helpGroup: 'RUN',
  }),
  yes: Flags.boolean({
    char: 'y',
    description: 'Answer yes to what would be asked: by --new, and before real money is traded.',
    helpGroup: 'RUN',
  }),
  ...OUTPUT_FLAGS,
}

export type RunFlags = Interfaces.InferredFlags<typeof RUN_FLAGS>
