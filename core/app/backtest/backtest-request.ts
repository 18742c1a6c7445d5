import type { FillChoice } from '../../backtest/fills/create-fill-model.ts'
import type { CandleRules } from '../../candles/candle-check.ts'

/** What a backtest is asked to do: plain data, so that another thread can be asked the same. */
export interface BacktestRequest {
  /** The pipeline's file. */
  readonly file: string
  readonly params: Readonly<Record<string, unknown>>
  /** `key=value` texts that override settings. */
  readonly set: readonly string[]
  /** Params and settings among these that are given by `--param`. */
  readonly varied?: readonly string[]
  /** Whose tokens are meant; nothing of the network is touched. */
  readonly cluster: string
  /** A candle file or a folder of them; of several pairs each as in `SOL/USDC=candles.csv`, or a folder of files named so. */
  readonly data: readonly string[]
  readonly rules: CandleRules
  /** As in `SOL/USDC`; undefined: that of the pipeline's price source, else what its strategies trade. */
  readonly pair: string | undefined
  readonly fill: FillText
  /** As in `10000 USDC`, or `savings=500 USDC` for a wallet that the pipeline names; for one that is not there its budgets. */
  readonly capital: readonly string[]
  /** SOL beside the capital, for fees and deposits. */
  readonly feeSol: string
  readonly seed: string
}

/** A fill model as it is written; the depth is an amount of the pair's base token, or of several pairs' with commas. */
export type FillText =
  | Extract<FillChoice, { model: 'bar' }>
  | (Omit<Extract<FillChoice, { model: 'pool' }>, 'depth_units'> & { readonly depth: string })

/**
 * The pool where nobody says otherwise: as deep and as dear as the deepest of the embedded market, and as long until a
 * landing as on a cluster that is not crowded.
 */
export const USUAL_POOL = {
  model: 'pool',
  depth: '200000',
  feeBps: 4,
  latency_slots: 2,
  priceLag_slots: 1,
  failRate: 0,
} as const satisfies FillText
