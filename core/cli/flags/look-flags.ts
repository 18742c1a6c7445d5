import type { Interfaces } from '@oclif/core'
import type { WalletQuestion } from '../../app/commands/wallet-balance.ts'
import { walletFlags } from '../terminal/ask-secret.ts'
import { CHAIN_FLAGS, DATA_DIR_FLAG, MARKET_FLAGS, OUTPUT_FLAGS } from './common-flags.ts'

/** Of commands that look at a wallet and its chain, and move neither. */
export const LOOK_FLAGS = { ...CHAIN_FLAGS, 'data-dir': DATA_DIR_FLAG, ...MARKET_FLAGS, json: OUTPUT_FLAGS.json }

type LookFlags = Interfaces.InferredFlags<typeof LOOK_FLAGS>

/** What they ask. */
export async function walletQuestion(flags: LookFlags): Promise<WalletQuestion> {
  const { processEnvironment } = await import('../../app/environment.ts')
  return {
    cluster: flags.cluster,
    rpcUrl: flags['rpc-url'],
    ...(await walletFlags(flags.wallet, processEnvironment())),
    allowExposedWallet: flags['exposed-wallet'],
    dataDirectory: flags['data-dir'],
    seed: flags.seed,
    marketFile: flags.market,
  }
}
