import type { BacktestDocument } from '../report-document.ts'
import { money, number, priceDecimals, signedNumber, signedPercent, signOf, wholes } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { toned } from './toned.ts'

/** What was traded of each pair, where there are several. */
export function pairSection({ pairs = [], quote }: BacktestDocument): Markup {
  if (pairs.length === 0) return html``
  const rows = pairs.map(({ base, quote: by, bars, first, last, trades, bought, sold, closed }) => {
    const profit = wholes(closed, quote.decimals)
    const price = (value: number): string => number(value, priceDecimals(value))
    return html`<tr><td class="name">${base.symbol}/${by.symbol}</td><td>${number(bars, 0)}</td><td>${price(first)}</td><td>${price(last)}</td><td>${toned(signedPercent(last / first - 1), signOf(last - first))}</td><td>${number(trades, 0)}</td><td>${money(bought, quote.decimals)}</td><td>${money(sold, quote.decimals)}</td><td>${toned(signedNumber(profit, 2), signOf(profit))}</td></tr>`
  })
  return html`<section class="card"><div class="head"><h2>By pair</h2><p class="soft">money in ${quote.symbol}, at what it was worth when it was traded</p></div>
<div class="wide"><table><thead><tr><th>Pair</th><th>Bars</th><th>First price</th><th>Last price</th><th>Change</th><th>Trades</th><th>Bought</th><th>Sold</th><th>Closed, net</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

/** What became of each wallet, where the pipeline names any. */
export function walletSection({ wallets = [], quote }: BacktestDocument): Markup {
  if (wallets.length === 0) return html``
  const held = (amounts: (typeof wallets)[number]['before']): string =>
    amounts.length === 0
      ? 'nothing'
      : amounts.map(({ amount, decimals, symbol }) => `${money(amount, decimals)} ${symbol}`).join(', ')
  const rows = wallets.map(({ name, before, after, start, end }) => {
    const share = start > 0 ? toned(signedPercent(end / start - 1), signOf(end - start)) : html``
    return html`<tr><td class="name">${name ?? "the run's own"}</td><td class="left">${held(before)}</td><td class="left">${held(after)}</td><td>${number(start, 2)}</td><td>${number(end, 2)}</td><td>${toned(signedNumber(end - start, 2), signOf(end - start))}</td><td>${share}</td></tr>`
  })
  return html`<section class="card"><div class="head"><h2>By wallet</h2><p class="soft">worth in ${quote.symbol}</p></div>
<div class="wide"><table><thead><tr><th>Wallet</th><th class="left">Before</th><th class="left">After</th><th>Worth before</th><th>Worth after</th><th>Profit</th><th>Return</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}
