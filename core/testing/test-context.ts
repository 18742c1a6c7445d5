import type { IntentEvent } from '../events/event.ts'
import type { Report } from '../events/report.ts'
import type { AnyPlugin, PluginContext, RunMode } from '../plugin/contract.ts'
import { contextFor, NodeMetrics } from '../runtime/node/node-context.ts'
import { seededRandom } from '../time/random.ts'
import type { VirtualClock } from '../time/virtual-clock.ts'
import { MemoryStates } from './mocks/memory-state.ts'
import { type MockServices, type MockServicesOptions, mockServices } from './mocks/mock-services.ts'
import { type LogEntry, recordingLog } from './mocks/recording-log.ts'
import { testTokens } from './mocks/test-tokens.ts'
import { configOf } from './node-config.ts'
import { testClock } from './test-clock.ts'

export interface TestContextOptions {
  /** The node's `with`. */
  readonly with?: Readonly<Record<string, unknown>>
  readonly id?: string
  readonly mode?: RunMode
  readonly seed?: string
  readonly clock?: VirtualClock
  readonly services?: Omit<MockServicesOptions, 'clock'>
}

export interface TestContext {
  /** What `setup` takes. */
  readonly context: PluginContext
  readonly clock: VirtualClock
  readonly services: MockServices
  /** What the plugin reported, logged, and kept. */
  readonly reports: readonly Report[]
  /** Intents that it said it keeps waiting. */
  readonly held: readonly IntentEvent[]
  readonly log: readonly LogEntry[]
  readonly states: MemoryStates
  /** Whether it has said that it wants nothing more. */
  isFinished(): boolean
  abort(reason: unknown): void
}

/**
 * A context for calling a plugin's `setup` by hand.
 *
 * @throws CONFIG_INVALID when the settings do not fit the plugin's schema.
 */
export function testContext(definition: AnyPlugin, options: TestContextOptions = {}): TestContext {
  const clock = options.clock ?? testClock()
  const tokens = options.services?.tokens ?? testTokens()
  const services = mockServices({ ...options.services, tokens, clock })
  const abort = new AbortController()
  const reports: Report[] = []
  const held: IntentEvent[] = []
  const log = recordingLog()
  const states = new MemoryStates()
  let finished = false
  const node = {
    id: options.id ?? 'it',
    kind: definition.kind,
    plugin: definition,
    config: configOf(definition, options.with ?? {}, tokens),
    from: [],
    onError: { action: 'stop' as const },
    place: { file: 'test', line: 1, column: 1 },
  }
  const context = contextFor(
    node,
    {
      clock,
      random: seededRandom(options.seed ?? 'test'),
      mode: options.mode ?? 'test',
      log,
      servicesFor: ({ id }) => services.for(id),
      stateFor: id => states.for(id),
    },
    {
      signal: abort.signal,
      metrics: new NodeMetrics(),
      report: report => void reports.push(report),
      finish: () => {
        finished = true
      },
      hold: intent => void held.push(intent),
    },
  )
  return {
    context,
    clock,
    services,
    reports,
    held,
    states,
    log: log.entries,
    isFinished: () => finished,
    abort: reason => abort.abort(reason),
  }
}
