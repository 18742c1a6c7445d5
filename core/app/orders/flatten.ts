import { Type } from 'typebox'
import type { BoundNode, BoundPipeline } from '../../config/bound-pipeline.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import { isFinal, type Report } from '../../events/report.ts'
import { type Amount, formatAmount } from '../../money/amount.ts'
import { SOL_MINT, sameToken, type Token } from '../../money/token.ts'
import { type AnyPlugin, definePlugin } from '../../plugin/contract.ts'
import type { Answer } from '../../store/directory/requests.ts'
import { checkedConfig } from '../run/checked-config.ts'
import type { Ground } from '../run/ground.ts'
import type { Purse } from '../run/purse.ts'
import type { Trading } from '../run/trading.ts'
import { untouchedWallets } from './untouched-wallets.ts'

const PLACE = { file: 'panic', line: 1, column: 1 }

/** What is sold of one wallet. */
interface Sales {
  readonly purse: Purse
  /** The node that wants it. */
  readonly node: string
  readonly holdings: readonly Amount[]
  /** Mints that nobody has told us of. */
  readonly unknown: readonly string[]
}

/**
 * Sells all that the run's wallets hold into one token, but for the SOL reserve: although all trading is stopped, since to
 * get out is what it was stopped for. What no list of tokens knows stays. Of other wallets that were traded with here, it
 * is told what they still hold, and how to sell that.
 *
 * @param missing why a wallet's key could not be had, by its address; absent when nobody looked for it
 * @throws TOKEN_UNKNOWN for the token to receive
 */
export async function flatten(
  ground: Ground,
  trading: Trading,
  into: string,
  missing?: ReadonlyMap<string, string>,
): Promise<Answer> {
  const { cluster, connection } = ground
  const output = cluster.tokens.find(into)
  const all: Sales[] = []
  for (const purse of trading.purses) all.push(await salesOf(ground, purse, output))
  // A report passes several nodes.
  const ended = new Map<string, Report>()
  if (all.some(({ holdings }) => holdings.length > 0)) {
    const see = (_node: string, event: ForgeEvent): void => {
      if (event.kind !== 'report') return
      const report = event as Report
      if (isFinal(report.state)) ended.set(report.orderId, report)
    }
    const pipeline = pipelineOf(ground, all, output, connection.clock.now())
    const run = await trading.start(pipeline, see, { evenStopped: true })
    const { errors } = await run.done
    if (errors[0]) throw errors[0].error
  }
  const answers = all.map(sales => {
    const own = [...ended.values()].filter(({ node }) => node === sales.node)
    const unsold = sales.holdings.filter(
      ({ token }) => !own.some(report => sameToken(report.input, token) && isSold(report)),
    )
    const lines = [
      ...own.map(soldText),
      ...sales.unknown.map(mint => `${mint} is in no list of tokens: it stays in the wallet`),
      ...(sales.holdings.length === 0
        ? [`nothing to sell: the wallet holds ${output.symbol} and the SOL reserve`]
        : []),
    ]
    const { name } = sales.purse
    return { unsold, lines: name === undefined ? lines : lines.map(line => `${name}: ${line}`) }
  })
  const unsold = answers.flatMap(each => each.unsold)
  const untouched = await untouchedWallets(ground, trading, output, missing)
  return {
    done: unsold.length === 0 && untouched.length === 0,
    text: [...answers.flatMap(({ lines }) => lines), ...untouched.map(({ line }) => line)].join('\n'),
    detail: {
      unsold: unsold.map(({ token }) => token.mint),
      ...(untouched.length > 0 && { untouched: untouched.map(({ wallet }) => wallet) }),
    },
  }
}

/** What a wallet has that can be sold. */
async function salesOf({ cluster }: Ground, purse: Purse, output: Token): Promise<Sales> {
  const held = (await purse.portfolio()).tokens.filter(({ amount, mint }) => amount !== '0' && mint !== SOL_MINT)
  const known = cluster.tokens.tokens.filter(({ mint }) => mint === SOL_MINT || held.some(each => each.mint === mint))
  const holdings: Amount[] = []
  for (const token of known) {
    if (sameToken(token, output)) continue
    const units = await purse.trader.sellable(token, output)
    if (units > 0n) holdings.push({ token, units })
  }
  const unknown = held.map(({ mint }) => mint).filter(mint => !known.some(token => token.mint === mint))
  return { purse, node: purse.name === undefined ? 'panic' : `panic-${purse.name}`, holdings, unknown }
}

function saleOf(node: string, amount: Amount, output: Token, at: number): IntentEvent {
  const { token: input } = amount
  const key = `${new Date(at).toISOString()} ${input.symbol}`
  return { kind: 'intent', at, key, node, input, output, amount, exact: 'in', reason: 'panic: all is sold' }
}

/** A pipeline that makes these sales, by Jupiter where there is one, else by the best route. */
function pipelineOf(
  { connection, registry, cluster }: Ground,
  all: readonly Sales[],
  output: Token,
  at: number,
): BoundPipeline {
  const plugin = (kind: 'execution' | 'sink', name: string): AnyPlugin => {
    const found = registry.find(kind, name)?.definition
    if (found) return found
    throw new ForgeError('PLUGIN_UNKNOWN', { message: `the ${kind} plugin "${name}" is not installed` })
  }
  const swap = plugin('execution', connection.jupiterUrl === undefined ? 'best-route' : 'jupiter')
  const node = (id: string, definition: AnyPlugin, from: readonly string[], wallet?: string): BoundNode => ({
    id,
    kind: definition.kind,
    plugin: definition,
    config: checkedConfig(definition, {}, cluster.tokens, id),
    from,
    ...(wallet !== undefined && { wallet }),
    onError: { action: definition.kind === 'sink' ? 'skip' : 'stop' },
    place: PLACE,
  })
  const trading = all.filter(({ holdings }) => holdings.length > 0)
  const swaps = trading.map(each => `${each.node}-swap`)
  return {
    name: 'panic',
    summary: 'Sells all that a wallet holds.',
    file: 'panic',
    params: {},
    nodes: [
      ...trading.flatMap(({ purse, node: id, holdings }) => {
        const asker = askerOf(holdings.map(amount => saleOf(id, amount, output, at)))
        return [node(id, asker, [], purse.name), node(`${id}-swap`, swap, [id], purse.name)]
      }),
      node('panic-history', plugin('sink', 'history'), swaps),
      node('panic-out', plugin('sink', 'console'), swaps),
    ],
  }
}

function askerOf(sales: readonly IntentEvent[]): AnyPlugin {
  const left = [...sales]
  return definePlugin({
    kind: 'strategy',
    name: 'panic-sales',
    api: 1,
    summary: 'Sells all that a wallet holds.',
    config: Type.Object({}),
    takes: [],
    gives: ['intent'],
    examples: [],
    setup: () => ({ pull: () => left.shift() }),
  })
}

/** Whether all of it was: a fill has a reason when something was left. */
function isSold(report: Report): boolean {
  return report.state === 'filled' && report.reason === undefined
}

function soldText(report: Report): string {
  if (report.state === 'filled') {
    const left = report.reason ? `; ${report.reason.message}` : ''
    return `sold ${formatAmount(report.fill.input)} for ${formatAmount(report.fill.output)}${left}`
  }
  const why = 'reason' in report ? report.reason.message : report.state
  return `${report.input.symbol} was not sold: ${why}`
}
