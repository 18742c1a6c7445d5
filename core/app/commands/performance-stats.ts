import { ForgeError } from '../../errors/forge-error.ts'
import { type Price, parsePrice } from '../../money/price.ts'
import { type Pair, pairName } from '../../money/token.ts'
import type { StoreView } from '../../store/store.ts'
import { type KeptWhere, viewKept } from './kept-history.ts'
import { type Account, accountsOf, pairId, performanceOf } from './performance-figures.ts'
import { performanceText } from './performance-text.ts'
import type { Printed } from './printed.ts'

/**
 * Positions, profit and loss by strategy, and costs of everything a data directory keeps.
 *
 * @param options.prices `SOL/USDC=150.25`: what is held of a pair is worth that, not what its last trade paid
 * @throws HISTORY_MISSING; FLAG_INVALID for a price of no pair that was traded
 */
export async function performanceStats(
  where: KeptWhere,
  options: { readonly pipeline: string | undefined; readonly prices: readonly string[] },
): Promise<Printed> {
  const { directory, view } = await viewKept(where)
  const isMeant = ({ pipeline }: { readonly pipeline: string }): boolean =>
    options.pipeline === undefined || pipeline === options.pipeline
  const accounts = readAccounts(view, isMeant)
  const prices = readPrices(
    options.prices,
    accounts.flatMap(({ trades }) => trades.map(({ pair }) => pair)),
  )
  const performances = accounts.map(account => performanceOf(account, prices))
  return {
    text: performanceText(performances, directory),
    document: { document: 'performance', version: 1, accounts: performances },
  }
}

function readAccounts(view: StoreView, isMeant: (of: { readonly pipeline: string }) => boolean): readonly Account[] {
  try {
    return accountsOf(view.history().filter(isMeant), view.orders().filter(isMeant))
  } finally {
    view.close()
  }
}

function readPrices(texts: readonly string[], traded: readonly Pair[]): ReadonlyMap<string, Price> {
  const prices = new Map<string, Price>()
  for (const text of texts) {
    const [name = '', value = ''] = text.split('=')
    const pairs = traded.filter(pair => pairName(pair).toLowerCase() === name.trim().toLowerCase())
    if (pairs.length === 0) {
      const known = [...new Set(traded.map(pairName))].join(', ')
      throw new ForgeError('FLAG_INVALID', {
        message: `--price ${text} is no price of a pair that was traded`,
        remedy: known === '' ? 'Nothing was traded yet.' : `Write it as SOL/USDC=150.25; there are: ${known}.`,
      })
    }
    for (const pair of pairs) prices.set(pairId(pair), parsePrice(value.trim(), pair))
  }
  return prices
}
