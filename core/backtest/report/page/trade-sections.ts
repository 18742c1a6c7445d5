import type { BacktestDocument } from '../report-document.ts'
import type { ReportTrade } from '../report-input.ts'
import {
  duration,
  minute,
  money,
  number,
  priceDecimals,
  signedNumber,
  signedPercent,
  signOf,
  wholes,
} from './figures.ts'
import { html, type Markup } from './markup.ts'
import { toned } from './toned.ts'

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

export function strategySection({ strategies, wallets }: BacktestDocument): Markup {
  if (strategies.length === 0) return html``
  const rows = strategies.map(row => {
    const { base, quote } = row
    const gain = (units: string): Markup => {
      const value = wholes(units, quote.decimals)
      return toned(signedNumber(value, 2), signOf(value))
    }
    const wallet = wallets ? html`<td class="left">${row.wallet ?? ''}</td>` : html``
    return html`<tr><td class="name">${row.node}</td>${wallet}<td class="left">${base.symbol}/${quote.symbol}</td><td>${number(row.trades, 0)}</td><td>${money(row.bought.quote, quote.decimals)}</td><td>${money(row.sold.quote, quote.decimals)}</td><td>${number(wholes(row.held, base.decimals), 4)} ${base.symbol}</td><td>${gain(row.realised.average)}</td><td>${gain(row.realised.fifo)}</td><td>${gain(row.unrealised.average)}</td><td>${number(wholes(row.fees, quote.decimals), 2)}</td><td>${gain(row.net)}</td></tr>`
  })
  return html`<section class="card"><div class="head"><h2>By strategy</h2><p class="soft">money in the pair's quote token</p></div>
<div class="wide"><table><thead><tr><th>Node</th>${wallets ? html`<th class="left">Wallet</th>` : html``}<th class="left">Pair</th><th>Trades</th><th>Bought</th><th>Sold</th><th>Held at the end</th><th>Realised, average</th><th>Realised, FIFO</th><th>Unrealised</th><th>Fees</th><th>Net</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

export function tradeSection(document: BacktestDocument): Markup {
  const { trades, quote } = document
  const mean = (units: string, count: number): string =>
    count === 0 ? 'none' : `${money(String(Number(units) / count), quote.decimals)} ${quote.symbol}`
  const rows: readonly (readonly [string, string])[] = [
    ['Trades', number(trades.count, 0)],
    ['Closed, with a profit', `${number(trades.closed, 0)}, ${number(trades.wins, 0)}`],
    ['Mean profit of a win', mean(trades.won, trades.wins)],
    ['Mean loss of a loss', mean(trades.lost, trades.losses)],
    ['Volume', `${money(trades.volume, quote.decimals)} ${quote.symbol}`],
    ['Time in the market', duration(trades.held_ms)],
    ...Object.entries(document.orders).map(([state, count]) => [`Orders ${state}`, number(count, 0)] as const),
  ]
  return html`<section class="card"><div class="head"><h2>Trades</h2><p class="soft">each is a line of trades.csv</p></div>
<table><tbody>${rows.map(([name, value]) => html`<tr><td>${name}</td><td>${value}</td></tr>`)}</tbody></table></section>`
}

/** So many of the last trades are in the page. */
const LATEST = 20

export function latestSection(trades: readonly ReportTrade[]): Markup {
  if (trades.length === 0) return html``
  const rows = trades
    .slice(-LATEST)
    .toReversed()
    .map(({ trade, closed }) => {
      const { base, quote } = trade.pair
      const value = wholes(trade.quote_units.toString(), quote.decimals)
      const amount = wholes(trade.base_units.toString(), base.decimals)
      const net = closed === undefined ? undefined : wholes(closed.average.net_units.toString(), quote.decimals)
      return html`<tr><td>${minute(new Date(trade.at).toISOString())}</td><td class="left">${trade.node}</td><td class="left">${toned(trade.side, trade.side === 'buy' ? 1 : -1)}</td><td>${number(amount, 4)} ${base.symbol}</td><td>${number(value, 2)} ${quote.symbol}</td><td>${amount > 0 ? number(value / amount, priceDecimals(value / amount)) : ''}</td><td>${net === undefined ? '' : toned(signedNumber(net, 2), signOf(net))}</td></tr>`
    })
  return html`<section class="card"><div class="head"><h2>Latest trades</h2><p class="soft">times in UTC; profit after network fees, at average cost</p></div>
<div class="wide"><table><thead><tr><th>Time</th><th class="left">Node</th><th class="left">Side</th><th>Amount</th><th>Value</th><th>Price</th><th>Profit</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}
