import { randomUUID } from 'node:crypto'
import type { Cluster } from '../../chain/cluster/cluster.ts'
import { publicNetworkOf } from '../../chain/cluster/networks.ts'
import { createEndpointPool, type EndpointPool } from '../../chain/endpoints/pool.ts'
import { createHttp, type HttpClient } from '../../chain/http.ts'
import { webSocketEndpoint, webSocketUrlsOf } from '../../chain/pubsub/web-socket.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { Clock } from '../../time/clock.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import type { Connection } from './connection.ts'
import { DrivenLine } from './driven-line.ts'
import { ownsItsTime, takeRemoteClock } from './remote-clock.ts'

/**
 * A chain behind an RPC endpoint. Time is real, unless the endpoint is a local server of ours: then this process moves
 * its time.
 *
 * @throws SPEED_REFUSED when a speed is asked of a chain whose time is not ours; CLOCK_HELD; what the RPC throws.
 */
export async function openRemoteChain(
  cluster: Cluster,
  options: {
    readonly speed: 'max' | number | undefined
    /** Only to look: the chain's time is left alone. */
    readonly look?: boolean
  },
): Promise<Connection> {
  const real = createRealClock()
  const direct = createHttp(real)
  const closed = new AbortController()
  const { rpcUrls, jupiterUrl } = cluster
  const wsUrls = cluster.wsUrl === undefined ? webSocketUrlsOf(rpcUrls[0]!) : [cluster.wsUrl]
  const endpoints = poolOf(cluster, direct, real)
  try {
    // An endpoint of a public network that says otherwise lies: whoever moves our time moves every plan in it.
    const isPublic = publicNetworkOf(cluster.profile.genesisHash) !== undefined
    if (options.look || isPublic || !(await ownsItsTime(endpoints.call))) {
      if (options.speed !== undefined) {
        throw new ForgeError('SPEED_REFUSED', { message: `--speed ${options.speed}: ${cluster.name} has its own time` })
      }
      const pubsub = webSocketEndpoint(wsUrls, { pulses: true })
      const base = { cluster, endpoints, rpcUrls, jupiterUrl, pubsub, clock: real, http: direct.fetch }
      return {
        ...base,
        isEmbedded: false,
        ownsTime: false,
        drive: work => work,
        close: () => closeAll([endpoints, direct]),
      }
    }
    const name = `sniperforge-${randomUUID()}`
    const line = new DrivenLine(name, real)
    const remote = await takeRemoteClock(endpoints.call, {
      name,
      during: advance => line.during(advance),
      real,
      speed: options.speed ?? 'max',
      signal: closed.signal,
    })
    const clock = createVirtualClock({ start_ms: remote.now_ms, driver: remote.driver })
    const driven = createHttp(clock)
    const pool = poolOf(cluster, driven, clock)
    return {
      cluster,
      endpoints: pool,
      clock,
      http: driven.fetch,
      rpcUrls,
      jupiterUrl,
      pubsub: line.count(
        webSocketEndpoint(
          wsUrls.map(url => drivenUrl(url, name)),
          { pulses: false },
        ),
      ),
      isEmbedded: false,
      ownsTime: true,
      drive: work => clock.run(work),
      close: async () => {
        closed.abort()
        await remote.release()
        await closeAll([pool, endpoints, driven, direct])
      },
    }
  } catch (thrown) {
    await closeAll([endpoints, direct])
    throw thrown
  }
}

/** A server of ours needs no watching: it is as far as its clock. */
function poolOf({ endpoints, profile }: Cluster, http: HttpClient, clock: Clock): EndpointPool {
  return createEndpointPool({
    endpoints,
    fetch: http.fetch,
    clock,
    genesisHash: profile.genesisHash === 'private' ? undefined : profile.genesisHash,
    batch: true,
    watch: clock.kind === 'real',
  })
}

/** One after the other: what asks goes before what it asks through. */
async function closeAll(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const part of parts) await part.close()
}

/** Notifications on this line stop the clock of its driver. */
function drivenUrl(url: string, driver: string): string {
  const driven = new URL(url)
  driven.searchParams.set('driver', driver)
  return driven.href
}
