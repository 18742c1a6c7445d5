import type { Cluster } from '../../chain/cluster/cluster.ts'
import { createEndpointPool } from '../../chain/endpoints/pool.ts'
import { createHttp } from '../../chain/http.ts'
import { createRealClock } from '../../time/real-clock.ts'
import type { ChainDirectory } from './chain-directory.ts'
import type { Connection } from './connection.ts'
import { embeddedPubSub } from './embedded-pubsub.ts'
import { type LocalnetChoice, openLocalnet } from './open-localnet.ts'
import { pacedBy } from './pace.ts'

/** The embedded Solana in this process: its time is virtual and moves only while something is driven. */
export async function openEmbeddedChain(
  cluster: Cluster,
  choice: Omit<LocalnetChoice, 'chainDirectory' | 'load'> & {
    readonly directory: ChainDirectory
    readonly speed: 'max' | number
  },
): Promise<Connection> {
  const { directory } = choice
  const { chain, clock } = await openLocalnet({ ...choice, chainDirectory: directory.path, load: [] })
  const closed = new AbortController()
  const outside = createHttp(clock)
  const endpoints = createEndpointPool({
    endpoints: [{ url: chain.rpcUrl }],
    fetch: chain.fetch,
    clock,
    // Nothing is saved by it without a socket, and nobody has to be watched.
    batch: false,
    watch: false,
  })
  if (choice.speed !== 'max') clock.setDriver(pacedBy(createRealClock(), clock, choice.speed, closed.signal))
  return {
    cluster,
    clock,
    http: (input, init) => (isOfChain(input, chain.rpcUrl) ? chain.fetch : outside.fetch)(input, init),
    endpoints,
    rpcUrls: [chain.rpcUrl],
    jupiterUrl: `${chain.rpcUrl}/swap/v1`,
    pubsub: embeddedPubSub(chain.pubsub),
    isEmbedded: true,
    ownsTime: true,
    drive: work => clock.run(work),
    close: async () => {
      closed.abort()
      await endpoints.close()
      await outside.close()
      await chain.close()
      directory.release()
    },
  }
}

/** What goes anywhere else, as to a plugin's webhook, leaves this process. */
function isOfChain(input: string | URL | Request, rpcUrl: string): boolean {
  return new URL(input instanceof Request ? input.url : input).origin === new URL(rpcUrl).origin
}
