import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { type Pair, pairName, sameToken, type TokenDirectory } from '../../money/token.ts'
import { parseCondition } from '../../orders/conditions/condition.ts'

/**
 * The pairs that the condition of an order looks at; none when it has no condition.
 *
 * @throws FLAG_INVALID when it looks at signals, which single orders have none of
 */
export function conditionPairs(condition: unknown, tokens: TokenDirectory): readonly Pair[] {
  if (condition === undefined) return []
  const { pairs, signals } = parseCondition(String(condition), tokens).needs
  if (signals[0]) {
    throw new ForgeError('FLAG_INVALID', {
      message: `--condition looks at the signal "${signals[0].name}", and nobody gives one to a single order`,
      remedy: 'Use prices, changes, balances and times; or run a pipeline with that signal and a conditional order.',
    })
  }
  return pairs
}

/** A pipeline whose sources of the traded pair's price have one of the same kind beside them for each other pair. */
export function withPricesOf(pipeline: BoundPipeline, pairs: readonly Pair[], tokens: TokenDirectory): BoundPipeline {
  const pairOf = (config: unknown): Pair | undefined => {
    const written = (config as { readonly pair?: unknown } | undefined)?.pair
    if (typeof written !== 'string') return undefined
    const [base = '', quote = ''] = written.split('/')
    return { base: tokens.find(base), quote: tokens.find(quote) }
  }
  const beside = new Map<string, readonly BoundPipeline['nodes'][number][]>()
  for (const node of pipeline.nodes) {
    const own = node.kind === 'source' ? pairOf(node.config) : undefined
    if (!own) continue
    const others = pairs.filter(pair => !sameToken(pair.base, own.base) || !sameToken(pair.quote, own.quote))
    const copies = others.map(pair => ({
      ...node,
      id: `${node.id} ${pairName(pair)}`,
      config: Object.freeze({ ...(node.config as object), pair: `${pair.base.mint}/${pair.quote.mint}` }),
    }))
    beside.set(node.id, copies)
  }
  return {
    ...pipeline,
    nodes: pipeline.nodes.flatMap(node => [
      { ...node, from: node.from.flatMap(id => [id, ...(beside.get(id) ?? []).map(copy => copy.id)]) },
      ...(beside.get(node.id) ?? []),
    ]),
  }
}
