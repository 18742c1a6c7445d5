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
import type { Trading } from '../run/trading.ts'

const PLACE = { file: 'panic', line: 1, column: 1 }

/**
 * Sells all that the wallet holds into one token, but for the SOL reserve: although all trading is stopped, since to get
 * out is what it was stopped for. What no list of tokens knows stays.
 *
 * @throws TOKEN_UNKNOWN for the token to receive
 */
export async function flatten(ground: Ground, trading: Trading, into: string): Promise<Answer> {
  const { cluster, connection } = ground
  const output = cluster.tokens.find(into)
  const { holdings, unknown } = await sellables(ground, trading, output)
  const reports: Report[] = []
  if (holdings.length > 0) {
    const at = connection.clock.now()
    const pipeline = salesOf(
      ground,
      holdings.map(amount => saleOf(amount, output, at)),
    )
    const see = (_node: string, event: ForgeEvent): void => {
      if (event.kind === 'report' && isFinal((event as Report).state)) reports.push(event as Report)
    }
    const run = await trading.start(pipeline, see, { evenStopped: true })
    const { errors } = await run.done
    if (errors[0]) throw errors[0].error
  }
  const unsold = holdings.filter(
    ({ token }) => !reports.some(({ input, state }) => state === 'filled' && sameToken(input, token)),
  )
  const lines = [
    ...reports.map(soldText),
    ...unknown.map(mint => `${mint} is in no list of tokens: it stays in the wallet`),
    ...(holdings.length === 0 ? [`nothing to sell: the wallet holds ${output.symbol} and the SOL reserve`] : []),
  ]
  return {
    done: unsold.length === 0,
    text: lines.join('\n'),
    detail: { unsold: unsold.map(({ token }) => token.mint) },
  }
}

/** What can be sold, and the mints that nobody has told us of. */
async function sellables(
  { cluster }: Ground,
  trading: Trading,
  output: Token,
): Promise<{ readonly holdings: readonly Amount[]; readonly unknown: readonly string[] }> {
  const held = (await trading.portfolio()).tokens.filter(({ amount, mint }) => amount !== '0' && mint !== SOL_MINT)
  const known = cluster.tokens.tokens.filter(({ mint }) => mint === SOL_MINT || held.some(each => each.mint === mint))
  const holdings: Amount[] = []
  for (const token of known) {
    if (sameToken(token, output)) continue
    const units = await trading.trader.sellable(token, output)
    if (units > 0n) holdings.push({ token, units })
  }
  const unknown = held.map(({ mint }) => mint).filter(mint => !known.some(token => token.mint === mint))
  return { holdings, unknown }
}

function saleOf(amount: Amount, output: Token, at: number): IntentEvent {
  const { token: input } = amount
  const key = `${new Date(at).toISOString()} ${input.symbol}`
  return { kind: 'intent', at, key, node: 'panic', input, output, amount, exact: 'in', reason: 'panic: all is sold' }
}

/** A pipeline that makes these sales, by Jupiter where there is one, else by the best route. */
function salesOf({ connection, registry, cluster }: Ground, sales: readonly IntentEvent[]): BoundPipeline {
  const left = [...sales]
  const asker = definePlugin({
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
  const plugin = (kind: 'execution' | 'sink', name: string): AnyPlugin => {
    const found = registry.find(kind, name)?.definition
    if (found) return found
    throw new ForgeError('PLUGIN_UNKNOWN', { message: `the ${kind} plugin "${name}" is not installed` })
  }
  const swap = plugin('execution', connection.jupiterUrl === undefined ? 'best-route' : 'jupiter')
  const node = (id: string, definition: AnyPlugin, from: readonly string[]): BoundNode => ({
    id,
    kind: definition.kind,
    plugin: definition,
    config: checkedConfig(definition, {}, cluster.tokens, id),
    from,
    onError: { action: definition.kind === 'sink' ? 'skip' : 'stop' },
    place: PLACE,
  })
  return {
    name: 'panic',
    summary: 'Sells all that a wallet holds.',
    file: 'panic',
    params: {},
    nodes: [
      node('panic', asker, []),
      node('panic-swap', swap, ['panic']),
      node('panic-history', plugin('sink', 'history'), ['panic-swap']),
      node('panic-out', plugin('sink', 'console'), ['panic-swap']),
    ],
  }
}

function soldText(report: Report): string {
  if (report.state === 'filled')
    return `sold ${formatAmount(report.fill.input)} for ${formatAmount(report.fill.output)}`
  const why = 'reason' in report ? report.reason.message : report.state
  return `${report.input.symbol} was not sold: ${why}`
}
