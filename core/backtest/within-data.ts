import type { BoundNode, BoundPipeline } from '../config/bound-pipeline.ts'
import { ForgeError } from '../errors/forge-error.ts'
import type { TokenDirectory } from '../money/token.ts'
import { named } from '../runtime/node/error-policy.ts'
import { formatDuration, parseDuration } from '../time/duration.ts'
import type { BarSeries } from './bars.ts'
import { isPriceSource, pairOfSource } from './replay/replace-nodes.ts'
import { samePair } from './traded-pairs.ts'

/**
 * An indicator that never comes to say anything makes a strategy that never trades, and a report about nothing.
 *
 * @throws BACKTEST_DATA_SHORT for a node that takes more candles than the data make; what settings that contradict each
 *   other throw, with the node's name
 */
export function assertWithinData(
  { nodes }: BoundPipeline,
  series: readonly [BarSeries, ...BarSeries[]],
  tokens: TokenDirectory,
): void {
  const from = new Map<string, BarSeries>()
  // In topological order: what a node gets its bars from comes before it.
  for (const node of nodes) {
    const pair = isPriceSource(node) ? pairOfSource(node, tokens) : undefined
    const own = pair && series.find(bars => samePair(bars.pair, pair))
    from.set(node.id, own ?? node.from.map(id => from.get(id)).find(found => found) ?? series[0])
  }
  for (const node of nodes) {
    const bars = from.get(node.id)!
    const needed = warmUpOf(node)
    const interval_ms = Math.max(
      bars.interval_ms,
      ...nodes.filter(({ id }) => node.from.includes(id)).map(candlesOf_ms),
    )
    const there = Math.floor((bars.count * bars.interval_ms) / interval_ms)
    if (needed <= there) continue
    throw new ForgeError('BACKTEST_DATA_SHORT', {
      message: `${node.id} (${node.plugin.name}) takes ${needed} bars of ${formatDuration(interval_ms)} until it says anything, and ${bars.name} has ${there}`,
      context: { node: node.id, needed, there },
    })
  }
}

function warmUpOf({ id, plugin, config }: BoundNode): number {
  try {
    return plugin.warmUp?.(config) ?? 0
  } catch (thrown) {
    throw named(thrown, id)
  }
}

/** How long the candles are that a node gives; 0 for one that gives none, or does not say. */
function candlesOf_ms({ plugin, config }: BoundNode): number {
  const { interval } = config as { readonly interval?: unknown }
  return plugin.gives.includes('candle') && typeof interval === 'string' ? parseDuration(interval) : 0
}
