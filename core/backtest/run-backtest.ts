import type { BoundPipeline } from '../config/bound-pipeline.ts'
import { ForgeError } from '../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent } from '../events/event.ts'
import type { Fill, FillFees } from '../events/report.ts'
import type { Amount } from '../money/amount.ts'
import type { Token, TokenDirectory } from '../money/token.ts'
import type { OrderRecord } from '../orders/journal.ts'
import type { Logger } from '../plugin/contract.ts'
import type { Output } from '../plugin/services.ts'
import type { RunResult } from '../runtime/result.ts'
import { startPipeline } from '../runtime/run.ts'
import { MemoryJournal, MemoryNodeState } from '../store/memory-journal.ts'
import { seededRandom } from '../time/random.ts'
import { createVirtualClock } from '../time/virtual-clock.ts'
import { Afterwards } from './afterwards.ts'
import type { BarSeries } from './bars.ts'
import { createFillModel, type FillChoice } from './fills/create-fill-model.ts'
import type { RefusedLanding } from './order-fill.ts'
import { replaceEnds } from './replay/replace-nodes.ts'
import { Replay } from './replay/replay.ts'
import { BACKTEST_GENESIS, BACKTEST_WALLET, backtestServices } from './services.ts'
import { SLOT_MS } from './slot.ts'
import { createBacktestTrader } from './trader.ts'
import { BacktestWallet } from './wallet.ts'

/** How long draining may take on the clock of the backtest. */
const DRAIN_TIMEOUT_MS = 60_000

export interface BacktestOptions {
  /** As it would run anywhere else. */
  readonly pipeline: BoundPipeline
  readonly bars: BarSeries
  readonly tokens: TokenDirectory
  readonly fill: FillChoice
  /** What the wallet has to trade with. */
  readonly capital: readonly Amount[]
  /** What it has beside that, for fees and deposits. */
  readonly fees_lamports: bigint
  readonly seed: string
  readonly log: Logger
  readonly output: Output
  readonly signal?: AbortSignal
  /** Told what the account is worth, in whole quote tokens: at the start (at the first open), and at each bar's end. */
  readonly onBar: (at_ms: number, equity: number, price: number) => void
  readonly onFill: (fill: Fill, intent: IntentEvent) => void
  readonly onRefused?: (landing: RefusedLanding) => void
  /** Told of what every node gives; without it nothing watches, and it is faster. */
  readonly onEvent?: (node: string, event: ForgeEvent) => void
  readonly onProgress?: (barsDone: number) => void
}

export interface BacktestResult {
  readonly run: RunResult
  /** When it ended by itself, before the data did. */
  readonly endedAt_ms?: number
  readonly orders: readonly OrderRecord[]
  readonly before: readonly Amount[]
  readonly after: readonly Amount[]
  /** Of every transaction, those that failed among them; deposits apart. */
  readonly fees_lamports: bigint
  readonly rent_lamports: bigint
  readonly refused: { readonly count: number; readonly fees_lamports: bigint }
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
  if (bars.count === 0)
    throw new ForgeError('BACKTEST_DATA_EMPTY', { message: `${bars.name} has no bars in that time` })
  const clock = createVirtualClock({ start_ms: bars.start_ms[0]!, quietTurns: 1 })
  const random = seededRandom(options.seed)
  const scope = { genesisHash: BACKTEST_GENESIS, wallet: BACKTEST_WALLET, deploymentId: options.pipeline.name }
  const journal = new MemoryJournal(scope, { keepsStories: false })
  const wallet = new BacktestWallet({ pair: bars.pair, capital: options.capital, fees_lamports: options.fees_lamports })
  const listed = listedTokens(bars, tokens, options.capital)
  const before = wallet.holdings(listed)
  const model = createFillModel(options.fill, {
    bars,
    clock,
    random: random.fork('landing'),
    onTraded: () => replay.moved(),
    onWaiting: () => replay.reconsider(),
  })
  const afterwards = new Afterwards()
  const replay: Replay = new Replay({
    bars,
    clock,
    model,
    afterwards,
    priceLag_ms: options.fill.model === 'pool' ? options.fill.priceLag_slots * SLOT_MS : 0,
    onBarEnd: (close, at_ms) => options.onBar(at_ms, wallet.worth(close), close),
    onTurn: barsDone => options.onProgress?.(barsDone),
  })
  const refused = { count: 0, fees_lamports: 0n }
  const stop = new AbortController()
  const trader = createBacktestTrader({
    clock,
    journal,
    model,
    wallet,
    afterwards,
    signal: stop.signal,
    onFill: options.onFill,
    onRefused: landing => {
      refused.count++
      refused.fees_lamports += totalOf(landing.fees)
      options.onRefused?.(landing)
    },
  })
  const states = new Map<string, MemoryNodeState>()
  const run = await startPipeline({
    pipeline: replaceEnds(options.pipeline, { pair: bars.pair, tokens, replay }),
    clock,
    random: random.fork('pipeline'),
    mode: 'backtest',
    ...(options.signal && { signal: options.signal }),
    log: options.log,
    servicesFor: backtestServices({ tokens, clock, model, wallet, trader, journal, output: options.output }),
    stateFor: node => {
      const state = states.get(node) ?? new MemoryNodeState()
      states.set(node, state)
      return state
    },
    drainTimeout_ms: DRAIN_TIMEOUT_MS,
    ...(options.onEvent && { onEvent: options.onEvent }),
  })
  options.onBar(bars.start_ms[0]!, wallet.worth(bars.open[0]!), bars.open[0]!)
  replay.start(run)
  // Calendars have no end of their own: with the data everything is over that could still begin.
  const ended = replay.done.then(() => run.drain(DATA_OVER))
  const result = await clock.run(run.done)
  const isEarly = result.ended === 'completed' && replay.barsDone < bars.count
  const endedAt_ms = clock.now()
  replay.stop()
  await ended
  stop.abort(new Error('the backtest is over'))
  return {
    run: result.reason === DATA_OVER ? completed(result) : result,
    ...(isEarly && { endedAt_ms }),
    orders: journal.orders(),
    before,
    after: wallet.holdings(listed),
    fees_lamports: wallet.feesSpent_lamports,
    rent_lamports: wallet.rent_lamports,
    refused,
  }
}

const DATA_OVER = 'the data are over'

/** The end of the data is the end that was wanted. */
function completed({ reason: _reason, ...result }: RunResult): RunResult {
  return { ...result, ended: 'completed' }
}

function listedTokens({ pair }: BarSeries, { tokens }: TokenDirectory, capital: readonly Amount[]): readonly Token[] {
  const all = [pair.base, pair.quote, ...capital.map(({ token }) => token), ...tokens]
  return [...new Map(all.map(token => [token.mint, token])).values()]
}

function totalOf({ base_lamports, priority_lamports, tip_lamports }: FillFees): bigint {
  return base_lamports + priority_lamports + tip_lamports
}
