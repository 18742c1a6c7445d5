import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Value from 'typebox/value'
import { openCluster } from '../../../core/chain/cluster/cluster.ts'
import { createRpc } from '../../../core/chain/rpc/rpc.ts'
import { liveSender } from '../../../core/chain/trader/sender.ts'
import { createTrader } from '../../../core/chain/trader/trader.ts'
import { Wallet } from '../../../core/chain/wallet/wallet.ts'
import { diskFiles } from '../../../core/config/files.ts'
import { createLocalnet } from '../../../core/localnet/localnet.ts'
import { amountOf } from '../../../core/money/amount.ts'
import { openStore } from '../../../core/store/store.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'
import { JUPITER_CONFIG, type JupiterConfig } from '../../../plugins/execution/jupiter/config.ts'
import { createJupiterVenue } from '../../../plugins/execution/jupiter/venue.ts'
import { bareBuyer } from './bare.ts'

/** `node test/bench/trade/run.ts [purchases] [rounds]`: rates of the trader and of the bare script, in turns. */
const [purchases = 1_000, rounds = 3] = process.argv.slice(2).map(Number)
const HOUR_MS = 3_600_000
const UNITS = 1_000_000n
const SEED = new Uint8Array(32).fill(9)
const CLUSTERS = new URL('../../../configs/clusters', import.meta.url).pathname
const real = createRealClock()

async function world() {
  const clock = createVirtualClock({ start_ms: Date.parse('2024-01-01T00:00:00Z') })
  const wallet = Wallet.fromSeed(SEED)
  const localnet = await createLocalnet({
    clock,
    seed: '1',
    fund: [{ owner: wallet.publicKey, lamports: 10n ** 10n, tokens: [{ symbol: 'USDC', units: 10n ** 10n }] }],
  })
  const options = { files: diskFiles, directory: CLUSTERS, rpcUrl: localnet.rpcUrl }
  return { clock, wallet, localnet, cluster: await openCluster('localnet', options) }
}

/** Purchases a second, an hour of chain time apart. */
async function rate(
  buy: (index: number) => Promise<void>,
  clock: Awaited<ReturnType<typeof world>>['clock'],
): Promise<number> {
  const start_ms = real.wall_ms()
  await clock.run(
    (async () => {
      for (let index = 0; index < purchases; index++) {
        await buy(index)
        await clock.sleep(HOUR_MS / 60)
      }
    })(),
  )
  return purchases / ((real.wall_ms() - start_ms) / 1000)
}

async function bareRate(): Promise<number> {
  const { clock, localnet, cluster } = await world()
  const buy = bareBuyer(localnet, clock, SEED)
  const [sol, usdc] = [cluster.tokens.find('SOL').mint, cluster.tokens.find('USDC').mint]
  const result = await rate(() => buy(usdc, sol, UNITS), clock)
  await localnet.close()
  return result
}

async function traderRate(): Promise<number> {
  const { clock, wallet, localnet, cluster } = await world()
  const dataDir = mkdtempSync(join(tmpdir(), 'forge-bench-'))
  const store = openStore({ dataDir, clock: real, random: seededRandom('1') })
  const { journal } = store.deploy({
    pipeline: 'bench',
    genesisHash: localnet.genesisHash,
    wallet: wallet.publicKey,
    nodes: ['plan'],
    fingerprint: '',
    onChange: 'refuse',
    now: clock.now(),
  })
  const rpc = createRpc({ url: localnet.rpcUrl, fetch: localnet.fetch, clock })
  const silent = (): undefined => undefined
  const trader = createTrader({
    clock,
    journal,
    rpcs: [rpc],
    wallet,
    sender: liveSender(rpc, localnet.genesisHash),
    venuePrograms: cluster.venuePrograms,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    signal: new AbortController().signal,
  })
  const config = Value.Default(JUPITER_CONFIG, {}) as JupiterConfig
  const venue = createJupiterVenue({ url: cluster.jupiterUrl ?? '', config, http: localnet.fetch, clock })
  const [output, input] = [cluster.tokens.find('SOL'), cluster.tokens.find('USDC')]
  const result = await rate(async index => {
    const report = await trader.trade(
      {
        kind: 'intent',
        at: clock.now(),
        key: String(index),
        node: 'plan',
        input,
        output,
        amount: amountOf(input, UNITS),
        exact: 'in',
        reason: 'a purchase',
      },
      venue,
      { onReport: silent, slippageBps: 50, priorityFee_microLamports: 10_000n },
    )
    if (report.state !== 'filled') throw new Error(`purchase ${index}: ${report.state}`)
  }, clock)
  store.close()
  await localnet.close()
  rmSync(dataDir, { recursive: true })
  return result
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const ratios: number[] = []
for (let round = 1; round <= rounds; round++) {
  const bare = await bareRate()
  const ours = await traderRate()
  ratios.push(ours / bare)
  say(`round ${round}: bare ${bare.toFixed(0)}/s, trader ${ours.toFixed(0)}/s, ratio ${(ours / bare).toFixed(2)}`)
}
const median = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0
say(`median ratio ${median.toFixed(2)} (to reach: 0.70)`)
process.exitCode = median >= 0.7 ? 0 : 1
