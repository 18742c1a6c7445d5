import type { BoundNode, BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { type Pair, pairName, sameToken, type TokenDirectory } from '../../money/token.ts'
import type { AnyPlugin } from '../../plugin/contract.ts'
import { swapExecution } from '../../plugin/swap-execution.ts'
import type { Venue } from '../../plugin/venue.ts'
import type { Replay } from './replay.ts'

/** Every execution plugin that opens a venue has the settings of a swap: its own schema has checked them. */
type SwapContext = Parameters<typeof swapExecution>[0]

/**
 * The pipeline as it is, but for the two ends that reach into the world: sources of prices tell the replay's, and
 * execution plugins that open a venue trade without opening it, because the trader that they hand it to needs none.
 * Everything between runs unmodified.
 *
 * @throws BACKTEST_PAIR_MISSING for a source of another pair than the data's, or of none that can be told
 */
export function replaceEnds(
  pipeline: BoundPipeline,
  options: { readonly pair: Pair; readonly tokens: TokenDirectory; readonly replay: Pick<Replay, 'prices'> },
): BoundPipeline {
  const nodes = pipeline.nodes.map((node): BoundNode => {
    if (isPriceSource(node)) {
      assertSamePair(node, options)
      return { ...node, plugin: replaySource(node.plugin, options.replay) }
    }
    return node.plugin.venue ? { ...node, plugin: replayedExecution(node.plugin) } : node
  })
  return { ...pipeline, nodes }
}

/** Whether a node brings prices from outside. */
export function isPriceSource({ kind, plugin }: BoundNode): boolean {
  return kind === 'source' && plugin.gives.includes('price')
}

/** The pair that a source's settings name; undefined where they name none. */
export function pairOfSource({ config }: BoundNode, tokens: TokenDirectory): Pair | undefined {
  const text = (config as { readonly pair?: unknown }).pair
  if (typeof text !== 'string') return undefined
  const [base, quote] = text.split('/').map(symbol => tokens.find(symbol))
  return base && quote && { base, quote }
}

function assertSamePair(node: BoundNode, { pair, tokens }: { pair: Pair; tokens: TokenDirectory }): void {
  const own = pairOfSource(node, tokens)
  if (!own || (sameToken(own.base, pair.base) && sameToken(own.quote, pair.quote))) return
  throw new ForgeError('BACKTEST_PAIR_MISSING', {
    message: `${node.id} wants prices of ${pairName(own)}, and the data are of ${pairName(pair)}`,
    context: { node: node.id },
  })
}

function replaySource(plugin: AnyPlugin, replay: Pick<Replay, 'prices'>): AnyPlugin {
  return { ...plugin, needs: [], setup: ({ id }) => ({ events: replay.prices(`replay/${id}`), timed: true }) }
}

/** An execution plugin that trades without opening its venue. */
export function replayedExecution(plugin: AnyPlugin): AnyPlugin {
  const venue: Venue = {
    name: plugin.name,
    quote: async () => undefined,
    plan: async () => ({ instructions: [], lookupTables: [] }),
  }
  return { ...plugin, needs: ['trader'], setup: context => swapExecution(context as SwapContext, venue) }
}
