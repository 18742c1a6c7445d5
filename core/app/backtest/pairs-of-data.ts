import type { BarSeries } from '../../backtest/bars.ts'
import { tradesPair } from '../../backtest/fills/reasons.ts'
import { isPriceSource, pairOfSource } from '../../backtest/replay/replace-nodes.ts'
import { samePair, tradedPair } from '../../backtest/traded-pairs.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { type Pair, pairName, type TokenDirectory } from '../../money/token.ts'
import { type PairTable, pairNamed } from './read-data.ts'

/**
 * The bars of each pair that there are data of, the one first in whose quote token all is valued: the pair that is asked
 * for, else the first of those with the quote that most have.
 *
 * @param asked as in `SOL/USDC`; undefined: that of the pipeline's prices, else of what its strategies trade
 * @throws BACKTEST_PAIR_MISSING for a pair that is traded or watched, and that there are no data of; FLAG_INVALID, TOKEN_UNKNOWN
 */
export function seriesOf(
  data: readonly [PairTable, ...PairTable[]],
  asked: string | undefined,
  pipeline: BoundPipeline,
  tokens: TokenDirectory,
): readonly [BarSeries, ...BarSeries[]] {
  const wanted = asked === undefined ? undefined : pairNamed(asked, '--pair', tokens)
  const all = data.map(
    ({ pair, table }): BarSeries => ({ ...table, pair: pair ?? wanted ?? onlyPair(pipeline, tokens) }),
  )
  const first = wanted ? all.find(({ pair }) => samePair(pair, wanted)) : byCommonQuote(all)
  if (!first) throw missing(`--pair ${asked} is not among the data`, wanted!)
  for (const node of pipeline.nodes) {
    const source = isPriceSource(node) ? pairOfSource(node, tokens) : undefined
    if (source && !all.some(({ pair }) => samePair(pair, source)))
      throw missing(`${node.id} wants prices of ${pairName(source)}, and the data are of ${namesOf(all)}`, source)
    const traded = tradedPair(node, tokens)
    if (traded && !all.some(({ pair }) => tradesPair(pair, { input: traded.base, output: traded.quote })))
      throw missing(`${node.id} trades ${pairName(traded)}, and the data are of ${namesOf(all)}`, traded)
  }
  return [first, ...all.filter(one => one !== first)]
}

/** The pair of the pipeline's prices, else of what its strategies trade. */
function onlyPair(pipeline: BoundPipeline, tokens: TokenDirectory): Pair {
  const watched = pipeline.nodes.filter(isPriceSource).flatMap(node => pairOfSource(node, tokens) ?? [])
  const pairs = watched.length > 0 ? watched : pipeline.nodes.flatMap(node => tradedPair(node, tokens) ?? [])
  const names = [...new Set(pairs.map(pairName))]
  if (names.length === 1) return pairs[0]!
  throw new ForgeError('BACKTEST_PAIR_MISSING', {
    message:
      names.length === 0
        ? `${pipeline.name} does not say what pair the data are of`
        : `${pipeline.name} is about several pairs, and there are data of one: ${names.join(', ')}`,
    remedy:
      names.length === 0
        ? 'Give --pair, as in --pair SOL/USDC.'
        : `Give data of each: ${names.map(name => `--data ${name}=FILE`).join(' ')}; or a folder with files named as ${names[0]!.replace('/', '-')}.csv.`,
  })
}

function byCommonQuote(all: readonly BarSeries[]): BarSeries | undefined {
  const quotes = Map.groupBy(all, ({ pair }) => pair.quote.mint)
  return [...quotes.values()].reduce((most, same) => (same.length > most.length ? same : most))[0]
}

function namesOf(all: readonly BarSeries[]): string {
  return all.map(({ pair }) => pairName(pair)).join(', ')
}

function missing(message: string, pair: Pair): ForgeError {
  return new ForgeError('BACKTEST_PAIR_MISSING', {
    message,
    remedy: `Give data of it too: --data ${pairName(pair)}=FILE, and the same for every other pair.`,
  })
}
