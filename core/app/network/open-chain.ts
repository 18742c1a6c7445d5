import type { Cluster } from '../../chain/cluster/cluster.ts'
import { redactUrl } from '../../chain/redact.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { chainDirectory } from './chain-directory.ts'
import { isEmbedded } from './cluster-choice.ts'
import type { Connection } from './connection.ts'
import { openRemoteChain } from './remote-chain.ts'
import { fundOf } from './wallet-choice.ts'

/** The chain of a cluster: embedded for localnet without an RPC URL, else behind its endpoint. @throws FLAG_INVALID for a market file there */
export async function openChain(
  cluster: Cluster,
  options: {
    readonly rpcUrl: string | undefined
    readonly seed: string
    readonly marketFile: string | undefined
    readonly speed: 'max' | number | undefined
    /** Keeps the embedded chain; undefined: nothing is kept. */
    readonly dataDirectory: string | undefined
    /** Whether a kept chain stays as it is. */
    readonly dryRun: boolean
    /** Only to look: the chain's time is left alone. */
    readonly look?: boolean
    /** Funded at the genesis of the embedded chain, and part of what makes it that chain. */
    readonly wallet: string
    /** Funded when the embedded chain is made. */
    readonly otherWallets?: readonly string[]
    readonly onNotice: (text: string) => void
  },
): Promise<Connection> {
  if (!isEmbedded(cluster, options.rpcUrl)) {
    if (options.marketFile !== undefined)
      throw new ForgeError('FLAG_INVALID', {
        message: `--market is for the embedded chain, and this run goes to ${redactUrl(cluster.rpcUrls[0]!)}`,
        remedy: 'Leave it out; a local server takes it: `localnet start --market FILE`.',
      })
    return openRemoteChain(cluster, { speed: options.speed, look: options.look ?? false })
  }
  // The virtual machine is loaded by who needs it.
  const { openEmbeddedChain } = await import('./embedded-chain.ts')
  const directory = chainDirectory(options.dataDirectory, { copy: options.dryRun })
  return openEmbeddedChain(cluster, {
    directory,
    seed: options.seed,
    marketFile: options.marketFile,
    speed: options.speed ?? 'max',
    fund: [fundOf(options.wallet)],
    fundBeside: (options.otherWallets ?? []).filter(other => other !== options.wallet).map(fundOf),
    onNotice: options.onNotice,
  })
}
