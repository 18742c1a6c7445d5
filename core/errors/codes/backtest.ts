import { codeTable } from '../exit-code.ts'

/** Backtests: their data, and what they can not stand in for. */
export const BACKTEST_CODES = codeTable({
  BACKTEST_DATA_EMPTY: {
    exit: 78,
    meaning: 'The data hold no bar of the time that was asked for.',
    remedy: 'Check --from and --to against the times in the file.',
  },
  BACKTEST_DATA_SHORT: {
    exit: 78,
    meaning: 'An indicator looks back on more bars than the data have.',
    remedy: 'Give data of a longer time, or shorter periods.',
  },
  BACKTEST_PAIR_MISSING: {
    exit: 78,
    meaning: 'A source wants prices of a pair that the data do not have.',
    remedy: "Give data of that pair, or change the source's pair.",
  },
  BACKTEST_CAPITAL_SHORT: {
    exit: 78,
    meaning: 'The budgets of the strategies are more than the wallet of the backtest has.',
    remedy: 'Give more --capital, or smaller budgets.',
  },
  RECORD_INVALID: {
    exit: 78,
    meaning: 'A record of a run can not be read.',
    remedy: 'Give a file that a run has written with --record.',
  },
  BACKTEST_NO_NETWORK: {
    exit: 1,
    meaning: 'A plugin asked the network for something within a backtest.',
    remedy: 'Backtest a pipeline whose plugins live on prices alone.',
  },
})
