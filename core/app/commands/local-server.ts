import type { Localnet } from '../../localnet/localnet.ts'
import { serve } from '../../localnet/server/serve.ts'
import { createRealClock } from '../../time/real-clock.ts'
import type { Environment } from '../environment.ts'
import { chainDirectory } from '../network/chain-directory.ts'
import { openLocalnet } from '../network/open-localnet.ts'
import { fundOf, seedWallet } from '../network/wallet-choice.ts'
import { givenDirectory } from '../run/data-directory.ts'

/** Where a local server listens, and who has money there. */
export interface ServerDocument {
  readonly document: 'localnet'
  readonly version: 1
  readonly rpcUrl: string
  readonly webSocketUrl: string
  readonly jupiterUrl: string
  readonly genesis: string
  /** The wallet of the seed: funded, and the default of runs with that seed. */
  readonly wallet: string
}

/**
 * Serves the embedded Solana until `stop` aborts.
 *
 * @throws LOCALNET_PORT_TAKEN, CANDLES_INVALID, FLAG_INVALID for a speed it does not take.
 */
export async function startLocalServer(options: {
  readonly port: number
  readonly host: string
  readonly seed: string
  readonly marketFile: string | undefined
  /** Keeps the chain. */
  readonly dataDirectory: string | undefined
  /** A folder of accounts and programs, as `localnet clone` writes it. */
  readonly loadDirectory: string | undefined
  readonly environment: Environment
  readonly speed: number
  /** Further wallets to fund at genesis. */
  readonly fund: readonly string[]
  readonly stop: AbortSignal
  readonly warn: (text: string) => void
  readonly announce: (server: ServerDocument) => void
}): Promise<void> {
  const wallet = seedWallet(options.seed).publicKey
  const given = options.dataDirectory
  const dataDirectory = given === undefined ? undefined : givenDirectory(given, options.environment)
  const { chain } = await openLocalnet({
    seed: options.seed,
    marketFile: options.marketFile,
    chainDirectory: chainDirectory(dataDirectory, { copy: false }).path,
    load: options.loadDirectory === undefined ? [] : [options.loadDirectory],
    fund: [wallet, ...options.fund].map(fundOf),
    onNotice: options.warn,
  })
  try {
    await serveUntilStopped(chain, { ...options, wallet })
  } finally {
    await chain.close()
  }
}

async function serveUntilStopped(
  chain: Localnet,
  options: {
    readonly port: number
    readonly host: string
    readonly speed: number
    readonly wallet: string
    readonly stop: AbortSignal
    readonly announce: (server: ServerDocument) => void
  },
): Promise<void> {
  const failure = Promise.withResolvers<never>()
  const { port, host, speed, stop } = options
  const server = await serve(chain, { port, host, speed, wall: createRealClock(), onFailure: failure.reject })
  try {
    options.announce({
      document: 'localnet',
      version: 1,
      rpcUrl: server.rpcUrl,
      webSocketUrl: server.wsUrl,
      jupiterUrl: `${server.rpcUrl}/swap/v1`,
      genesis: chain.genesisHash,
      wallet: options.wallet,
    })
    const stopped = new Promise<void>(resolve => {
      if (stop.aborted) resolve()
      else stop.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([stopped, failure.promise])
  } finally {
    await server.close()
  }
}
