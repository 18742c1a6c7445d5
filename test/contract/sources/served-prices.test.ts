import { join } from 'node:path'
import { expect, it } from 'vitest'
import { embeddedPubSub } from '../../../core/app/network/embedded-pubsub.ts'
import { openLocalnet } from '../../../core/app/network/open-localnet.ts'
import { openRemoteChain } from '../../../core/app/network/remote-chain.ts'
import { openCluster } from '../../../core/chain/cluster/cluster.ts'
import { createAccountFeed } from '../../../core/chain/pubsub/account-feed.ts'
import type { PubSubEndpoint } from '../../../core/chain/pubsub/line.ts'
import { createAccountReader } from '../../../core/chain/rpc/account-reader.ts'
import { createRpc } from '../../../core/chain/rpc/rpc.ts'
import { diskFiles } from '../../../core/config/files.ts'
import { marketPools } from '../../../core/localnet/market/pools.ts'
import { serve } from '../../../core/localnet/server/serve.ts'
import type { Http } from '../../../core/plugin/services.ts'
import { recordingLog } from '../../../core/testing/mocks/recording-log.ts'
import type { Clock } from '../../../core/time/clock.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'

const HOURS_MS = 2 * 3_600_000
const VAULTS = marketPools()
  .filter(({ name }) => name.startsWith('SOL/USDC'))
  .flatMap(({ vaultBase, vaultQuote }) => [String(vaultBase), String(vaultQuote)])

const localnet = () =>
  openLocalnet({
    seed: 'served',
    marketFile: undefined,
    chainDirectory: undefined,
    load: [],
    fund: [],
    onNotice: () => undefined,
  })

/** Every change of the pools' vaults in two hours, with its time and slot, and the tokens read when told of it. */
async function changesSeen(
  parts: { readonly clock: Clock; readonly http: Http; readonly rpcUrl: string; readonly pubsub: PubSubEndpoint },
  drive: <T>(work: Promise<T>) => Promise<T>,
): Promise<readonly string[]> {
  const { clock, http, rpcUrl, pubsub } = parts
  const accounts = createAccountReader(createRpc({ url: rpcUrl, fetch: http, clock }), 'confirmed', clock)
  const log = recordingLog()
  const feed = createAccountFeed({ endpoint: pubsub, accounts, commitment: 'confirmed', clock, log })
  const seen: string[] = []
  const stop = new AbortController()
  const from_ms = clock.now()
  const watcher = {
    every_ms: 5_000,
    onChange: (slot: number, account: { address: string; data: Uint8Array }) =>
      void seen.push(
        `${clock.now() - from_ms} ${slot} ${account.address} ${Buffer.from(account.data).readBigUInt64LE(64)}`,
      ),
  }
  feed.watch(VAULTS, watcher, stop.signal)
  await drive(clock.sleep(HOURS_MS))
  stop.abort()
  expect(log.entries).toEqual([])
  return seen
}

it('hears over the WebSocket of a driven server, at full speed, what it would hear in process, at the same times', async () => {
  const inside = await localnet()
  const expected = await changesSeen(
    {
      clock: inside.clock,
      http: inside.chain.fetch,
      rpcUrl: inside.chain.rpcUrl,
      pubsub: embeddedPubSub(inside.chain.pubsub),
    },
    work => inside.clock.run(work),
  )
  await inside.chain.close()

  const { chain } = await localnet()
  const server = await serve(chain, { port: 0, wall: createRealClock(), speed: 0.001 })
  const directory = join(import.meta.dirname, '../../../configs/clusters')
  const cluster = await openCluster('localnet', { files: diskFiles, directory, rpcUrl: server.rpcUrl })
  const remote = await openRemoteChain(cluster, { speed: 'max' })
  const seen = await changesSeen({ ...remote, rpcUrl: server.rpcUrl }, work => remote.drive(work))
  await remote.close()
  await server.close()
  await chain.close()

  expect(expected.length).toBeGreaterThan(200)
  expect(seen).toEqual(expected)
})
