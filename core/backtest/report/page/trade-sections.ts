import type { BacktestDocument } from '../report-document.ts'
import type { ReportTrade } from '../report-input.ts'
import { duration, minute, money, number, priceDecimals, signedNumber, signOf, wholes } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { toned } from './toned.ts'

export function strategySection({ pairs, quote, strategies }: BacktestDocument): Markup {
  if (strategies.length === 0) return html``
  const rows = strategies.map(row => {
    const { base, quote } = row
    const held = wholes(row.held, base.decimals)
    const gain = (units: string): Markup => {
      const value = wholes(units, quote.decimals)
      return toned(signedNumber(value, 2), signOf(value))
    }
    const wallet = row.wallet === undefined ? html`` : html` <span class="soft">${row.wallet}</span>`
    return html`<tr><td class="name">${row.node}${wallet}</td><td class="left">${base.symbol}/${quote.symbol}</td><td>${number(row.trades, 0)}</td><td>${money(row.bought.quote, quote.decimals)}</td><td>${money(row.sold.quote, quote.decimals)}</td><td>${number(held, Math.abs(held) < 10_000 ? 4 : 0)} ${base.symbol}</td><td>${gain(row.realised.average)}</td><td>${gain(row.realised.fifo)}</td><td>${gain(row.unrealised.average)}</td><td>${number(wholes(row.fees, quote.decimals), 2)}</td><td>${gain(row.net)}</td></tr>`
  })
  return html`<section class="card"><div class="head"><h2>By strategy</h2><p class="soft">${pairs ? `money in ${quote.symbol}, at what it was worth when it was traded` : "money in the pair's quote token"}; fees at the price when they were paid, where the equity counts the SOL they took at its latest</p></div>
<div class="wide"><table><thead><tr><th>Node</th><th class="left">Pair</th><th>Trades</th><th>Bought</th><th>Sold</th><th>Held at the end</th><th>Realised, average</th><th>Realised, FIFO</th><th>Unrealised</th><th>Fees</th><th>Net</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
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
