import { createHttp } from '../../chain/http.ts'
import { createRpc } from '../../chain/rpc/rpc.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { formatUnits, parseUnits } from '../../money/amount.ts'
import { createRealClock } from '../../time/real-clock.ts'
import type { Environment } from '../environment.ts'
import { findCluster, isEmbedded } from '../network/cluster-choice.ts'
import { chooseWallet } from '../network/wallet-choice.ts'

const SOL_DECIMALS = 9

/**
 * Asks a test network for SOL.
 *
 * @throws USAGE for the embedded chain, which lives only while something runs; RPC_REFUSED where there is no faucet.
 */
export async function airdrop(
  sol: string,
  options: {
    readonly cluster: string
    readonly rpcUrl: string | undefined
    readonly walletFile: string | undefined
    readonly allowExposedWallet: boolean
    readonly seed: string
    readonly environment: Environment
  },
): Promise<{ readonly address: string; readonly sol: string; readonly signature: string }> {
  const lamports = lamportsOf(sol)
  const cluster = await findCluster(options.cluster, options.rpcUrl)
  if (isEmbedded(cluster, options.rpcUrl)) {
    throw new ForgeError('USAGE', {
      message: 'the embedded chain lives only while something runs: there is nobody to ask',
      remedy: 'Its wallets are funded at genesis; for a server started with `localnet start`, give --rpc-url.',
    })
  }
  const { publicKey } = chooseWallet({ ...options, cluster: cluster.name })
  const clock = createRealClock()
  const http = createHttp(clock)
  try {
    const rpc = createRpc({ url: cluster.rpcUrls[0]!, fetch: http.fetch, clock })
    const signature = await rpc.airdrop(publicKey, lamports)
    return { address: publicKey, sol: formatUnits(lamports, SOL_DECIMALS), signature }
  } finally {
    await http.close()
  }
}

/** @throws AMOUNT_INVALID */
function lamportsOf(sol: string): bigint {
  try {
    return parseUnits(sol, SOL_DECIMALS)
  } catch (cause) {
    const remedy = 'Give a number of SOL, as in 1 or 0.5.'
    throw new ForgeError('AMOUNT_INVALID', { message: `"${sol}" is not a number of SOL`, remedy, cause })
  }
}
