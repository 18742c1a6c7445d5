import type { BoundNode, BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { type Pair, pairName, type TokenDirectory } from '../../money/token.ts'
import type { AnyPlugin } from '../../plugin/contract.ts'
import { swapExecution } from '../../plugin/swap-execution.ts'
import type { Venue } from '../../plugin/venue.ts'
import { pairOfText, samePair } from '../traded-pairs.ts'
import type { Replay } from './replay.ts'

/** Every execution plugin that opens a venue has the settings of a swap: its own schema has checked them. */
type SwapContext = Parameters<typeof swapExecution>[0]

/**
 * The pipeline as it is, but for the two ends that reach into the world: sources of prices tell the replay's, and
 * execution plugins that open a venue trade without opening it, because the trader that they hand it to needs none.
 * Everything between runs unmodified.
 *
 * @throws BACKTEST_PAIR_MISSING for a source of a pair that there are no data of
 */
export function replaceEnds(
  pipeline: BoundPipeline,
  options: { readonly markets: readonly [ReplayedPair, ...ReplayedPair[]]; readonly tokens: TokenDirectory },
): BoundPipeline {
  const nodes = pipeline.nodes.map((node): BoundNode => {
    if (isPriceSource(node)) return { ...node, plugin: replaySource(node.plugin, replayOf(node, options)) }
    return node.plugin.venue ? { ...node, plugin: replayedExecution(node.plugin) } : node
  })
  return { ...pipeline, nodes }
}

/** A pair, and who brings its prices. */
interface ReplayedPair {
  readonly bars: { readonly pair: Pair }
  readonly replay: Pick<Replay, 'prices'>
}

/** Whether a node brings prices from outside. */
export function isPriceSource({ kind, plugin }: BoundNode): boolean {
  return kind === 'source' && plugin.gives.includes('price')
}

/** The pair that a source's settings name; undefined where they name none. */
export function pairOfSource({ config }: BoundNode, tokens: TokenDirectory): Pair | undefined {
  return pairOfText((config as { readonly pair?: unknown }).pair, tokens)
}

/** Of the pair that its settings name; of the first where they name none. */
function replayOf(node: BoundNode, { markets, tokens }: Parameters<typeof replaceEnds>[1]): ReplayedPair['replay'] {
  const own = pairOfSource(node, tokens)
  if (!own) return markets[0].replay
  const found = markets.find(({ bars: { pair } }) => samePair(pair, own))
  if (found) return found.replay
  const names = markets.map(({ bars }) => pairName(bars.pair)).join(', ')
  throw new ForgeError('BACKTEST_PAIR_MISSING', {
    message: `${node.id} wants prices of ${pairName(own)}, and the data are of ${names}`,
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
