import { readFile } from 'node:fs/promises'
import type { Clock } from '../time/clock.ts'
import { seededRandom } from '../time/random.ts'
import { airdropFrom } from './faucet.ts'
import { type GenesisFund, genesisHashOf, writeFunds } from './genesis.ts'
import { type Fetch, inProcessFetch, LOCALNET_URL } from './in-process-fetch.ts'
import { Ledger } from './ledger/ledger.ts'
import { createMarket, type Market, openPricePath } from './market/market.ts'
import { createPubSub, type PubSub } from './pubsub/pubsub.ts'
import { answerJsonRpc } from './rpc/json-rpc.ts'
import type { Method, RpcContext } from './rpc/method.ts'
import { RPC_METHODS } from './rpc/methods.ts'

export interface LocalnetOptions {
  readonly clock: Clock
  /** Makes walk, keys and genesis hash: the same seed gives the same chain. */
  readonly seed: string
  /** A candle file that the market follows; without it a seeded walk. */
  readonly marketFile?: string
  readonly fund?: readonly GenesisFund[]
  /** Told what a person may want to know, such as the end of the candle file. */
  readonly onNotice?: (text: string) => void
}

/** A whole Solana in this process. */
export interface Localnet {
  /** Answers JSON-RPC, and the market's API under `/swap/v1`: hand it to any Solana or Jupiter client. */
  readonly fetch: Fetch
  /** The URL to give to clients that use `fetch` above. */
  readonly rpcUrl: string
  readonly genesisHash: string
  readonly ledger: Ledger
  readonly market: Market
  readonly clock: Clock
  readonly pubsub: PubSub
  /** Subscribes in process: `subscribe('signatureSubscribe', [signature, {commitment}], result => …)` answers its end. */
  subscribe(method: string, params: readonly unknown[], listener: (result: unknown) => void): () => void
  /** Answers the body of a JSON-RPC request; `more` adds methods to the usual ones. */
  rpc(body: string, more?: Readonly<Record<string, Method>>): Promise<string>
  close(): Promise<void>
}

export async function createLocalnet(options: LocalnetOptions): Promise<Localnet> {
  const { clock, seed, fund = [], onNotice = () => undefined } = options
  const marketBytes = options.marketFile === undefined ? undefined : await readFile(options.marketFile)
  const genesisHash = genesisHashOf({ seed, market: marketBytes, loaded: [], fund })
  const path = openPricePath(
    options.marketFile === undefined
      ? { random: seededRandom(seed).fork('market') }
      : { candleFile: options.marketFile },
  )
  const ledger = new Ledger({ clock, genesisHash, start_ms: clock.now() })
  const market = createMarket({ ledger, path, onNotice })
  market.genesis()
  writeFunds(ledger, fund)
  ledger.endGenesis()
  market.start()

  const context: RpcContext = {
    ledger,
    genesisHash,
    durable: async () => undefined,
    airdrop: (to, lamports) => airdropFrom(ledger, to, lamports),
  }
  const pubsub = createPubSub(ledger)
  const rpc: Localnet['rpc'] = (body, more) =>
    answerJsonRpc(body, more ? { ...RPC_METHODS, ...more } : RPC_METHODS, context)
  return {
    fetch: inProcessFetch({ rpc: body => rpc(body), market: request => market.handle(request) }),
    rpcUrl: LOCALNET_URL,
    genesisHash,
    ledger,
    market,
    clock,
    pubsub,
    subscribe: (method, params, listener) => pubsub.subscribe(method, params, listener),
    rpc,
    close: async () => {
      market.stop()
      pubsub.close()
    },
  }
}
