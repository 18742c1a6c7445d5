import { DRY_RUN, isRealMoney, liveSender } from '../../chain/trader/sender.ts'
import type { Wallet } from '../../chain/wallet/wallet.ts'
import type { BoundNode, BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { OrderRecord } from '../../orders/journal.ts'
import { OrderRequests } from '../../plugin/order-desk.ts'
import { type PipelineRun, startPipeline } from '../../runtime/run.ts'
import type { Deployment, DeploymentRequest } from '../../store/deployment.ts'
import { createRealClock } from '../../time/real-clock.ts'
import type { Environment } from '../environment.ts'
import { createLoggers } from '../logger.ts'
import { privateRelay } from '../network/private-relay.ts'
import type { LiveRun } from '../orders/cancel-order.ts'
import { stoppedReason } from '../orders/stopped.ts'
import { noteDirectory, otherDirectories } from '../wallet/other-directories.ts'
import type { Ground } from './ground.ts'
import { OrderRecorder } from './order-recorder.ts'
import { Purse, type PurseParts } from './purse.ts'
import type { RunOptions } from './run-options.ts'
import { servicesOf } from './run-services.ts'

/** How long draining may take on the run's clock. */
const DRAIN_TIMEOUT_MS = 60_000

/** How it is traded, whatever is traded. */
export type TradingOptions = Pick<
  RunOptions,
  'dryRun' | 'confirmRealMoney' | 'output' | 'logLevel' | 'writeLog' | 'environment'
> & {
  /** Takes the pipeline's secrets out of a text. */
  readonly redact: (text: string) => string
  /** What is kept beside an order that waits, so that another process can watch it. */
  readonly planOf?: (intent: IntentEvent) => unknown
}

/** A journal, and traders that have settled what earlier runs left: pipelines can be started. */
export interface Trading {
  readonly deployment: Deployment
  /** Follows every order. */
  readonly recorder: OrderRecorder
  /** The wallets that are traded with; the one that the run was started with comes first. */
  readonly purses: readonly [Purse, ...Purse[]]
  /**
   * Sets a pipeline up and starts it; `onEvent` is told of every event besides. With `evenStopped` it trades although the
   * kill switch is set: to sell all is part of a panic.
   */
  start(
    pipeline: BoundPipeline,
    onEvent: (node: string, event: ForgeEvent) => void,
    how?: { readonly evenStopped?: boolean },
  ): Promise<PipelineRun>
  /** By which people reach its orders. */
  readonly live: LiveRun
  /** Ends every wait of the traders at once: what is in flight stays in the journal. */
  stop(reason: unknown): void
}

/**
 * From a ground to the point where pipelines may start: the yes to real money, the deployment, what others did to the
 * wallets, their traders, and recovery, in this order.
 *
 * @throws STORE_WALLET_ABSENT, and what else stands in the way of starting
 */
export async function openTrading(
  ground: Ground,
  request: Pick<DeploymentRequest, 'pipeline' | 'nodes' | 'fingerprint' | 'onChange'> &
    Partial<Pick<PurseParts, 'ofPeople'>>,
  options: TradingOptions,
): Promise<Trading> {
  const { cluster, connection, genesisHash, registry, store, wallet } = ground
  const { dryRun, output } = options
  const { clock, endpoints } = connection
  const { rpc } = endpoints
  const loggers = createLoggers({ level: options.logLevel, clock, write: options.writeLog, redact: options.redact })
  const wallets = walletsOf(ground)
  if (!dryRun && isRealMoney(genesisHash)) {
    const addresses = wallets.map(([{ publicKey }]) => publicKey).join(' and ')
    await options.confirmRealMoney(`This trades real money of ${addresses} on ${cluster.name}. Go on?`)
  }
  const deployment = store.deploy({ ...request, genesisHash, wallet: wallet.publicKey, now: clock.now() })
  assertPresent(deployment, wallets)

  const how = dryRun ? ', as a dry run' : deployment.resumed ? ', going on from an earlier run' : ''
  output.line(`${request.pipeline} on ${cluster.name} with wallet ${wallet.publicKey}${how}`)
  const stop = new AbortController()
  const { engine, shield } = privateRelay(connection, rpc)
  const requests = new OrderRequests()
  const { ofPeople = false } = request
  const tell = (purse: Purse, line: string): string => {
    const text = purse.name === undefined ? line : `${purse.name}: ${line}`
    output.line(text)
    return text
  }
  const warn = (purse: Purse, line: string): void => void ground.notices.push(tell(purse, line))
  const parts: PurseParts = {
    ground,
    deployment,
    ofPeople,
    tell: warn,
    traderOptions: {
      clock,
      rpcs: [rpc],
      sender: dryRun ? DRY_RUN : liveSender(rpc, genesisHash, { engine, isRealMoneyConfirmed: true }),
      venuePrograms: cluster.venuePrograms,
      acceptedMints: cluster.acceptedMints,
      shield,
      log: loggers('trader'),
      signal: stop.signal,
      stopped: () => stoppedReason(store.killSwitch),
    },
    servicesFor: ({ address, journal }, trader, budgets) =>
      servicesOf({
        connection,
        genesisHash,
        wallet: address,
        deployment: { ...deployment, journal },
        output,
        rpc,
        shield,
        registry,
        trader,
        requests,
        budgets,
        ofPeople,
        planOf: options.planOf,
        caches: ground.caches,
        log: loggers('route'),
      }),
  }
  const recorder = new OrderRecorder(clock)
  // A node that is gone asks for nothing, and neither does a panic of an earlier run.
  const isAsked = ({ intent, arming }: OrderRecord): boolean =>
    request.nodes.includes(intent.node) || (arming !== undefined && request.nodes.includes(arming.holder))
  const openPurse = async ([wallet, name]: NamedWallet): Promise<Purse> => {
    const purse = await Purse.open(wallet, name, parts)
    if (name !== undefined) tell(purse, `wallet ${purse.address}`)
    if (connection.isEmbedded && purse.before.sol_lamports === '0') {
      warn(purse, 'this chain was made before the wallet was named, and has nothing for it: take a fresh --data-dir')
    }
    recorder.recall(purse.journal.orders({ open: true }))
    const { lines, moved, reports } = await purse.recover(isAsked)
    for (const line of lines) tell(purse, line)
    for (const report of reports) recorder.see(report)
    const { environment } = options
    for (const line of [...moved, ...otherDirectoriesOf(ground, purse, environment)]) warn(purse, line)
    return purse
  }
  const [own, ...named] = wallets
  const purses: [Purse, ...Purse[]] = [await openPurse(own)]
  for (const each of named) purses.push(await openPurse(each))
  const purseOf = ({ wallet: name }: BoundNode): Purse => {
    const address = name === undefined ? wallet.publicKey : ground.namedWallets.get(name)?.publicKey
    const purse = purses.find(each => each.address === address)
    if (purse) return purse
    throw new RangeError(`no wallet "${name}" was opened`)
  }
  return {
    deployment,
    recorder,
    purses,
    live: {
      deploymentId: deployment.id,
      now: () => clock.now(),
      ask: ({ id, arming }, kind, cause) =>
        arming !== undefined && requests.send(arming.holder, { kind, orderId: id, cause }),
    },
    start: async (pipeline, onEvent, how = {}) => {
      const services = new Map(purses.map(purse => [purse, purse.servicesFor(how)]))
      for (const node of pipeline.nodes) {
        if (node.kind === 'order') purseOf(node).trader.budgets.letSellForAll(node.id)
      }
      const run = await startPipeline({
        pipeline,
        clock,
        random: ground.random.fork('pipeline'),
        mode: dryRun ? 'dry-run' : 'live',
        log: loggers('run'),
        servicesFor: node => services.get(purseOf(node))!(node),
        stateFor: node => deployment.state(node),
        drainTimeout_ms: DRAIN_TIMEOUT_MS,
        onEvent: (node, event) => {
          recorder.see(event)
          onEvent(node, event)
        },
      })
      try {
        deployment.begin()
      } catch (thrown) {
        await run.abort(messageOf(thrown))
        throw thrown
      }
      return run
    },
    stop: reason => stop.abort(reason),
  }
}

/** A wallet with its name; the run's own has none. */
type NamedWallet = readonly [wallet: Wallet, name: string | undefined]

/** Each once: a name for the run's own wallet, or a second one, makes no other wallet of it. */
function walletsOf({ wallet, namedWallets }: Ground): readonly [NamedWallet, ...NamedWallet[]] {
  const others = new Map([...namedWallets].reverse().map(([name, each]) => [each.publicKey, [each, name] as const]))
  others.delete(wallet.publicKey)
  return [[wallet, undefined], ...[...others.values()].reverse()]
}

/** @throws STORE_WALLET_ABSENT when nobody could settle what is open, or trade what is left of it */
function assertPresent(deployment: Deployment, wallets: readonly NamedWallet[]): void {
  const absent = deployment.openWallets().filter(open => !wallets.some(([{ publicKey }]) => publicKey === open))
  if (absent.length === 0) return
  throw new ForgeError('STORE_WALLET_ABSENT', {
    message: `orders are open that were traded with ${absent.join(' and ')}, and this run does not have that wallet`,
    context: { wallets: absent },
  })
}

/** Who else trades with the wallet. */
function otherDirectoriesOf(
  { connection, dataDirectory }: Ground,
  { place }: Purse,
  environment: Environment,
): readonly string[] {
  // Nobody else reaches a chain that lives in this process; and a dry run has no memory.
  if (connection.isEmbedded || dataDirectory === undefined) return []
  noteDirectory(environment, place, dataDirectory)
  return otherDirectories(environment, place, dataDirectory, createRealClock().now())
}
