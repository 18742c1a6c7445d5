import type { BoundPipeline } from '../config/bound-pipeline.ts'
import { ForgeError } from '../errors/forge-error.ts'
import { type Amount, formatAmount, parseAmount } from '../money/amount.ts'
import { sameToken, type TokenDirectory } from '../money/token.ts'

/**
 * Strategies that together may spend more than the wallet has would be cut short by it, and the result would be of
 * another strategy than the one that is written. So much of a budget is known before: what each strategy's settings
 * call its `budget`, added up by token.
 *
 * @throws BACKTEST_CAPITAL_SHORT
 */
export function assertWithinCapital(pipeline: BoundPipeline, capital: readonly Amount[], tokens: TokenDirectory): void {
  const budgets = pipeline.nodes
    .filter(({ kind }) => kind === 'strategy')
    .flatMap(({ id, config }) => {
      const { budget } = config as { readonly budget?: unknown }
      return typeof budget === 'string' ? [{ id, amount: parseAmount(budget, tokens) }] : []
    })
  for (const { amount } of budgets) {
    const same = budgets.filter(other => sameToken(other.amount.token, amount.token))
    const wanted = { token: amount.token, units: same.reduce((sum, each) => sum + each.amount.units, 0n) }
    const held = capital
      .filter(({ token }) => sameToken(token, amount.token))
      .reduce((sum, { units }) => sum + units, 0n)
    if (wanted.units <= held) continue
    const whose = same.map(({ id, amount: own }) => `${id}: ${formatAmount(own)}`).join(', ')
    throw new ForgeError('BACKTEST_CAPITAL_SHORT', {
      message: `budgets of ${formatAmount(wanted)} (${whose}) are more than the ${formatAmount({ ...wanted, units: held })} of the wallet`,
      remedy: `Give --capital "${formatAmount(wanted)}", or smaller budgets.`,
    })
  }
}
