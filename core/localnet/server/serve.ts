import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { Clock } from '../../time/clock.ts'
import { isVirtualClock } from '../../time/virtual-clock.ts'
import type { Localnet } from '../localnet.ts'
import type { Method } from '../rpc/method.ts'
import { CLOCK_METHOD, clockMethod } from './clock-method.ts'
import { httpRequests } from './http-requests.ts'
import { Lines } from './lines.ts'
import { Pace, SPEED_MAX } from './pace.ts'

/** How often a free pair of ports is looked for when the first one's neighbour is taken. */
const PAIR_ATTEMPTS = 32

/** Longer than clients keep idle connections, so that none is closed while a request is on its way. */
const KEEP_ALIVE_MS = 120_000

export interface ServeOptions {
  /** 0 for any free pair. WebSockets are taken at this port and, as web3.js expects, at the next one. */
  readonly port: number
  readonly host?: string
  /** How many times real time the chain runs when nobody drives it: more than 0, at most 20. */
  readonly speed?: number
  /** The machine's time, which paces a virtual clock. */
  readonly wall: Clock
  /** Told what went wrong outside any request. */
  readonly onFailure?: (thrown: unknown) => void
}

export interface LocalnetServer {
  readonly port: number
  readonly rpcUrl: string
  readonly wsUrl: string
  close(): Promise<void>
}

/**
 * Serves an embedded chain to any Solana client. With a virtual clock the server owns time: free at `speed`, or driven
 * through `sniperforge_clock`. With a real clock there is no such method.
 *
 * @throws LOCALNET_PORT_TAKEN
 */
export async function serve(localnet: Localnet, options: ServeOptions): Promise<LocalnetServer> {
  const { host = '127.0.0.1', speed = 1, wall, onFailure = () => undefined } = options
  if (!(speed > 0 && speed <= SPEED_MAX)) {
    throw new ForgeError('FLAG_INVALID', {
      message: `a free-running chain takes a speed up to ${SPEED_MAX}, not ${speed}`,
    })
  }
  const { clock } = localnet
  const pace = isVirtualClock(clock) ? new Pace(clock, wall, speed, onFailure) : undefined
  const lines = new Lines(localnet.pubsub, pace, onFailure)
  const methods: Record<string, Method> = pace
    ? { [CLOCK_METHOD]: (_context, params) => clockMethod(pace, lines, params, false) }
    : {}
  const paced = async <T>(work: () => Promise<T>): Promise<T> => {
    await pace?.catchUp()
    const result = await work()
    pace?.arm()
    return result
  }
  const listener = httpRequests({
    rpc: body => paced(() => localnet.rpc(body, methods)),
    market: request => paced(() => localnet.answerMarket(request)),
  })
  const open = (): Server =>
    createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener).on('upgrade', (request, socket, head) =>
      lines.upgrade(request, socket, head),
    )
  const stop = (): void => {
    pace?.stop()
    lines.close()
  }
  const [main, next] = await listenOnPair(open, options.port, host).catch((thrown: unknown) => {
    // A server that could not be had leaves no timer behind: the process would stay for it.
    stop()
    throw thrown
  })
  const { port } = main.address() as AddressInfo
  return {
    port,
    rpcUrl: `http://${host}:${port}`,
    wsUrl: `ws://${host}:${port + 1}`,
    close: async () => {
      stop()
      await Promise.all([main, next].map(shut))
    },
  }
}

async function listenOnPair(open: () => Server, port: number, host: string): Promise<readonly [Server, Server]> {
  for (let attempt = 1; ; attempt++) {
    const main = open()
    const next = open()
    try {
      await listen(main, port, host)
      await listen(next, (main.address() as AddressInfo).port + 1, host)
      return [main, next]
    } catch (thrown) {
      await Promise.all([main, next].filter(server => server.listening).map(shut))
      if (port === 0 && attempt < PAIR_ATTEMPTS) continue
      const which = port === 0 ? 'no free pair of ports' : `port ${port} or ${port + 1} can't be had`
      throw new ForgeError('LOCALNET_PORT_TAKEN', { message: `${which}: ${messageOf(thrown)}`, cause: thrown })
    }
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  const listening = once(server, 'listening')
  server.listen(port, host)
  await listening
}

async function shut(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
