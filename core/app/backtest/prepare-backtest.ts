import type { BarSeries } from '../../backtest/bars.ts'
import type { FillChoice } from '../../backtest/fills/create-fill-model.ts'
import { isPriceSource, pairOfSource } from '../../backtest/replay/replace-nodes.ts'
import { type StartingCapital, startingCapital } from '../../backtest/starting-capital.ts'
import { assertWithinData } from '../../backtest/within-data.ts'
import type { CandleTable } from '../../candles/read-candles.ts'
import type { Cluster } from '../../chain/cluster/cluster.ts'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import { parseAmount, parseUnits } from '../../money/amount.ts'
import { type Pair, pairName, sameToken, type TokenDirectory } from '../../money/token.ts'
import { bindPipeline, type OutsidePlugin } from '../bind-pipeline.ts'
import type { Environment } from '../environment.ts'
import { findCluster } from '../network/cluster-choice.ts'
import type { BacktestRequest, FillText } from './backtest-request.ts'
import { type ShippedSettings, shippedSettings, withoutShippedDuration } from './shipped-settings.ts'

/** A backtest that may begin. */
export interface PreparedBacktest extends StartingCapital {
  readonly pipeline: BoundPipeline
  readonly outside: readonly OutsidePlugin[]
  readonly tokens: TokenDirectory
  readonly bars: BarSeries
  readonly fill: FillChoice
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
  table: CandleTable,
  environment: Environment,
  { cluster = findCluster(request.cluster), asLive = false }: PrepareOptions = {},
): Promise<PreparedBacktest> {
  const { tokens } = await cluster
  const shipped = await shippedSettings(request)
  const params = { ...request.params, ...shipped }
  const bound = await bindPipeline({ ...request, params, tokens, environment })
  const { pipeline, leftOut } =
    shipped && !asLive ? withoutShippedDuration(bound.pipeline, request) : { pipeline: bound.pipeline, leftOut: [] }
  const pair = pairOf(request.pair, pipeline, tokens)
  const bars = { ...table, pair }
  assertWithinData(pipeline, bars)
  return {
    pipeline,
    outside: bound.outside,
    tokens,
    bars,
    fill: fillOf(request.fill, pair, tokens),
    ...startingCapital(request.capital, pipeline, pair.quote, tokens),
    fees_lamports: parseUnits(request.feeSol, 9),
    warnings: [...(shipped ? [settingsText(shipped, leftOut)] : []), ...bound.warnings],
    redact: bound.redact,
  }
}

function settingsText({ config }: ShippedSettings, leftOut: readonly string[]): string {
  const text = `No config was given: these are the settings of ${config}`
  if (leftOut.length === 0) return `${text}.`
  return `${text}, without the duration that ends them live (${leftOut.join(', ')}): the data end this run, or --set duration.`
}

/** The pair that is asked for, else the one that the pipeline's prices are of. */
function pairOf(text: string | undefined, pipeline: BoundPipeline, tokens: TokenDirectory): Pair {
  if (text !== undefined) {
    const [base, quote, ...more] = text.split('/').map(symbol => tokens.find(symbol.trim()))
    if (base && quote && more.length === 0 && !sameToken(base, quote)) return { base, quote }
    throw new ForgeError('FLAG_INVALID', { message: `--pair can not be "${text}"`, remedy: 'As in SOL/USDC.' })
  }
  const pairs = pipeline.nodes.filter(isPriceSource).flatMap(node => pairOfSource(node, tokens) ?? [])
  const names = [...new Set(pairs.map(pairName))]
  if (names.length === 1) return pairs[0]!
  throw new ForgeError('BACKTEST_PAIR_MISSING', {
    message:
      names.length === 0
        ? `${pipeline.name} does not say what pair the data are of`
        : `the prices of ${pipeline.name} are of several pairs: ${names.join(', ')}`,
    remedy:
      names.length === 0
        ? 'Give --pair, as in --pair SOL/USDC.'
        : 'One backtest has the data of one pair: test them apart.',
  })
}

function fillOf(fill: FillText, pair: Pair, tokens: TokenDirectory): FillChoice {
  if (fill.model === 'bar') return fill
  const { depth, ...rest } = fill
  const amount = parseAmount(/\s/.test(depth.trim()) ? depth : `${depth} ${pair.base.symbol}`, tokens)
  if (!sameToken(amount.token, pair.base)) {
    throw new ForgeError('FLAG_INVALID', {
      message: `--depth is in ${amount.token.symbol}`,
      remedy: `Say how much ${pair.base.symbol} the pool holds, as in --depth "200000 ${pair.base.symbol}".`,
    })
  }
  if (amount.units === 0n) throw new ForgeError('FLAG_INVALID', { message: '--depth is zero' })
  return { ...rest, depth_units: amount.units }
}
