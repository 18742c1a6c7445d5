import type { BarSeries } from '../../backtest/bars.ts'
import { commonPeriod } from '../../backtest/common-period.ts'
import type { FillChoice } from '../../backtest/fills/create-fill-model.ts'
import type { MarketData } from '../../backtest/market.ts'
import { type StartingCapital, startingCapital } from '../../backtest/starting-capital.ts'
import { Valuation } from '../../backtest/valuation.ts'
import { assertWithinData } from '../../backtest/within-data.ts'
import type { Cluster } from '../../chain/cluster/cluster.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import { type Amount, parseAmount, parseUnits } from '../../money/amount.ts'
import { SOL_MINT, sameToken, type TokenDirectory } from '../../money/token.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import { bindPipeline, type OutsidePlugin } from '../bind-pipeline.ts'
import type { Environment } from '../environment.ts'
import { findCluster } from '../network/cluster-choice.ts'
import type { BacktestRequest, FillText } from './backtest-request.ts'
import { seriesOf } from './pairs-of-data.ts'
import type { PairTable } from './read-data.ts'
import { type ShippedSettings, shippedSettings, withoutShippedDuration } from './shipped-settings.ts'

/** A backtest that may begin. */
export interface PreparedBacktest extends StartingCapital {
  readonly pipeline: BoundPipeline
  readonly outside: readonly OutsidePlugin[]
  readonly tokens: TokenDirectory
  /** Those that execution plugins offer, by name. */
  readonly venues: readonly string[]
  readonly bars: BarSeries
  readonly fill: FillChoice
  /** Further pairs. */
  readonly others: readonly MarketData[]
  readonly fees_lamports: bigint
  readonly warnings: readonly string[]
  readonly redact: (text: string) => string
}

export interface PrepareOptions {
  /** For who prepares many: schemas are compiled once for the tokens of one, which takes longest. */
  readonly cluster?: Promise<Pick<Cluster, 'tokens'>>
  /** Also settings that nobody gave are taken to the letter, as the run took them that it is compared with. */
  readonly asLive?: boolean
}

/**
 * Binds the pipeline, finds the pair, and refuses what can never work before anything runs.
 *
 * @throws ConfigInvalid; BACKTEST_PAIR_MISSING, BACKTEST_CAPITAL_SHORT, BACKTEST_DATA_SHORT; AMOUNT_INVALID, TOKEN_UNKNOWN
 */
export async function prepareBacktest(
  request: BacktestRequest,
  data: readonly [PairTable, ...PairTable[]],
  environment: Environment,
  { cluster = findCluster(request.cluster), asLive = false }: PrepareOptions = {},
): Promise<PreparedBacktest> {
  const { tokens } = await cluster
  const shipped = await shippedSettings(request)
  const params = { ...request.params, ...shipped }
  const bound = await bindPipeline({ ...request, params, tokens, environment })
  const { pipeline, leftOut } =
    shipped && !asLive ? withoutShippedDuration(bound.pipeline, request) : { pipeline: bound.pipeline, leftOut: [] }
  const { cut, series } = commonPeriod(seriesOf(data, request.pair, pipeline, tokens))
  assertWithinData(pipeline, series, tokens)
  const [bars, ...more] = series
  const valuation = new Valuation([bars.pair, ...more.map(({ pair }) => pair)])
  valuation.see(series.map(({ open }) => open[0]!))
  const capital = ofFlag('capital', () => startingCapital(request.capital, pipeline, bars.pair.quote, tokens))
  assertValued(capital, valuation)
  return {
    pipeline,
    outside: bound.outside,
    tokens,
    venues: venuesOf(bound.registry),
    bars,
    ...ofFlag('depth', () => fillsOf(request.fill, series, valuation, tokens)),
    ...capital,
    fees_lamports: lamportsOf(request.feeSol),
    warnings: [...(shipped ? [settingsText(shipped, leftOut)] : []), ...cut, ...bound.warnings],
    redact: bound.redact,
  }
}

/** An amount that a flag gave is told with that flag. */
function ofFlag<T>(flag: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    if (!isForgeError(thrown, 'AMOUNT_INVALID') && !isForgeError(thrown, 'TOKEN_UNKNOWN')) throw thrown
    const { code, remedy, context } = thrown
    throw new ForgeError(code, { message: `--${flag}: ${thrown.message}`, remedy, context, cause: thrown })
  }
}

/** @throws FLAG_INVALID */
function lamportsOf(sol: string): bigint {
  try {
    return parseUnits(sol, 9)
  } catch (cause) {
    const remedy = 'Give a number of SOL, as in 1 or 0.5.'
    throw new ForgeError('FLAG_INVALID', { message: `--fee-sol can not be "${sol}"`, remedy, cause })
  }
}

function venuesOf(registry: PluginRegistry): readonly string[] {
  return registry.list('execution').flatMap(({ definition: { name, venue } }) => (venue ? [name] : []))
}

function settingsText({ config }: ShippedSettings, leftOut: readonly string[]): string {
  const text = `No config was given: these are the settings of ${config}`
  if (leftOut.length === 0) return `${text}.`
  return `${text}, without the duration that ends them live (${leftOut.join(', ')}): the data end this run, or --set duration.`
}

/**
 * How orders of each pair are filled: a pool is as deep as `--depth` says for its base token, else worth as much as one that
 * it says. A bare number is of SOL where that is the base of a pair, else of the first one's base.
 */
function fillsOf(
  fill: FillText,
  [first, ...others]: readonly [BarSeries, ...BarSeries[]],
  valuation: Valuation,
  tokens: TokenDirectory,
): Pick<PreparedBacktest, 'fill' | 'others'> {
  if (fill.model === 'bar') return { fill, others: others.map(bars => ({ bars, fill })) }
  const { depth, ...rest } = fill
  const bases = [first, ...others].map(({ pair }) => pair.base)
  const base = bases.find(({ mint }) => mint === SOL_MINT) ?? first.pair.base
  const given = depth
    .split(',')
    .map(text => parseAmount(/\s/.test(text.trim()) ? text.trim() : `${text.trim()} ${base.symbol}`, tokens))
  const foreign = given.find(({ token }) => !bases.some(one => sameToken(one, token)))
  if (foreign) {
    throw new ForgeError('FLAG_INVALID', {
      message: `--depth is in ${foreign.token.symbol}`,
      remedy: `Say how much ${base.symbol} the pool holds, as in --depth "200000 ${base.symbol}".`,
    })
  }
  if (given.some(({ units }) => units === 0n)) throw new ForgeError('FLAG_INVALID', { message: '--depth is zero' })
  const [{ token, units }] = given as [Amount, ...Amount[]]
  const worth = (Number(units) / 10 ** token.decimals) * valuation.worth(token)
  const fillOf = ({ pair }: BarSeries): FillChoice => {
    const own = given.find(one => sameToken(one.token, pair.base))
    const asDeep = (): bigint => BigInt(Math.ceil((worth / valuation.worth(pair.base)) * 10 ** pair.base.decimals))
    return { ...rest, depth_units: own?.units ?? asDeep() }
  }
  return { fill: fillOf(first), others: others.map(bars => ({ bars, fill: fillOf(bars) })) }
}

/** What can not be valued would be missing from the account, or come into it out of nothing. @throws BACKTEST_PAIR_MISSING */
function assertValued({ capital, namedCapital }: StartingCapital, valuation: Valuation): void {
  const all = [...capital, ...[...namedCapital.values()].flat()]
  const foreign = all.find(({ token }) => !valuation.values(token))?.token
  if (!foreign) return
  const pair = `${foreign.symbol}/${valuation.quote.symbol}`
  throw new ForgeError('BACKTEST_PAIR_MISSING', {
    message: `there is capital in ${foreign.symbol}, and no data say what that is worth in ${valuation.quote.symbol}`,
    remedy: `Give data of it too: --data ${pair}=FILE, and the same for every other pair.`,
  })
}
