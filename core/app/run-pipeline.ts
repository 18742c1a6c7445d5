import { createRealClock } from '../time/real-clock.ts'
import { bindPipeline } from './bind-pipeline.ts'
import { findCluster } from './network/cluster-choice.ts'
import { chooseWallets } from './network/wallet-choice.ts'
import { inRunDirectory } from './run/data-directory.ts'
import { openGround } from './run/ground.ts'
import { runBound } from './run/run-bound.ts'
import { runDirectory } from './run/run-directory.ts'
import type { RunDocument } from './run/run-document.ts'
import type { RunOptions } from './run/run-options.ts'
import { keyPlacesOf } from './wallet/key-places.ts'

/**
 * Runs a pipeline from its file to its document: its configuration is bound before anything is touched; then the ground
 * it runs on is opened, and closed whatever happens.
 *
 * @throws what stands in the way of starting; how it went from there is in the document.
 */
export async function runPipeline(options: RunOptions): Promise<RunDocument> {
  const real = createRealClock()
  const from_ms = real.wall_ms()
  const cluster = await findCluster(options.cluster, options.rpcUrl)
  const { pipeline, registry, warnings, redact, secrets } = await bindPipeline({ ...options, tokens: cluster.tokens })
  const walletOptions = { ...options, cluster: cluster.name }
  const wallets = chooseWallets(pipeline, walletOptions)
  const { wallet, namedWallets } = wallets
  const dataDirectory = runDirectory({
    given: options.dataDirectory,
    dryRun: options.dryRun,
    environment: options.environment,
    cluster: cluster.name,
    wallet: wallet.publicKey,
    pipeline: pipeline.name,
    real,
  })
  const { dataDirectory: chainDirectory } = options
  const choice = { ...options, cluster, wallet, namedWallets, registry, dataDirectory, chainDirectory }
  const place = { directory: dataDirectory, given: options.dataDirectory }
  return inRunDirectory(place, options.environment, real, async () => {
    const ground = await openGround(choice)
    try {
      ground.notices.unshift(...warnings)
      ground.store.keyPlaces.keep(ground.genesisHash, keyPlacesOf(wallets, pipeline, { ...walletOptions, secrets }))
      return await runBound(ground, { ...options, pipeline, redact, from_ms })
    } finally {
      await ground.close()
    }
  })
}
