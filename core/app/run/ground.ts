import { randomUUID } from 'node:crypto'
import { type Cluster, verifyGenesis } from '../../chain/cluster/cluster.ts'
import type { Wallet } from '../../chain/wallet/wallet.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import { type Caches, openCaches } from '../../store/cache.ts'
import { openMemoryStore, openStore, type Store } from '../../store/store.ts'
import { type Random, seededRandom } from '../../time/random.ts'
import { createRealClock } from '../../time/real-clock.ts'
import type { Connection } from '../network/connection.ts'
import { openChain } from '../network/open-chain.ts'

/** What a pipeline runs on. Everything is handed in: a run takes no part of it from anywhere else. */
export interface Ground {
  readonly cluster: Cluster
  /** The chain, with the time that counts there. */
  readonly connection: Connection
  /** What the chain itself said. */
  readonly genesisHash: string
  readonly store: Store
  /** What may be lost at any time, beside the store. */
  readonly caches: Caches
  /** Where the store is; undefined: in memory. */
  readonly dataDirectory: string | undefined
  readonly wallet: Wallet
  /** Those that the pipeline names besides. */
  readonly namedWallets: ReadonlyMap<string, Wallet>
  readonly registry: PluginRegistry
  readonly random: Random
  /** What a person should be told at the end; it grows. */
  readonly notices: string[]
  /** Closes chain and store, in this order. */
  close(): Promise<void>
}

/** Which ground: chosen before anything is touched. */
export interface GroundChoice {
  readonly cluster: Cluster
  readonly wallet: Wallet
  readonly namedWallets?: ReadonlyMap<string, Wallet>
  readonly registry: PluginRegistry
  readonly rpcUrl: string | undefined
  readonly seed: string
  readonly marketFile: string | undefined
  readonly speed: 'max' | number | undefined
  readonly dryRun: boolean
  /** Keeps the embedded chain; undefined: nothing is kept. */
  readonly chainDirectory: string | undefined
  /** Keeps journal and history; undefined: in memory. */
  readonly dataDirectory: string | undefined
  /** Opens the store of a directory, or waits until it is free; by default another holder is an error. */
  readonly openStoreOf?: (directory: string, random: Random) => Promise<Store>
}

/**
 * Opens the store and then the chain. The lease comes first: a second process on the same data is told who has it,
 * before it touches anything.
 *
 * @throws STORE_LEASED and what else stands in the way of either
 */
export async function openGround(choice: GroundChoice): Promise<Ground> {
  const { cluster, dataDirectory, wallet, namedWallets = new Map(), registry, openStoreOf = openLeased } = choice
  const random = seededRandom(cluster.name === 'localnet' ? choice.seed : randomUUID())
  const store = dataDirectory === undefined ? openMemoryStore({ random }) : await openStoreOf(dataDirectory, random)
  const notices: string[] = []
  let connection: Connection | undefined
  let caches: Caches | undefined
  const close = async (): Promise<void> => {
    try {
      await connection?.close()
    } finally {
      caches?.close()
      store.close()
    }
  }
  try {
    caches = openCaches(dataDirectory)
    connection = await openChain(cluster, {
      rpcUrl: choice.rpcUrl,
      seed: choice.seed,
      marketFile: choice.marketFile,
      speed: choice.speed,
      dataDirectory: choice.chainDirectory,
      dryRun: choice.dryRun,
      wallet: wallet.publicKey,
      otherWallets: [...new Set([...namedWallets.values()].map(({ publicKey }) => publicKey))],
      onNotice: text => notices.push(text),
    })
    const genesisHash = await connection.drive(verifyGenesis(cluster.profile, connection.endpoints.rpc))
    return {
      cluster,
      connection,
      genesisHash,
      store,
      caches,
      dataDirectory,
      wallet,
      namedWallets,
      registry,
      random,
      notices,
      close,
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

async function openLeased(dataDir: string, random: Random): Promise<Store> {
  return openStore({ dataDir, clock: createRealClock(), random })
}
