import type { Observable } from 'rxjs'
import { Type } from 'typebox'
import type { BoundNode, BoundPipeline, EdgePolicy, ErrorPolicy } from '../../../core/config/bound-pipeline.ts'
import type { EventKind, ForgeEvent, IntentEvent, PriceEvent } from '../../../core/events/event.ts'
import type { Report } from '../../../core/events/report.ts'
import { toJson } from '../../../core/events/serialize.ts'
import type { Token } from '../../../core/money/token.ts'
import type { AnyPlugin, Logger, PluginContext, PluginInstance, PluginKind } from '../../../core/plugin/contract.ts'
import type { Services } from '../../../core/plugin/services.ts'
import { type PipelineRun, type RunOptions, type RunResult, startPipeline } from '../../../core/runtime/run.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { createVirtualClock, type VirtualClock } from '../../../core/time/virtual-clock.ts'

/** A node of a test's pipeline, in a few words. */
export interface NodeSpec {
  readonly id: string
  readonly kind?: PluginKind
  readonly from?: readonly string[]
  readonly takes?: readonly EventKind[]
  readonly gives?: readonly EventKind[]
  readonly edge?: EdgePolicy
  readonly onError?: ErrorPolicy
  readonly setup: (context: PluginContext) => PluginInstance
}

const KINDS: readonly EventKind[] = ['price', 'candle', 'signal', 'intent', 'notice', 'report', 'test/number']

function pipelineOf(specs: readonly NodeSpec[]): BoundPipeline {
  const nodes = specs.map((spec, index): BoundNode => {
    const plugin: AnyPlugin = {
      kind: spec.kind ?? 'signal',
      name: spec.id,
      api: 1,
      summary: 'A test node.',
      config: Type.Object({}),
      takes: spec.takes ?? KINDS,
      gives: spec.gives ?? KINDS,
      examples: [],
      setup: spec.setup,
    }
    return {
      id: spec.id,
      kind: plugin.kind,
      plugin,
      config: {},
      from: spec.from ?? [],
      ...(spec.edge ? { edge: spec.edge } : {}),
      onError: spec.onError ?? { action: 'stop' },
      place: { file: 'test.yaml', line: index + 1, column: 1 },
    }
  })
  return { name: 'test', summary: 'A test.', file: 'test.yaml', params: {}, nodes }
}

export const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export interface Started {
  readonly run: PipelineRun
  readonly clock: VirtualClock
  /** Every event given (by sinks: taken), as `node json`. */
  readonly events: string[]
  /** Moves time until the run is over. */
  finish(): Promise<RunResult>
}

export async function start(
  specs: readonly NodeSpec[],
  options: Partial<RunOptions> & { seed?: string; record?: boolean } = {},
): Promise<Started> {
  const { seed, record, ...rest } = options
  const clock = createVirtualClock({ start_ms: 0 })
  const events: string[] = []
  const run = await startPipeline({
    pipeline: pipelineOf(specs),
    clock,
    random: seededRandom(seed ?? 'test'),
    mode: 'test',
    log: SILENT,
    servicesFor: () => ({}) as Services,
    stateFor: () => ({ get: () => undefined, set: () => {}, flush: () => {} }),
    drainTimeout_ms: 30_000,
    ...(record === false ? {} : { onEvent: (node, event) => events.push(`${node} ${toJson(event)}`) }),
    ...rest,
  })
  return { run, clock, events, finish: () => clock.run(run.done) }
}

export async function runToEnd(
  specs: readonly NodeSpec[],
  options: Partial<RunOptions> & { seed?: string } = {},
): Promise<{ result: RunResult; events: string[] }> {
  const started = await start(specs, options)
  return { result: await started.finish(), events: started.events }
}

export const number = (value: number): ForgeEvent => ({ kind: 'test/number', at: value, value })
export const numberOf = (event: ForgeEvent): number => (event as { value?: number }).value ?? Number.NaN

const token = (symbol: string, decimals: number): Token => ({
  cluster: 'test',
  mint: symbol,
  symbol,
  decimals,
  program: 'spl-token',
})
const SOL = token('SOL', 9)
const USDC = token('USDC', 6)

export function intent(key: string, at = 0): IntentEvent {
  const amount = { token: USDC, units: 10_000_000n }
  return { kind: 'intent', at, key, node: '', input: USDC, output: SOL, amount, exact: 'in', reason: 'a test' }
}

export function price(units: number, at: number, origin = 'test'): PriceEvent {
  return { kind: 'price', at, origin, price: { pair: { base: SOL, quote: USDC }, scaled: BigInt(units) * 10n ** 12n } }
}

export function reportOn(event: ForgeEvent, state: 'accepted' | 'skipped' | 'failed', at = event.at): Report {
  const { key, node, input, output } = event as IntentEvent
  const base = { kind: 'report' as const, at, orderId: `order ${key}`, key, node, input, output }
  return state === 'accepted' ? { ...base, state } : { ...base, state, reason: { code: 'TEST', message: 'a test' } }
}

/** A strategy that wants a trade for each number: `n0`, `n1` and so on. */
export const wishes = (id: string, from: string): NodeSpec => ({
  id,
  kind: 'strategy',
  from: [from],
  setup: () => ({ process: event => intent(`n${numberOf(event)}`) }),
})

export const source = (id: string, events: Observable<ForgeEvent>): NodeSpec => ({
  id,
  kind: 'source',
  setup: () => ({ events }),
})

export const collect = (id: string, from: readonly string[], into: ForgeEvent[]): NodeSpec => ({
  id,
  kind: 'sink',
  from,
  setup: () => ({
    process: event => {
      into.push(event)
    },
  }),
})
