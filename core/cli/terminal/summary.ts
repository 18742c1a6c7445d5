import type { StrategyProfit } from '../../accounting/strategy-profit.ts'
import type { RunDocument, RunFill } from '../../app/run/run-document.ts'
import { formatUnits } from '../../money/amount.ts'
import { formatPrice, priceOf } from '../../money/price.ts'
import type { Token } from '../../money/token.ts'

type TokenAmount = RunFill['input']

/** What a person wants to know after a run, a line each. */
export function summaryOf(run: RunDocument): string[] {
  const fills = run.mode === 'dry-run' ? run.simulated : run.fills
  const rows: [string, string][] = []
  for (const trades of byPair(fills)) {
    const spent = total(trades.map(fill => fill.input))
    const received = total(trades.map(fill => fill.output))
    const wallet = trades[0]?.wallet
    const by = wallet === undefined ? '' : ` (${wallet})`
    rows.push([`spent${by}`, amountText(spent)], [`received${by}`, amountText(received)])
    if (BigInt(spent.amount) > 0n && BigInt(received.amount) > 0n)
      rows.push(['average price', averagePrice(run.cluster, spent, received)])
  }
  for (const strategy of run.strategies) if (hasClosed(strategy)) rows.push(['profit', profitText(strategy)])
  if (fills.length > 0 || run.failedLandings) rows.push(['costs', costsText(run)])
  if (fills.length > 0) rows.push(['slippage', slippageText(fills)])
  if (run.dataDirectory !== undefined) rows.push(['kept in', run.dataDirectory])
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    headline(run),
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...reasonLines(run),
    ...leftLines(run),
    ...run.warnings.map(text => `  warning: ${text}`),
  ]
}

function headline(run: RunDocument): string {
  const { counts } = run
  const told = (['filled', 'simulated', 'skipped', 'failed', 'expired', 'unresolved'] as const)
    .filter(state => counts[state] > 0)
    .map(state => `${counts[state]} ${state}`)
  const how = { completed: 'Done', interrupted: 'Interrupted', failed: 'Failed' }[run.ended]
  const nothingSent = run.mode === 'dry-run' ? ' (dry run: nothing was sent)' : ''
  return `${how}: ${counts.orders} ${counts.orders === 1 ? 'order' : 'orders'}${told.length > 0 ? `, ${told.join(', ')}` : ''}${nothingSent}.`
}

/** What was left open, and who goes on with it. */
function leftLines({ left, pipeline, orders, dataDirectory, cluster }: RunDocument): string[] {
  const isArmed = (id: string): boolean => orders.some(order => order.id === id && order.state === 'armed')
  const isHere = (id: string): boolean => orders.some(order => order.id === id)
  const ofPeople = pipeline === 'orders'
  const armed = ofPeople ? left.filter(isArmed) : []
  // Of these nothing was heard in this run.
  const besides = ofPeople ? left.filter(id => !isHere(id)) : []
  const others = left.filter(id => !armed.includes(id) && !besides.includes(id))
  const where = dataDirectory === undefined ? '' : ` --data-dir ${dataDirectory}`
  const world = cluster === 'localnet' ? ['    with the --seed, --market and --rpc-url of this run'] : []
  return [
    ...others.map(id => `  left open: order ${id}; a start on the same --data-dir takes it up`),
    ...armed.map(id => `  still armed: order ${id}`),
    ...(besides.length > 0 ? [`  ${besides.length} more as before: sniperforge orders list --open${where}`] : []),
    ...(armed.length > 0 ? [`  to go on watching: sniperforge orders watch${where}`, ...world] : []),
  ]
}

/** Why orders did not fill: a line for each reason, however many they were. What ended the run is told after all this. */
function reasonLines({ error, orders }: RunDocument): string[] {
  const isTold = ({ code, message }: { readonly code: string; readonly message: string }): boolean =>
    error?.code === code && error.message.endsWith(message)
  const told = orders.flatMap(({ isWhole, state, reason }) =>
    reason && !isWhole && !isTold(reason) ? [{ state, reason }] : [],
  )
  return [...Map.groupBy(told, ({ state, reason }) => `${state} ${reason.code} ${reason.message}`).values()].flatMap(
    same => {
      const { state, reason } = same[0]!
      const times = same.length > 1 ? ` (${same.length} orders)` : ''
      return [`  ${state}: ${reason.message}${times}`, ...(reason.remedy === undefined ? [] : [`    ${reason.remedy}`])]
    },
  )
}

/** A strategy that only buys, or only sells, has nothing to tell that the average price does not. */
function hasClosed({ bought, sold }: StrategyProfit): boolean {
  return BigInt(bought.base) > 0n && BigInt(sold.base) > 0n
}

function profitText({ node, net, realised, unrealised, fees, quote }: StrategyProfit): string {
  const money = (units: string): string => `${formatUnits(BigInt(units), quote.decimals)} ${quote.symbol}`
  const open = BigInt(unrealised.average) === 0n ? '' : `, open ${money(unrealised.average)}`
  return `${node} ${money(net)}: closed ${money(realised.average)}${open}, fees ${money(fees)}`
}

/** Of each wallet apart. */
function byPair(fills: readonly RunFill[]): RunFill[][] {
  return [...Map.groupBy(fills, ({ input, output, wallet = '' }) => `${wallet}/${input.mint}/${output.mint}`).values()]
}

function total(amounts: readonly TokenAmount[]): TokenAmount {
  const sum = amounts.reduce((units, { amount }) => units + BigInt(amount), 0n)
  return { ...amounts[0]!, amount: sum.toString() }
}

function amountText({ amount, decimals, symbol }: TokenAmount): string {
  return `${formatUnits(BigInt(amount), decimals)} ${symbol}`
}

/** A dollar token is the quote, whichever way the trade went; else what was paid is. */
function averagePrice(cluster: string, spent: TokenAmount, received: TokenAmount): string {
  const sells = /^USD|USD[A-Z]?$/.test(received.symbol) && !/^USD|USD[A-Z]?$/.test(spent.symbol)
  const [base, quote] = sells ? [spent, received] : [received, spent]
  const pair = { base: tokenOf(cluster, base), quote: tokenOf(cluster, quote) }
  const price = priceOf(
    pair,
    { token: pair.base, units: BigInt(base.amount) },
    { token: pair.quote, units: BigInt(quote.amount) },
    'half-even',
  )
  return `${formatPrice(price)} per ${base.symbol}`
}

function tokenOf(cluster: string, { mint, symbol, decimals }: TokenAmount): Token {
  return { cluster, mint, symbol, decimals, program: 'spl-token' }
}

function costsText(run: RunDocument): string {
  const lamports = (units: string): string => `${formatUnits(BigInt(units), 9)} SOL`
  const { costs } = run
  const parts = [`${lamports(costs.total_lamports)} in fees`]
  if (costs.failed_lamports) parts.push(`of it ${lamports(costs.failed_lamports)} for transactions that failed`)
  if (BigInt(costs.priority_lamports) > 0n) parts.push(`of it ${lamports(costs.priority_lamports)} for priority`)
  if (BigInt(costs.rent_lamports) !== 0n) parts.push(`${lamports(costs.rent_lamports)} in deposits (refundable)`)
  return parts.join(', ')
}

function slippageText(fills: readonly RunFill[]): string {
  const mean = (values: readonly number[]): string =>
    (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2)
  const impacts = fills.flatMap(fill => (fill.priceImpactBps === undefined ? [] : [fill.priceImpactBps]))
  const impact = impacts.length > 0 ? `; price impact as quoted ${mean(impacts)} bps` : ''
  return `${mean(fills.map(fill => fill.slippageBps))} bps against the quotes${impact}`
}
