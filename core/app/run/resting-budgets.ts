import type { Budget } from '../../chain/trader/budget-ledger.ts'
import type { Store } from '../../store/store.ts'
import { boughtOf, outlayOf } from './budget-outlay.ts'

/**
 * What is the strategies', of one wallet, of pipelines of the data directory that have not come to their end and do not
 * run here; by names that people know them by.
 *
 * @param of.ofPeople whether only people's orders are traded: they may sell what strategies have bought
 */
export function restingBudgets(
  store: Pick<Store, 'budgets' | 'orders'>,
  of: {
    readonly genesisHash: string
    readonly wallet: string
    /** The one that runs. */
    readonly deploymentId: string
    readonly ofPeople: boolean
  },
): ReadonlyMap<string, Budget> {
  const resting = store
    .budgets(of.genesisHash)
    .filter(({ wallet, deploymentId }) => wallet === of.wallet && deploymentId !== of.deploymentId)
  if (resting.length === 0) return new Map()
  const traded = store.orders().filter(({ wallet }) => wallet === of.wallet)
  const budgets = new Map<string, Budget>()
  for (const { amount, deploymentId, node, pipeline } of resting) {
    const own = traded.filter(kept => kept.deploymentId === deploymentId && kept.order.intent.node === node)
    const orders = own.map(({ order }) => order)
    const bought = of.ofPeople ? new Map<string, bigint>() : boughtOf(orders, amount.token)
    const name = `${node} of ${pipeline}`
    // A pipeline that was run with several wallets of its own has several.
    budgets.set(budgets.has(name) ? `${name} (${deploymentId})` : name, {
      amount,
      outlay: outlayOf(orders, amount.token),
      bought,
    })
  }
  return budgets
}
