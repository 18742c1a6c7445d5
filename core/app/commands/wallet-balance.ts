import { verifyGenesis } from '../../chain/cluster/cluster.ts'
import { formatUnits } from '../../money/amount.ts'
import type { Environment } from '../environment.ts'
import { findCluster } from '../network/cluster-choice.ts'
import { jsonRpcOf } from '../network/connection.ts'
import { openChain } from '../network/open-chain.ts'
import { readPortfolio } from '../network/portfolio.ts'
import { chooseWallet } from '../network/wallet-choice.ts'
import { givenDirectory } from '../run/data-directory.ts'
import type { RunPortfolio } from '../run/run-document.ts'
import type { Printed } from './printed.ts'
import { textTable } from './text-table.ts'

/** Whose wallet, on which cluster, and which chain is meant. */
export interface WalletQuestion {
  readonly cluster: string
  readonly rpcUrl: string | undefined
  readonly walletFile: string | undefined
  readonly allowExposedWallet: boolean
  readonly dataDirectory: string | undefined
  readonly seed: string
  readonly marketFile: string | undefined
  readonly environment: Environment
}

/** A wallet's address and what it holds on its cluster. */
export async function showWallet(question: WalletQuestion): Promise<Printed> {
  const { address, cluster, held } = await readWallet(question)
  const rows = [
    ['SOL', formatUnits(BigInt(held.sol_lamports), 9), ''],
    ...held.tokens.map(({ symbol, amount, decimals, mint }) => [symbol, formatUnits(BigInt(amount), decimals), mint]),
  ]
  return {
    text: `${address} on ${cluster}\n\n${textTable(['token', 'amount', 'mint'], rows, ['amount'])}`,
    document: { document: 'wallet', version: 1, cluster, address, ...held },
  }
}

/** What a wallet holds. */
export interface WalletHolding {
  readonly address: string
  readonly held: RunPortfolio
}

/**
 * What a wallet holds, without moving its chain or its time.
 *
 * @param othersOn addresses of other wallets to look at as well, on the chain with that genesis hash
 */
export async function readWallet(
  options: WalletQuestion,
  othersOn: (genesisHash: string) => readonly string[] = () => [],
): Promise<WalletHolding & { readonly cluster: string; readonly others: readonly WalletHolding[] }> {
  const cluster = await findCluster(options.cluster, options.rpcUrl)
  const { publicKey: address } = chooseWallet({ ...options, cluster: cluster.name })
  const given = options.dataDirectory
  const connection = await openChain(cluster, {
    rpcUrl: options.rpcUrl,
    seed: options.seed,
    marketFile: options.marketFile,
    speed: undefined,
    dataDirectory: given === undefined ? undefined : givenDirectory(given, options.environment),
    dryRun: true,
    look: true,
    wallet: address,
    onNotice: () => undefined,
  })
  try {
    const heldBy = (owner: string): Promise<RunPortfolio> =>
      connection.drive(readPortfolio(jsonRpcOf(connection), owner, cluster.tokens))
    const held = await heldBy(address)
    const genesisHash = await connection.drive(verifyGenesis(cluster.profile, connection.endpoints.rpc))
    const others: WalletHolding[] = []
    for (const other of othersOn(genesisHash)) {
      if (other !== address) others.push({ address: other, held: await heldBy(other) })
    }
    return { address, cluster: cluster.name, held, others }
  } finally {
    await connection.close()
  }
}
