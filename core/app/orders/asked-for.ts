import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { Services } from '../../plugin/services.ts'
import { startPipeline } from '../../runtime/run.ts'
import { seededRandom } from '../../time/random.ts'
import { createRealClock } from '../../time/real-clock.ts'
import { inFlags } from './order-wish.ts'

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
/** What asks for an order does so at once. */
const PATIENCE_MS = 10_000

/**
 * Runs a pipeline's strategies alone, without a chain, and takes the intent they give: what is asked for, before anybody
 * has decided who makes it. They are handed tokens and the fact that they have no orders yet, and nothing else.
 *
 * @throws what the strategy says of its settings, in the words of the flags; USAGE when it asks for nothing
 */
export async function askedFor(pipeline: BoundPipeline, tokens: TokenDirectory): Promise<IntentEvent> {
  const intents: IntentEvent[] = []
  const services: Partial<Services> = { tokens, orders: { list: () => [] } }
  const state = new Map<string, unknown>()
  try {
    const run = await startPipeline({
      pipeline: {
        ...pipeline,
        nodes: pipeline.nodes.filter(node => node.kind === 'strategy' && node.from.length === 0),
      },
      clock: createRealClock(),
      random: seededRandom(pipeline.name),
      mode: 'live',
      log: SILENT,
      servicesFor: () => services as Services,
      stateFor: () => ({
        get: <T>(key: string) => state.get(key) as T | undefined,
        set: (key, value) => void state.set(key, value),
        flush: () => undefined,
      }),
      drainTimeout_ms: PATIENCE_MS,
      onEvent: (_node: string, event: ForgeEvent) => {
        if (event.kind === 'intent') intents.push(event as IntentEvent)
      },
    })
    const { errors } = await run.done
    if (errors[0]) throw errors[0].error
  } catch (thrown) {
    throw isForgeError(thrown) ? inFlags(thrown) : thrown
  }
  const [intent] = intents
  if (intent) return intent
  throw new ForgeError('USAGE', { message: `the pipeline ${pipeline.name} asked for no order` })
}
