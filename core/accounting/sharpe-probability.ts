import { type Figure, unknown } from './figure.ts'
import { normalCdf, normalQuantile } from './normal-distribution.ts'
import type { ReturnSummary } from './return-moments.ts'

const EULER_MASCHERONI = 0.5772156649015329

/**
 * Probability that the true Sharpe ratio is above a benchmark, given how many returns there are and how far from normal:
 * Φ((SR - SR*) √(n - 1) ÷ √(1 - γ₃ SR + (γ₄ - 1) SR² ÷ 4)).
 * Source: D. H. Bailey and M. López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15 (2012), eq. 11.
 *
 * @param benchmark a Sharpe ratio of the same period as the returns, not annualised
 */
export function probabilisticSharpe(returns: ReturnSummary, benchmark = 0): Figure {
  if (returns.deviation === 0) return unknown('the equity never moved')
  const ratio = returns.mean / returns.deviation
  const spread = 1 - returns.skewness * ratio + ((returns.kurtosis - 1) / 4) * ratio * ratio
  if (!(spread > 0)) return unknown('the returns are too far from normal')
  return normalCdf(((ratio - benchmark) * Math.sqrt(returns.count - 1)) / Math.sqrt(spread))
}

/**
 * Probability that the best of many runs is more than luck: the probabilistic Sharpe ratio against the ratio that the
 * best of so many worthless runs would be expected to show,
 * √V[SR] ((1 - γ) Φ⁻¹(1 - 1 ÷ N) + γ Φ⁻¹(1 - 1 ÷ (N e))).
 * Source: D. H. Bailey and M. López de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (2014).
 *
 * @param best the returns of the run that was picked
 * @param ratios mean ÷ deviation of the returns of every run that was tried, the best among them
 */
export function deflatedSharpe(best: ReturnSummary, ratios: readonly number[]): Figure {
  if (ratios.length < 2) return unknown('one run alone is no choice')
  return probabilisticSharpe(best, luckySharpe(ratios))
}

/** The Sharpe ratio that the best of so many runs shows by luck alone, of the period of the ratios. */
export function luckySharpe(ratios: readonly number[]): number {
  const trials = ratios.length
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / trials
  const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / (trials - 1)
  const best =
    (1 - EULER_MASCHERONI) * normalQuantile(1 - 1 / trials) +
    EULER_MASCHERONI * normalQuantile(1 - 1 / (trials * Math.E))
  return Math.sqrt(variance) * best
}
