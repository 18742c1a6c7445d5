import type { EndpointReport } from '../../chain/endpoints/report.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { RunResult } from '../../runtime/result.ts'
import { type OrderRecorder, timeText } from './order-recorder.ts'
import type { RunDocument } from './run-document.ts'

/** What a run was, beside what became of it. */
export interface RunFacts {
  readonly pipeline: BoundPipeline
  readonly cluster: string
  readonly genesisHash: string
  /** The one that the run was started with comes first. */
  readonly wallets: readonly {
    readonly name: string | undefined
    readonly address: string
    readonly portfolio: RunDocument['portfolio']
  }[]
  readonly dryRun: boolean
  /** Whether a signal asked for the end. */
  readonly interrupted: boolean
  readonly warnings: readonly string[]
  /** Orders the journal still has open. */
  readonly left: readonly string[]
  readonly dataDirectory: string | undefined
  readonly wall_ms: number
  readonly endpoints: readonly EndpointReport[]
}

/** The document of a run that has ended. */
export function documentOf(facts: RunFacts, result: RunResult, recorder: OrderRecorder): RunDocument {
  const error = failureOf(facts, result)
  const [own, ...others] = facts.wallets
  const routes = recorder.routes()
  const { orders, fills, failedLandings, simulated, strategies, counts, costs } = recorder.summary()
  return {
    document: 'run',
    version: 1,
    pipeline: facts.pipeline.name,
    cluster: facts.cluster,
    genesis: facts.genesisHash,
    wallet: own!.address,
    mode: facts.dryRun ? 'dry-run' : 'live',
    params: { ...facts.pipeline.params },
    ended: error ? 'failed' : facts.interrupted && result.ended !== 'completed' ? 'interrupted' : 'completed',
    ...(error ? { error: { code: error.code, message: error.message, remedy: error.remedy } } : {}),
    started: timeText(result.startedAt),
    finished: timeText(result.finishedAt),
    counts,
    nodes: nodesOf(facts.pipeline, result),
    orders,
    fills,
    ...(failedLandings && { failedLandings }),
    simulated,
    ...routes.document,
    portfolio: own!.portfolio,
    ...(others.length > 0 && {
      wallets: others.map(({ name = '', address, portfolio }) => ({ name, address, portfolio })),
    }),
    strategies,
    costs,
    left: [...facts.left],
    warnings: [...facts.warnings],
    ...(facts.dataDirectory === undefined ? {} : { dataDirectory: facts.dataDirectory }),
    timing: {
      wall_ms: facts.wall_ms,
      orderLatency_ms: recorder.latencies(),
      ...routes.timing,
      endpoints: [...facts.endpoints],
    },
  }
}

/** Why a run failed; undefined when it came to its end, or was told to stop. */
function failureOf({ interrupted }: RunFacts, result: RunResult): ForgeError | undefined {
  if (result.ended === 'failed')
    return result.failure ?? new ForgeError('NODE_FAILED', { message: result.reason ?? 'a node failed' })
  if (interrupted || result.ended === 'completed' || result.ended === 'drained') return undefined
  const awaited = result.left.intents.filter(({ resting }) => !resting)
  const code = result.ended === 'timed-out' && awaited.length === 0 ? 'NODE_HANGS' : 'ORDER_INTERRUPTED'
  const nodes = awaited.map(({ intent, at }) => `${intent.key} at ${at}`)
  return new ForgeError(code, {
    message: `${result.reason ?? `the run ${result.ended}`}${nodes.length > 0 ? `: ${nodes.join(', ')}` : ''}`,
  })
}

function nodesOf(pipeline: BoundPipeline, result: RunResult): RunDocument['nodes'] {
  return pipeline.nodes.map(({ id, kind, plugin }) => {
    const counts = result.nodes[id]
    return {
      id,
      kind,
      plugin: plugin.name,
      received: counts?.in ?? 0,
      given: counts?.out ?? 0,
      errors: counts?.errors ?? 0,
      skipped: counts?.skipped ?? 0,
      retries: counts?.retries ?? 0,
      dropped: counts?.dropped ?? 0,
      conflated: counts?.conflated ?? 0,
    }
  })
}
