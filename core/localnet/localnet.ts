import { readFile } from 'node:fs/promises'
import type { Clock } from '../time/clock.ts'
import { seededRandom } from '../time/random.ts'
import { airdropFrom } from './faucet.ts'
import { type GenesisFund, genesisHashOf, writeFunds } from './genesis.ts'
import { type Fetch, inProcessFetch, LOCALNET_URL } from './in-process-fetch.ts'
import { Ledger } from './ledger/ledger.ts'
import { createMarket, type Market, openPricePath } from './market/market.ts'
import { answerJsonRpc } from './rpc/json-rpc.ts'
import type { RpcContext } from './rpc/method.ts'
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
  return {
    fetch: inProcessFetch({
      rpc: body => answerJsonRpc(body, RPC_METHODS, context),
      market: request => market.handle(request),
    }),
    rpcUrl: LOCALNET_URL,
    genesisHash,
    ledger,
    market,
    clock,
    close: async () => market.stop(),
  }
}
