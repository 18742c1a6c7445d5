import { Observable } from 'rxjs'
import { Type } from 'typebox'
import type { BoundNode, EdgePolicy } from '../config/bound-pipeline.ts'
import type { EventKind, ForgeEvent } from '../events/event.ts'
import { type AnyPlugin, definePlugin, type PluginInstance, type PluginKind } from '../plugin/contract.ts'
import type { Venue } from '../plugin/venue.ts'
import { type PipelineRun, type RunResult, startPipeline } from '../runtime/run.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { seededRandom } from '../time/random.ts'
import type { VirtualClock } from '../time/virtual-clock.ts'
import { MemoryStates } from './mocks/memory-state.ts'
import { type MockServices, type MockServicesOptions, mockServices } from './mocks/mock-services.ts'
import { type LogEntry, recordingLog } from './mocks/recording-log.ts'
import { testTokens } from './mocks/test-tokens.ts'
import { configOf } from './node-config.ts'
import { testClock } from './test-clock.ts'

export interface PluginTrial {
  /** The node's `with`. */
  readonly with?: Readonly<Record<string, unknown>>
  /** What the plugin is given, each at its time. */
  readonly events?: readonly ForgeEvent[]
  readonly services?: Omit<MockServicesOptions, 'clock'>
  readonly seed?: string
  readonly start_ms?: number
  /** Drains the run at this time; without it, the run goes on until it ends by itself. */
  readonly until_ms?: number
  /** State of an earlier trial, for tests of restarts. */
  readonly states?: MemoryStates
  /** Where the plugin's events wait when they are not taken at once. */
  readonly edge?: EdgePolicy
  /** How long whoever follows takes for each event. */
  readonly slow_ms?: number
  readonly backlog?: number
}

export interface PluginTrialResult {
  /** What the plugin gave, in order; of a sink, what it took. */
  readonly given: readonly ForgeEvent[]
  readonly result: RunResult
  readonly services: MockServices
  readonly states: MemoryStates
  readonly log: readonly LogEntry[]
}

/** A plugin in a pipeline of its own, before anything has moved. */
export interface StartedTrial extends Omit<PluginTrialResult, 'result'> {
  readonly run: PipelineRun
  readonly clock: VirtualClock
}

/**
 * Runs one plugin: events in, mocked services around it, its intents traded by the mocked trader, and what it gave.
 *
 * @example
 * const { given } = await runPlugin(average, { with: { period: 3 }, events: candles })
 */
export async function runPlugin(definition: AnyPlugin, trial: PluginTrial = {}): Promise<PluginTrialResult> {
  const { run, clock, ...rest } = await startPlugin(definition, trial)
  if (trial.until_ms !== undefined) clock.at(trial.until_ms, () => void run.drain('the trial is over'))
  const result = await clock.run(run.done)
  return { ...rest, result }
}

export async function startPlugin(definition: AnyPlugin, trial: PluginTrial): Promise<StartedTrial> {
  const clock = testClock(trial.start_ms)
  const tokens = trial.services?.tokens ?? testTokens()
  const services = mockServices({ ...trial.services, tokens, clock })
  const states = trial.states ?? new MemoryStates()
  const log = recordingLog()
  const given: ForgeEvent[] = []
  const input = plugin('source', 'input', [], definition.takes, () => ({ events: feedOf(trial.events ?? [], clock) }))
  const nodes: BoundNode[] = [
    ...(definition.takes.length > 0 ? [nodeOf('input', input, {}, [])] : []),
    nodeOf(
      'it',
      definition,
      configOf(definition, trial.with ?? {}, tokens),
      definition.takes.length > 0 ? ['input'] : [],
    ),
    ...(definition.gives.length > 0 ? [followerOf(definition, trial)] : []),
  ]
  const run = await startPipeline({
    pipeline: { name: 'trial', summary: 'One plugin.', file: 'trial', params: {}, nodes },
    clock,
    random: seededRandom(trial.seed ?? 'test'),
    mode: 'test',
    log,
    servicesFor: node => services.for(node.id),
    stateFor: id => states.for(id),
    drainTimeout_ms: 60_000,
    ...(trial.backlog === undefined ? {} : { backlog: trial.backlog }),
    onEvent: (node, event) => {
      if (node === 'it') given.push(event)
    },
  })
  return { run, clock, given, services, states, log: log.entries }
}

/** Takes whatever the plugin gives: trades its intents, and is as slow as asked. */
function followerOf(definition: AnyPlugin, trial: PluginTrial): BoundNode {
  const kind: PluginKind = definition.gives.includes('intent') ? 'execution' : 'signal'
  const follower = definePlugin({
    ...plugin(kind, 'follower', definition.gives, ['report'], () => ({})),
    needs: ['trader'],
    setup: ({ clock, services, report }) => ({
      process: async event => {
        if (trial.slow_ms !== undefined) await clock.sleep(trial.slow_ms)
        if (event.kind !== 'intent') return undefined
        return services.trader.trade(event, NO_VENUE, {
          onReport: report,
          slippageBps: 50,
          priorityFee_microLamports: 0n,
        })
      },
    }),
  })
  return { ...nodeOf('follower', follower, {}, ['it']), ...(trial.edge ? { edge: trial.edge } : {}) }
}

const NO_VENUE: Venue = {
  name: 'test',
  quote: async () => undefined,
  plan: async () => ({ instructions: [], lookupTables: [] }),
}

function plugin(
  kind: PluginKind,
  name: string,
  takes: readonly EventKind[],
  gives: readonly EventKind[],
  setup: () => PluginInstance,
): AnyPlugin {
  return { kind, name, api: 1, summary: 'Part of a trial.', config: Type.Object({}), takes, gives, examples: [], setup }
}

function nodeOf(id: string, definition: AnyPlugin, config: unknown, from: readonly string[]): BoundNode {
  return {
    id,
    kind: definition.kind,
    plugin: definition,
    config,
    from,
    onError: { action: 'stop' },
    place: { file: 'trial', line: 1, column: 1 },
  }
}

/** Gives each event at its time, those of the past at once. */
export function feedOf(events: readonly ForgeEvent[], clock: Clock): Observable<ForgeEvent> {
  return new Observable(subscriber => {
    let next = 0
    let timer: Timer | undefined
    const give = (): void => {
      for (let event = events[next]; event && event.at <= clock.now() && !subscriber.closed; event = events[next]) {
        next++
        subscriber.next(event)
      }
      const event = events[next]
      if (!event) subscriber.complete()
      else if (!subscriber.closed) timer = clock.at(event.at, give)
    }
    give()
    return () => timer?.cancel()
  })
}
