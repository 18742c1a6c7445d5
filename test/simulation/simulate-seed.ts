import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from '@solana-program/token'
import { type Cluster, openCluster } from '../../core/chain/cluster/cluster.ts'
import { Wallet } from '../../core/chain/wallet/wallet.ts'
import { diskFiles } from '../../core/config/files.ts'
import { LOCALNET_URL } from '../../core/localnet/in-process-fetch.ts'
import { Machines } from '../../core/localnet/ledger/machines.ts'
import { createLocalnet, type Localnet } from '../../core/localnet/localnet.ts'
import { seededRandom } from '../../core/time/random.ts'
import { createVirtualClock } from '../../core/time/virtual-clock.ts'
import { type Holdings, landedOf, violations } from './checks.ts'
import { Disk } from './faults/disk.ts'
import { FaultPlan } from './faults/fault-plan.ts'
import { Lines } from './faults/lines.ts'
import { Network } from './faults/network.ts'
import { Whale } from './faults/whale.ts'
import { linkedViolations } from './linked-checks.ts'
import { orderViolations } from './order-checks.ts'
import { waitingOf } from './process/asks.ts'
import type { Alterations } from './process/incarnation.ts'
import { linkedOf } from './process/linked.ts'
import { Machine } from './process/machine.ts'
import { wishesOf } from './process/pipeline.ts'
import { Trace } from './trace.ts'

const START_MS = Date.parse('2024-01-01T00:00:00Z')
const CLUSTERS = new URL('../../configs/clusters', import.meta.url).pathname
const WALLET = Wallet.fromSeed(new Uint8Array(32).fill(7))
const FUNDS: Holdings = { usdc: 10_000_000_000n, lamports: 10_000_000_000n }
/** Faults come before this; whatever is left then must come to its end by itself. */
const CALM_AFTER_MS = 420_000
/** By then at the latest. */
const PATIENCE_MS = 3_600_000
/** After the end: nothing that is still under way lands later. */
/** So long somebody moves the market. */
const WHALE_MS = 900_000
/** The whale's prices are in 10^-9 USDC, those of the framework in 10^-12. */
const NANO_TO_SCALED = 1_000n
const AFTERMATH_MS = 200_000

/** What a seed did. */
export interface SeedRun {
  readonly seed: string
  /** Of the trace of all port calls. */
  readonly hash: string
  /** What did not hold; empty for a good run. */
  readonly violations: readonly string[]
  /** Keys of the faults that happened. */
  readonly faults: readonly string[]
  readonly story: readonly string[]
  readonly processes: number
  readonly bought: number
  /** Orders that failed, and why. */
  readonly failed: readonly string[]
}

/** Worlds come one after the other: each begins with the machine of the one before. */
const machines = new Machines()
let shipped: Promise<Cluster> | undefined

/**
 * Runs everything on one seed's world and looks at what is left.
 *
 * @param options.only Faults that may happen; all of the seed's when absent.
 * @param options.plan Other faults than the seed's.
 */
export async function simulateSeed(
  seed: string,
  options: {
    readonly only?: ReadonlySet<string>
    readonly plan?: FaultPlan
    readonly alter?: () => Alterations
  } = {},
): Promise<SeedRun> {
  shipped ??= openCluster('localnet', { files: diskFiles, directory: CLUSTERS, rpcUrl: LOCALNET_URL })
  const cluster = await shipped
  const clock = createVirtualClock({ start_ms: START_MS })
  const trace = new Trace(() => clock.now())
  const plan = options.plan ?? new FaultPlan(seed, options.only)
  const wallet = WALLET
  const usdc = cluster.tokens.find('USDC')
  const fund = { owner: wallet.publicKey, lamports: FUNDS.lamports, tokens: [{ symbol: 'USDC', units: FUNDS.usdc }] }
  const localnet = await createLocalnet({ clock, seed, fund: [fund], machines })
  const disk = new Disk()
  const isCalm = (): boolean => clock.now() >= START_MS + CALM_AFTER_MS
  const random = seededRandom(`${seed}/wishes`)
  const whale =
    seededRandom(`${seed}/whale`).int(4) === 0
      ? new Whale({ localnet, clock, random: seededRandom(`${seed}/prices`), until_ms: START_MS + WHALE_MS })
      : undefined
  const price = localnet.market.price().nanoUsdc * NANO_TO_SCALED
  const wishes = wishesOf(random, START_MS, {
    waiting: whale ? waitingOf(seededRandom(`${seed}/orders`), START_MS, price) : [],
    linked: linkedOf(seededRandom(`${seed}/linked`), START_MS, whale && price),
    inParts: seededRandom(`${seed}/parts`).int(4) === 0,
  })
  const network = new Network({ localnet, clock, plan, trace, seed, isCalm })
  const lines = new Lines({ localnet, clock, plan, trace, seed, isCalm })
  const shared = { cluster, wallet, wishes, twoEndpoints: random.int(2) === 0, alter: options.alter ?? (() => ({})) }
  const machine = new Machine({ clock, network, lines, disk, plan, trace, seed, shared, isCalm })
  try {
    for (const { fault, part } of plan.moments()) {
      clock.at(START_MS + Math.floor(part * CALM_AFTER_MS), () => machine.strike(fault))
    }
    machine.start()
    const late = clock.sleep(PATIENCE_MS).then(() => 'late' as const)
    const end = await clock.run(Promise.race([machine.done, late]))
    await clock.run(clock.sleep(AFTERMATH_MS))
    const orders = disk.orders()
    const { events } = machine
    const history = disk.history()
    const isKeptBack = (id: string): boolean => disk.lastWord(id)?.startsWith('kept back') === true
    const remains = { localnet, wallet: wallet.publicKey, usdc, wishes, orders, events, history, isKeptBack }
    const after = await holdings(localnet, wallet.publicKey, usdc.mint)
    const found = violations({ ...remains, before: FUNDS, after })
    found.push(
      ...orderViolations({
        waiting: wishes.waiting,
        orders,
        given: machine.given,
        path: whale?.path ?? [],
        calmAfter_ms: START_MS + CALM_AFTER_MS,
        ahead_ms: machine.ahead_ms,
        marksMayBeLost: machine.powerCuts > 0 || ['locked', 'full'].some(kind => plan.drawnKinds.has(kind)),
      }),
      ...linkedViolations({ linked: wishes.linked, orders, events, given: machine.given, landed: landedOf(remains) }),
    )
    if (end === 'late') found.unshift('stuck: the run does not come to its end')
    found.push(...machine.defects.map(message => `defect: ${message}`))
    for (const violation of found) trace.add(`!! ${violation}`, true)
    return {
      seed,
      hash: trace.digest(),
      violations: found,
      faults: plan.drawn,
      story: trace.lines,
      processes: machine.started,
      bought: orders.filter(({ state }) => state === 'confirmed').length,
      failed: orders.flatMap(({ state, intent, reason }) =>
        state === 'failed' ? [`${intent.key}: ${reason?.message}`] : [],
      ),
    }
  } finally {
    await localnet.close()
    disk.remove()
  }
}

async function holdings({ ledger }: Localnet, wallet: string, mint: string): Promise<Holdings> {
  const [account] = await findAssociatedTokenPda({
    owner: wallet as never,
    mint: mint as never,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
  })
  const data = ledger.account(account)?.data
  return {
    usdc: data ? new DataView(data.buffer, data.byteOffset).getBigUint64(64, true) : 0n,
    lamports: ledger.account(wallet)?.lamports ?? 0n,
  }
}
