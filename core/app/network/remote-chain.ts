import { randomUUID } from 'node:crypto'
import type { Cluster } from '../../chain/cluster/cluster.ts'
import { createHttp } from '../../chain/http.ts'
import { webSocketEndpoint, webSocketUrlsOf } from '../../chain/pubsub/web-socket.ts'
import { createJsonRpc } from '../../chain/rpc/json-rpc.ts'
import { ForgeError } from '../../errors/forge-error.ts'
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
  const rpc = createJsonRpc({ url: rpcUrls[0]!, fetch: direct.fetch, clock: real })
  try {
    if (options.look || !(await ownsItsTime(rpc))) {
      if (options.speed !== undefined) {
        throw new ForgeError('SPEED_REFUSED', { message: `--speed ${options.speed}: ${cluster.name} has its own time` })
      }
      const pubsub = webSocketEndpoint(wsUrls, { pulses: true })
      const base = { cluster, rpcUrls, jupiterUrl, pubsub, clock: real, http: direct.fetch, ownsTime: false }
      return { ...base, drive: work => work, close: () => direct.close() }
    }
    const name = `sniperforge-${randomUUID()}`
    const line = new DrivenLine(name, real)
    const remote = await takeRemoteClock(rpc, {
      name,
      during: advance => line.during(advance),
      real,
      speed: options.speed ?? 'max',
      signal: closed.signal,
    })
    const clock = createVirtualClock({ start_ms: remote.now_ms, driver: remote.driver })
    const driven = createHttp(clock)
    return {
      cluster,
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
      ownsTime: true,
      drive: work => clock.run(work),
      close: async () => {
        closed.abort()
        await remote.release()
        await Promise.all([driven.close(), direct.close()])
      },
    }
  } catch (thrown) {
    await direct.close()
    throw thrown
  }
}

/** Notifications on this line stop the clock of its driver. */
function drivenUrl(url: string, driver: string): string {
  const driven = new URL(url)
  driven.searchParams.set('driver', driver)
  return driven.href
}
