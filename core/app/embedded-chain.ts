import type { Cluster } from '../chain/cluster/cluster.ts'
import type { GenesisFund } from '../localnet/genesis.ts'
import { createLocalnet } from '../localnet/localnet.ts'
import { openPricePath } from '../localnet/market/market.ts'
import { seededRandom } from '../time/random.ts'
import { createRealClock } from '../time/real-clock.ts'
import { createVirtualClock } from '../time/virtual-clock.ts'
import type { Connection } from './connection.ts'
import { pacedBy } from './pace.ts'

/** The embedded Solana in this process: its time is virtual and moves only while something is driven. */
export async function openEmbeddedChain(options: {
  readonly cluster: Cluster
  readonly seed: string
  readonly marketFile: string | undefined
  readonly fund: readonly GenesisFund[]
  readonly speed: 'max' | number
  readonly onNotice: (text: string) => void
}): Promise<Connection> {
  const { seed, marketFile } = options
  const path = openPricePath(
    marketFile === undefined ? { random: seededRandom(seed).fork('market') } : { candleFile: marketFile },
  )
  const clock = createVirtualClock({ start_ms: path.start_ms })
  if (options.speed !== 'max') clock.setDriver(pacedBy(createRealClock(), clock, options.speed))
  const chain = await createLocalnet({
    clock,
    seed,
    ...(marketFile === undefined ? {} : { marketFile }),
    fund: options.fund,
    onNotice: options.onNotice,
  })
  return {
    cluster: options.cluster,
    clock,
    http: chain.fetch,
    rpcUrls: [chain.rpcUrl],
    jupiterUrl: `${chain.rpcUrl}/swap/v1`,
    ownsTime: true,
    drive: work => clock.run(work),
    close: () => chain.close(),
  }
}
