import { amountOf, ForgeError, formatAmount, type PluginContext } from '../../../../core/index.ts'
import type { Plan } from '../plan.ts'

/**
 * A budget that the wallet can not pay is a mistake, and is better known before anything is bought. Asked with the first
 * run alone: later the wallet is what came of it.
 *
 * @throws PLUGIN_CONFIG_INVALID when the wallet has less to spend; the errors of `Holdings.sellable`
 */
export async function assertAffordable(
  { holdings, orders }: Pick<PluginContext['services'], 'holdings' | 'orders'>,
  { pair, budget }: Pick<Plan, 'pair' | 'budget'>,
): Promise<void> {
  if (!holdings || orders.list().length > 0) return
  const units = await holdings.sellable(pair.quote, pair.base)
  if (units >= budget) return
  const [wanted, there] = [budget, units].map(each => formatAmount(amountOf(pair.quote, each)))
  throw new ForgeError('PLUGIN_CONFIG_INVALID', {
    message: `budget: ${wanted} is more than the ${there} that the wallet has to spend`,
    remedy: 'Lower the budget, or fund the wallet.',
    context: { field: 'budget' },
  })
}
