import type { BoundPipeline } from '../config/bound-pipeline.ts'
import { ForgeError } from '../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent } from '../events/event.ts'
import type { Fill, FillFees } from '../events/report.ts'
import type { Amount } from '../money/amount.ts'
import { pairName, type Token, type TokenDirectory } from '../money/token.ts'
import type { OrderRecord } from '../orders/journal.ts'
import type { Logger } from '../plugin/contract.ts'
import type { Output } from '../plugin/services.ts'
import type { RunResult } from '../runtime/result.ts'
import { startPipeline } from '../runtime/run.ts'
import { MemoryNodeState } from '../store/memory-journal.ts'
import { seededRandom } from '../time/random.ts'
import { createVirtualClock } from '../time/virtual-clock.ts'
import { Account } from './account.ts'
import { Afterwards } from './afterwards.ts'
import type { BarSeries } from './bars.ts'
import type { FillChoice } from './fills/create-fill-model.ts'
import type { LandsAfter } from './fills/fill-model.ts'
import { closeRest, type Market, type MarketData, openMarket, pairsOf } from './market.ts'
import type { RefusedLanding } from './order-fill.ts'
import { createPurse, purseOf } from './purse.ts'
import { replaceEnds } from './replay/replace-nodes.ts'
import { Valuation } from './valuation.ts'
import { BacktestWallet } from './wallet.ts'

/** How long draining may take on the clock of the backtest. */
const DRAIN_TIMEOUT_MS = 60_000

export interface BacktestOptions {
  /** As it would run anywhere else. */
  readonly pipeline: BoundPipeline
  /** Of the pair in whose quote token all is valued. */
  readonly bars: BarSeries
  /** Of further pairs. */
  readonly others?: readonly MarketData[]
  readonly tokens: TokenDirectory
  readonly fill: FillChoice
  /** Names of the venues that execution plugins offer: who asks one for a quote gets the fill model's. */
  readonly venues?: readonly string[]
  /** With the `pool` model: how long single trades take to land, where that is known. */
  readonly landsAfter_slots?: LandsAfter
  /** What the wallet has to trade with that a run is started with. */
  readonly capital: readonly Amount[]
  /** What each wallet has that the pipeline names, by its name. */
  readonly namedCapital?: ReadonlyMap<string, readonly Amount[]>
  /** What each has beside that, for fees and deposits. */
  readonly fees_lamports: bigint
  readonly seed: string
  readonly log: Logger
  readonly output: Output
  readonly signal?: AbortSignal
  /** Told what the account is worth, in whole quote tokens: at the start (at the first open), and at each bar's end. */
  readonly onBar: (at_ms: number, equity: number, price: number) => void
  /** Told with what tokens are worth at that time. */
  readonly onFill: (fill: Fill, intent: IntentEvent, prices: Valuation) => void
  readonly onRefused?: (landing: RefusedLanding, prices: Valuation) => void
  /** Told of what every node gives; without it nothing watches, and it is faster. */
  readonly onEvent?: (node: string, event: ForgeEvent) => void
  readonly onProgress?: (barsDone: number) => void
}

export interface BacktestResult {
  readonly run: RunResult
  /** When it ended by itself, before the data did. */
  readonly endedAt_ms?: number
  readonly orders: readonly OrderRecord[]
  /** Of the wallet that a run is started with, then of those that the pipeline names. */
  readonly wallets: readonly WalletResult[]
  /** Of every transaction, those that failed among them; deposits apart. */
  readonly fees_lamports: bigint
  readonly rent_lamports: bigint
  readonly refused: { readonly count: number; readonly fees_lamports: bigint }
}

export interface WalletResult {
  /** As the pipeline names it; absent for the one that a run is started with. */
  readonly name?: string
  readonly before: readonly Amount[]
  readonly after: readonly Amount[]
  /** Whole quote tokens, at the first open and at the last close. */
  readonly worth: { readonly start: number; readonly end: number }
}

/**
 * Runs a pipeline over bars: the same nodes on the same runtime, with a clock that the bars move, a trader that fills by
 * a model, and a journal in memory. No node can see what its clock has not reached: a bar is told when it has closed.
 *
 * The same pipeline, bars, seed and fill model give the same result, `run.timing` excepted.
 *
 * @throws what a plugin's setup throws; BACKTEST_PAIR_MISSING, BACKTEST_DATA_EMPTY
 */
export async function runBacktest(options: BacktestOptions): Promise<BacktestResult> {
  const { bars, tokens } = options
  const data: readonly [MarketData, ...MarketData[]] = [{ bars, fill: options.fill }, ...(options.others ?? [])]
  const series = data.map(each => each.bars)
  const empty = series.find(({ count }) => count === 0)
  if (empty) throw new ForgeError('BACKTEST_DATA_EMPTY', { message: `${empty.name} has no bars in that time` })
  const clock = createVirtualClock({ start_ms: Math.min(...series.map(({ start_ms }) => start_ms[0]!)), quietTurns: 1 })
  const random = seededRandom(options.seed)
  const wallets = walletsOf(options)
  const listed = listedTokens(series, tokens, [
    ...options.capital,
    ...[...(options.namedCapital?.values() ?? [])].flat(),
  ])
  const account = new Account(wallets, series, new Valuation(pairsOf(data)))
  const before = wallets.map(wallet => ({ before: wallet.holdings(listed), start: account.worth([wallet]) }))
  const afterwards = new Afterwards()
  const closed = account.closesOf(options.onBar)
  const markets = data.map((each, place) =>
    openMarket(each, {
      clock,
      random: random.fork(place === 0 ? 'landing' : `landing of ${pairName(each.bars.pair)}`),
      afterwards,
      landsAfter_slots: options.landsAfter_slots,
      onBarEnd: (close, at_ms) => closed(place, close, at_ms),
      onTurn: barsDone => {
        if (place === 0) options.onProgress?.(barsDone)
      },
    }),
  ) as [Market, ...Market[]]
  const refused = { count: 0, fees_lamports: 0n }
  const stop = new AbortController()
  const prices = new Valuation(pairsOf(data))
  const purseParts = {
    clock,
    markets,
    afterwards,
    tokens,
    venues: options.venues,
    pipeline: options.pipeline.name,
    output: options.output,
    signal: stop.signal,
    onFill: (fill: Fill, intent: IntentEvent): void => {
      prices.see(markets.map(({ model }) => model.price))
      options.onFill(fill, intent, prices)
    },
    onRefused: (landing: RefusedLanding): void => {
      refused.count++
      refused.fees_lamports += totalOf(landing.fees)
      prices.see(markets.map(({ model }) => model.price))
      options.onRefused?.(landing, prices)
    },
  }
  const purses = wallets.map((wallet, place) => createPurse(wallet, place, purseParts))
  for (const node of options.pipeline.nodes) {
    if (node.kind === 'order') purseOf(node, purses).wallet.letSellForAll(node.id)
  }
  const states = new Map<string, MemoryNodeState>()
  const run = await startPipeline({
    pipeline: replaceEnds(options.pipeline, { markets, tokens }),
    clock,
    random: random.fork('pipeline'),
    mode: 'backtest',
    ...(options.signal && { signal: options.signal }),
    log: options.log,
    servicesFor: node => purseOf(node, purses).servicesFor(node),
    stateFor: node => {
      const state = states.get(node) ?? new MemoryNodeState()
      states.set(node, state)
      return state
    },
    drainTimeout_ms: DRAIN_TIMEOUT_MS,
    ...(options.onEvent && { onEvent: options.onEvent }),
  })
  options.onBar(clock.now(), account.worth(), bars.open[0]!)
  // What several bring at one instant comes in one order, however the data were named.
  for (const { replay } of markets.toSorted(byPairName)) replay.start(run)
  // Calendars have no end of their own: with the data everything is over that could still begin.
  const ended = Promise.all(markets.map(({ replay }) => replay.done)).then(() => run.drain(DATA_OVER))
  const result = await clock.run(run.done)
  const isEarly = result.ended === 'completed' && markets.every(({ replay }) => replay.barsDone < replay.count)
  const endedAt_ms = clock.now()
  closeRest(
    series,
    markets.map(({ replay }) => replay.stop()),
    closed,
  )
  account.flush()
  await ended
  stop.abort(new Error('the backtest is over'))
  return {
    run: result.reason === DATA_OVER ? completed(result) : result,
    ...(isEarly && { endedAt_ms }),
    orders: purses.flatMap(({ journal }) => journal.orders()),
    wallets: wallets.map((wallet, place) => ({
      ...(wallet.name !== undefined && { name: wallet.name }),
      before: before[place]!.before,
      after: wallet.holdings(listed),
      worth: { start: before[place]!.start, end: account.worth([wallet]) },
    })),
    fees_lamports: wallets.reduce((sum, { feesSpent_lamports }) => sum + feesSpent_lamports, 0n),
    rent_lamports: wallets.reduce((sum, { rent_lamports }) => sum + rent_lamports, 0n),
    refused,
  }
}

function byPairName(a: Market, b: Market): number {
  return pairName(a.bars.pair) < pairName(b.bars.pair) ? -1 : 1
}

const DATA_OVER = 'the data are over'

/** The end of the data is the end that was wanted. */
function completed({ reason: _reason, ...result }: RunResult): RunResult {
  return { ...result, ended: 'completed' }
}

/** The one that a run is started with first, then those that the pipeline names. */
function walletsOf(options: BacktestOptions): readonly [BacktestWallet, ...BacktestWallet[]] {
  const { bars, capital, fees_lamports, namedCapital, pipeline } = options
  const of = (name: string | undefined, own: readonly Amount[]): BacktestWallet =>
    new BacktestWallet({ name, pair: bars.pair, capital: own, fees_lamports })
  const names = Object.keys(pipeline.wallets ?? {})
  return [of(undefined, capital), ...names.map(name => of(name, namedCapital?.get(name) ?? []))]
}

function listedTokens(
  series: readonly BarSeries[],
  { tokens }: TokenDirectory,
  capital: readonly Amount[],
): readonly Token[] {
  const traded = series.flatMap(({ pair: { base, quote } }) => [base, quote])
  const all = [...traded, ...capital.map(({ token }) => token), ...tokens]
  return [...new Map(all.map(token => [token.mint, token])).values()]
}

function totalOf({ base_lamports, priority_lamports, tip_lamports }: FillFees): bigint {
  return base_lamports + priority_lamports + tip_lamports
}
