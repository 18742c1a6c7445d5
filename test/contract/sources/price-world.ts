import { join } from 'node:path'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import { embeddedPubSub } from '../../../core/app/network/embedded-pubsub.ts'
import { openLocalnet } from '../../../core/app/network/open-localnet.ts'
import { createVenueService } from '../../../core/app/run/venue-service.ts'
import { openCluster } from '../../../core/chain/cluster/cluster.ts'
import { createAccountFeed } from '../../../core/chain/pubsub/account-feed.ts'
import type { PubSubEndpoint } from '../../../core/chain/pubsub/line.ts'
import { createAccountReader } from '../../../core/chain/rpc/account-reader.ts'
import { createRpc } from '../../../core/chain/rpc/rpc.ts'
import type { BoundNode } from '../../../core/config/bound-pipeline.ts'
import { diskFiles } from '../../../core/config/files.ts'
import type { ForgeEvent, PriceEvent } from '../../../core/events/event.ts'
import type { Localnet } from '../../../core/localnet/localnet.ts'
import type { AnyPlugin } from '../../../core/plugin/contract.ts'
import type { AccountReader, Http, Services } from '../../../core/plugin/services.ts'
import { builtIn, createRegistry } from '../../../core/registry/create-registry.ts'
import { type PipelineRun, startPipeline } from '../../../core/runtime/run.ts'
import { MemoryStates } from '../../../core/testing/mocks/memory-state.ts'
import { mockServices } from '../../../core/testing/mocks/mock-services.ts'
import { type LogEntry, recordingLog } from '../../../core/testing/mocks/recording-log.ts'
import { configOf } from '../../../core/testing/node-config.ts'
import { seededRandom } from '../../../core/time/random.ts'
import type { VirtualClock } from '../../../core/time/virtual-clock.ts'
import { boundNode } from '../../bound-node.ts'

const ROOT = join(import.meta.dirname, '../../..')

export interface PriceWorld {
  readonly chain: Localnet
  readonly clock: VirtualClock
  readonly given: readonly ForgeEvent[]
  readonly printed: readonly string[]
  readonly log: readonly LogEntry[]
  readonly run: PipelineRun
  /** Moves time, and lets what it brought be dealt with. */
  pass(duration_ms: number): Promise<void>
  end(): Promise<void>
}

/** A source and a console on the embedded market, wired as a run wires them. */
export async function openPriceWorld(options: {
  readonly plugin: AnyPlugin
  readonly with: Readonly<Record<string, unknown>>
  readonly seed?: string
  /** Between the chain and whoever asks. */
  readonly tamper?: (http: Http, clock: VirtualClock) => Http
  readonly endpoint?: (endpoint: PubSubEndpoint, clock: VirtualClock) => PubSubEndpoint
  readonly services?: (services: Services, clock: VirtualClock) => Partial<Services>
}): Promise<PriceWorld> {
  const { clock, chain } = await openLocalnet({
    seed: options.seed ?? 'prices',
    marketFile: undefined,
    chainDirectory: undefined,
    load: [],
    fund: [],
    onNotice: () => undefined,
  })
  const cluster = await openCluster('localnet', { files: diskFiles, directory: join(ROOT, 'configs/clusters') })
  const { tokens, profile } = cluster
  const http = options.tamper?.(chain.fetch, clock) ?? chain.fetch
  const accounts: AccountReader = createAccountReader(
    createRpc({ url: chain.rpcUrl, fetch: http, clock }),
    'confirmed',
    clock,
  )
  const log = recordingLog()
  const mocks = mockServices({
    clock,
    tokens,
    cluster: { name: 'localnet', programs: profile.programs!, jupiterUrl: `${chain.rpcUrl}/swap/v1` },
    replace: { accounts, http },
  })
  const shared = mocks.for('it')
  const { registry } = createRegistry(builtIn(BUILT_IN_PLUGINS))
  const endpoint = embeddedPubSub(chain.pubsub)
  const services: Partial<Services> = {
    venues: createVenueService({ registry, clock, log, services: shared }),
    subscriptions: createAccountFeed({
      endpoint: options.endpoint?.(endpoint, clock) ?? endpoint,
      accounts,
      commitment: 'confirmed',
      clock,
      log,
    }),
  }
  const more = mockServices({ clock, tokens, replace: { ...services, accounts, http } })
  const all = { ...services, ...options.services?.({ ...services, accounts } as Services, clock) }
  const printed: string[] = []
  const node = (id: string, plugin: AnyPlugin, settings: object, from: readonly string[]): BoundNode =>
    boundNode(id, plugin, from, configOf(plugin, settings as Record<string, unknown>, tokens))
  const console = BUILT_IN_PLUGINS.find(each => each.kind === 'sink' && each.name === 'console')!
  const given: ForgeEvent[] = []
  const run = await clock.run(
    startPipeline({
      pipeline: {
        name: 'prices',
        summary: 'Prices on the console.',
        file: 'test',
        params: {},
        nodes: [node('prices', options.plugin, options.with, []), node('out', console, { verbose: true }, ['prices'])],
      },
      clock,
      random: seededRandom('prices'),
      mode: 'test',
      log,
      servicesFor: ({ id }) => ({
        ...pick(more.for(id)),
        ...all,
        output: { line: text => void printed.push(text), status: () => undefined },
      }),
      stateFor: id => new MemoryStates().for(id),
      drainTimeout_ms: 60_000,
      onEvent: (id, event) => {
        if (id === 'prices') given.push(event)
      },
    }),
  )
  return {
    chain,
    clock,
    given,
    printed,
    log: log.entries,
    run,
    pass: async duration_ms => void (await clock.advanceTo(clock.now() + duration_ms)),
    end: async () => {
      await clock.run(run.drain('enough'))
      await chain.close()
    },
  }
}

function pick({ tokens, accounts, http, cluster, history, orders, trader }: Services): Services {
  return { tokens, accounts: accounts!, http, cluster, history, orders, trader } as Services
}

/** The prices that the source has given, oldest first. */
export const pricesOf = ({ given }: PriceWorld): readonly PriceEvent[] =>
  given.filter((event): event is PriceEvent => event.kind === 'price')

/** The titles of the notices that it has given. */
export const noticesOf = ({ given }: PriceWorld): readonly string[] =>
  given.flatMap(event => (event.kind === 'notice' ? [String(event['title'])] : []))
