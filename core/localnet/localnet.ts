import { readFile } from 'node:fs/promises'
import { candleFiles } from '../candles/candle-files.ts'
import { ForgeError } from '../errors/forge-error.ts'
import type { Clock } from '../time/clock.ts'
import { seededRandom } from '../time/random.ts'
import { isVirtualClock } from '../time/virtual-clock.ts'
import { clonedAt_ms } from './clone/clock-file.ts'
import { readAccountDirectory, writeLoaded } from './clone/load-directory.ts'
import { airdropFrom } from './faucet.ts'
import { type GenesisFund, genesisHashOf, writeFunds } from './genesis.ts'
import { type Fetch, inProcessFetch, LOCALNET_URL } from './in-process-fetch.ts'
import { Ledger } from './ledger/ledger.ts'
import type { Machines } from './ledger/machines.ts'
import type { Svm } from './ledger/svm.ts'
import { createMarket, filePath, type Market, walkPath } from './market/market.ts'
import { makerSigner } from './market/market-maker.ts'
import type { PricePath } from './market/path/price-path.ts'
import type { ChainRecord } from './persistence/chain-record.ts'
import { ChainStore, keptTime_ms } from './persistence/chain-store.ts'
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
  /** Wallets that have something as well, without making it another chain: whoever opens what is kept need not know them. */
  readonly fundBeside?: readonly GenesisFund[]
  /** Directories of `<program id>.so` and `<address>.json` files that belong to the genesis. */
  readonly load?: readonly string[]
  /** Keeps the chain here, and goes on with what is kept; this directory is the chain's alone. Without it nothing is written. */
  readonly dataDir?: string
  /** Size of the log at which a snapshot takes its place; 4 MiB by default. */
  readonly logBytesMax?: number
  /** For many chains in one process: their machines. A chain that is kept or has something loaded makes its own. */
  readonly machines?: Machines
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
  /** Answers a request to the market's API. */
  answerMarket(request: Request): Promise<Response>
  /** Stops the market and the subscriptions, and closes what is kept. */
  close(): Promise<void>
}

/**
 * Makes a chain, or goes on with the one that `dataDir` holds.
 *
 * @example
 * const clock = createVirtualClock({ start_ms })
 * const localnet = await createLocalnet({ clock, seed: '1', fund: [{ owner, lamports: 10n ** 10n, tokens: [] }] })
 * const connection = new Connection(localnet.rpcUrl, { fetch: localnet.fetch })
 *
 * @throws LOCALNET_STATE_FOREIGN, LOCALNET_STATE_DAMAGED, LOCALNET_IN_USE, LOCALNET_ACCOUNT_FILE_INVALID,
 *   CANDLES_INVALID, TOKEN_UNKNOWN
 */
export async function createLocalnet(options: LocalnetOptions): Promise<Localnet> {
  const { clock, seed, fund = [], fundBeside = [], load = [], onNotice = () => undefined } = options
  const loaded = await Promise.all(load.map(readAccountDirectory))
  const genesisHash = genesisHashOf({
    seed,
    market: options.marketFile === undefined ? undefined : await bytesOf(options.marketFile),
    loaded: loaded.map(directory => directory.digest),
    fund,
  })
  const store = options.dataDir === undefined ? undefined : ChainStore.open(options.dataDir, options.logBytesMax)
  try {
    const machines = store || load.length > 0 ? undefined : options.machines
    const { ledger, kept } = await openLedger(store, clock, genesisHash, machines?.take())
    const market = createMarket({ ledger, path: await openPath(options), onNotice })
    for (const entry of kept ?? []) {
      if (entry.kind === 'transaction') ledger.replay(entry.record)
      if (entry.kind === 'known') market.replay(entry.record.known, entry.record.time_ms)
    }
    const isNew = kept === undefined
    if (isNew) {
      market.genesis()
      for (const directory of loaded) writeLoaded(ledger, directory)
      writeFunds(ledger, [...fund, ...fundBeside])
      const newest_ms = await newestClone_ms(load)
      if (newest_ms > clock.now()) {
        const [then, now] = [newest_ms, clock.now()].map(time => new Date(time).toISOString())
        onNotice(`the loaded accounts are of ${then}, the chain starts at ${now}: programs may refuse them as too new`)
      }
    }
    ledger.endGenesis()
    store?.attach(ledger, { genesisHash, start_ms: ledger.slots.start_ms })
    market.start(isNew ? undefined : ledger.lastClient_ms)
    return assemble({ ledger, market, store, genesisHash, machines })
  } catch (thrown) {
    await store?.close()
    throw thrown
  }
}

/**
 * Where the chain's time begins: where a kept chain was left, else where its market's path begins. A seeded walk has no
 * time of its own: it is joined after the newest accounts that are loaded.
 */
export async function chainStart_ms(
  options: Pick<LocalnetOptions, 'seed' | 'marketFile' | 'dataDir' | 'load'>,
): Promise<number> {
  const kept = options.dataDir === undefined ? undefined : keptTime_ms(options.dataDir)
  if (kept !== undefined) return kept
  const { start_ms } = await openPath(options)
  const loaded_ms = await newestClone_ms(options.load ?? [])
  return options.marketFile === undefined && loaded_ms >= start_ms ? loaded_ms + 1_000 : start_ms
}

async function newestClone_ms(directories: readonly string[]): Promise<number> {
  const times = await Promise.all(directories.map(clonedAt_ms))
  return Math.max(...times.map(time => time ?? Number.NEGATIVE_INFINITY))
}

/** The bytes of the candle files, one after the other. */
async function bytesOf(candles: string): Promise<Uint8Array> {
  return Buffer.concat(await Promise.all((await candleFiles(candles)).map(file => readFile(file))))
}

async function openPath({ seed, marketFile }: Pick<LocalnetOptions, 'seed' | 'marketFile'>): Promise<PricePath> {
  return marketFile === undefined ? walkPath(seededRandom(seed).fork('market')) : filePath(marketFile)
}

/** A new ledger, or the one of the kept snapshot, with what came after it, and the clock at or behind its last time. */
async function openLedger(
  store: ChainStore | undefined,
  clock: Clock,
  genesisHash: string,
  svm: Svm | undefined,
): Promise<{ ledger: Ledger; kept: readonly ChainRecord[] | undefined }> {
  const kept = store?.kept
  if (!kept) {
    const ledger = new Ledger({ clock, genesisHash, start_ms: clock.now(), ...(svm && { svm }) })
    return { ledger, kept: undefined }
  }
  const { snapshot, records, last_ms } = kept
  if (snapshot.genesisHash !== genesisHash) {
    throw new ForgeError('LOCALNET_STATE_FOREIGN', {
      message: `the directory holds chain ${snapshot.genesisHash}, not ${genesisHash}`,
    })
  }
  if (isVirtualClock(clock)) await clock.advanceTo(last_ms)
  if (clock.now() < last_ms) {
    throw new ForgeError('LOCALNET_STATE_FOREIGN', {
      message: `the chain was left at ${new Date(last_ms).toISOString()}, later than the clock it should go on with`,
      remedy: 'Go on with a virtual clock, or start a new chain in another directory.',
    })
  }
  const { start_ms, ledger: state } = snapshot
  const ledger = new Ledger({ clock, genesisHash, start_ms, state, signKnown: makerSigner() })
  return { ledger, kept: records }
}

function assemble(parts: {
  readonly ledger: Ledger
  readonly market: Market
  readonly store: ChainStore | undefined
  readonly genesisHash: string
  readonly machines: Machines | undefined
}): Localnet {
  const { ledger, market, store, genesisHash, machines } = parts
  const { clock } = ledger
  const context: RpcContext = {
    ledger,
    genesisHash,
    airdrop: (to, lamports) => airdropFrom(ledger, to, lamports),
  }
  /** Undefined when nothing is left to wait for. */
  const durable = (): Promise<void> | undefined =>
    store && !store.isDurable ? clock.holdWhile('the chain is being written', () => store.sync()) : undefined
  /** Nobody learns of what a power cut could still undo. */
  const durably = async <T>(work: () => Promise<T>): Promise<T> => {
    store?.mark(ledger.slot(), clock.now())
    const answer = await work()
    // The work may have been to move time.
    store?.mark(ledger.slot(), clock.now())
    await durable()
    return answer
  }
  const pubsub = createPubSub(ledger, durable)
  const rpc: Localnet['rpc'] = (body, more) =>
    durably(() => answerJsonRpc(body, more ? { ...RPC_METHODS, ...more } : RPC_METHODS, context))
  const answerMarket = (request: Request): Promise<Response> => durably(() => market.handle(request))
  return {
    fetch: inProcessFetch({ rpc: body => rpc(body), market: answerMarket }),
    rpcUrl: LOCALNET_URL,
    genesisHash,
    ledger,
    market,
    clock,
    pubsub,
    subscribe: (method, params, listener) => pubsub.subscribe(method, params, listener),
    rpc,
    answerMarket,
    close: async () => {
      market.stop()
      pubsub.close()
      await store?.close()
      machines?.giveBack(ledger)
    },
  }
}
