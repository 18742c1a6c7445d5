import { Flags, type Interfaces } from '@oclif/core'
import { USUAL_POOL } from '../../app/backtest/backtest-request.ts'
import { CHAIN_FLAGS, MARKET_FLAGS, OUTPUT_FLAGS, pathOf, RUN_FLAGS } from './common-flags.ts'

const DATA = 'DATA'
const FILLS = 'FILLS'

/** Flags of `backtest` that are its own; a pipeline's params come beside them. */
export const BACKTEST_FLAGS = {
  data: Flags.string({
    description:
      'Candles: a CSV (plain or .gz), a Parquet file, or a folder of them. Of several pairs each with its name, as in SOL/USDC=sol.csv, or a folder with files named as SOL-USDC.csv.',
    helpValue: '[PAIR=]FILE|DIR',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: DATA,
  }),
  from: Flags.string({
    description: 'Only candles from this time on, as in 2024-03-01.',
    helpValue: 'TIME',
    helpGroup: DATA,
  }),
  to: Flags.string({ description: 'Only candles before this time.', helpValue: 'TIME', helpGroup: DATA }),
  pair: Flags.string({
    description:
      "What the candles are of, as in SOL/USDC; without it the pair of the pipeline's prices. Of several: the one in whose quote token all is valued.",
    helpValue: 'BASE/QUOTE',
    helpGroup: DATA,
  }),
  'on-gap': Flags.string({
    description: 'Missing candles: an error, flat ones at the last close, or left out.',
    options: ['error', 'flat', 'skip'],
    default: 'error',
    helpGroup: DATA,
  }),
  'on-duplicate': Flags.string({
    description: 'Candles of the same time: an error, or which one counts.',
    options: ['error', 'first', 'last'],
    default: 'error',
    helpGroup: DATA,
  }),
  fill: Flags.string({
    description:
      'How orders are filled. pool: by the mathematics of a pool of stated depth, along the path of each candle. bar: at the open of the next candle; stops at their price, or at the open beyond it.',
    options: ['pool', 'bar'],
    default: 'pool',
    helpGroup: FILLS,
  }),
  depth: Flags.string({
    description:
      'With pool: what it holds of the base token at the first price; of several pairs with commas, as in "200000 SOL, 9000000 JUP". A bare number is of SOL where that is among them; a pool that is not there is worth as much as the first.',
    default: USUAL_POOL.depth,
    helpValue: 'AMOUNT[,AMOUNT]',
    helpGroup: FILLS,
  }),
  'fee-bps': Flags.integer({
    description: "The venue's fee in basis points, taken from what is paid.",
    default: USUAL_POOL.feeBps,
    min: 0,
    max: 9_999,
    helpGroup: FILLS,
  }),
  'latency-slots': Flags.integer({
    description: `With pool: slots of 0.4 s between a quote and its landing. Default: ${USUAL_POOL.latency_slots}; with --compare, for each trade what it took in the run.`,
    min: 0,
    max: 150,
    helpGroup: FILLS,
  }),
  'price-lag-slots': Flags.integer({
    description: 'With pool: slots after a move of the market until a source knows of it.',
    default: USUAL_POOL.priceLag_slots,
    min: 0,
    max: 150,
    helpGroup: FILLS,
  }),
  'fail-rate': Flags.string({
    description: 'With pool: the share of transactions that land and fail, from 0 to 1, drawn by the seed.',
    default: String(USUAL_POOL.failRate),
    helpValue: 'SHARE',
    helpGroup: FILLS,
  }),
  capital: Flags.string({
    description:
      'What the wallet has to trade with, as in "5000 USDC"; "savings=500 USDC" for a wallet that the pipeline names. May be repeated. Default: the budgets of its strategies, and 10000 of the quote token where one has none.',
    helpValue: '[WALLET=]AMOUNT',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: FILLS,
  }),
  'fee-sol': Flags.string({
    description: 'SOL beside the capital, for fees and deposits.',
    default: '1',
    helpValue: 'AMOUNT',
    helpGroup: FILLS,
  }),
  param: Flags.string({
    description:
      'A param of the pipeline or a setting, with one value or several: every combination is run, on all cores. May be repeated.',
    helpValue: 'NAME=A,B,C',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'RUN',
  }),
  threads: Flags.integer({
    description: 'How many runs at once; without it one for each core.',
    min: 1,
    helpGroup: 'RUN',
  }),
  out: Flags.string({
    parse: pathOf,
    description: 'A folder for the report; a sweep that was interrupted goes on from what it finds there.',
    helpValue: 'DIR',
    helpGroup: 'OUTPUT',
  }),
  'check-lookahead': Flags.boolean({
    description:
      'Run with other futures after the same past, and say whether anything was decided otherwise before them.',
    helpGroup: 'RUN',
  }),
  compare: Flags.string({
    parse: pathOf,
    description:
      'A record of a run (`run --record FILE`) over the same candles: says whether the backtest decides the same, and how far its fills are apart.',
    helpValue: 'RECORD',
    exclusive: ['replay', 'check-lookahead'],
    helpGroup: 'RUN',
  }),
  replay: Flags.string({
    parse: pathOf,
    description:
      'A record of a run: its sources and the ends of its orders instead of candles and a fill model. Says whether the same is decided again.',
    helpValue: 'RECORD',
    exclusive: ['compare', 'data', 'check-lookahead'],
    helpGroup: 'RUN',
  }),
  'max-bps': Flags.string({
    description: 'With --compare: how far fills may be apart.',
    default: '1',
    helpValue: 'BPS',
    helpGroup: 'RUN',
  }),
  set: RUN_FLAGS.set,
  cluster: CHAIN_FLAGS.cluster,
  seed: MARKET_FLAGS.seed,
  ...OUTPUT_FLAGS,
}

export type BacktestFlags = Interfaces.InferredFlags<typeof BACKTEST_FLAGS>
