import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts'
import { ForgeError } from '../../errors/forge-error.ts'
import type { IntentEvent } from '../../events/event.ts'
import type { Report } from '../../events/report.ts'
import { sameToken } from '../../money/token.ts'
import { tradedPair } from '../../money/traded-pair.ts'
import { parseSize, type Size } from '../../plugin/waiting/size.ts'
import { parseDuration } from '../../time/duration.ts'
import type { Ground } from '../run/ground.ts'
import type { Trading } from '../run/trading.ts'
import { checkBudgets, checkOrder } from './check-order.ts'
import { conditionPairs } from './condition-prices.ts'
import type { Desk } from './desk.ts'
import { ASKER } from './order-arrivals.ts'
import { type OrderLevel, priceText, resolveLevels, trailLevel } from './order-levels.ts'
import type { OrderPlan } from './order-plan.ts'
import { previewOrder } from './preview-order.ts'
import { assertNotStopped } from './stopped.ts'

/** An order that a person asks for; JSON with bigint, so that it can be asked of another process. */
export interface OrderWish {
  readonly type: string
  readonly plan: OrderPlan
  /** As the pipeline gave it; its key and times are settled where it is placed. */
  readonly intent: IntentEvent
  /** Prices by the flag they were given with. */
  readonly levels: Readonly<Record<string, string>>
  /** Whether it is made although it trades at once, or gives more than there is. */
  readonly force: boolean
}

/** An order in the hands of its node. */
export interface PlacedOrder {
  readonly orderId: string
  readonly key: string
  /** The first that was heard of it. */
  readonly report: Report
}

/** How long an order waits on a market that never ends, when nobody says. */
const ENDLESS_MARKET = '90d'

/**
 * Holds an order against price and wallet, says what it will do, and has it armed by its node. Whatever is wrong is told
 * before anything has changed.
 *
 * @throws TRADING_STOPPED, ORDER_WRONG_SIDE, ORDER_TOO_LARGE, ORDER_PRICE_MISSING, TERMS_INVALID and what else the
 *   order's node says of its terms
 */
export async function placeOrder(
  ground: Ground,
  trading: Trading,
  desk: Desk,
  wish: OrderWish,
  tell: (line: string) => void,
): Promise<PlacedOrder> {
  assertNotStopped(ground)
  const { connection, cluster } = ground
  const { plan, levels, type } = wish
  const { input, output } = wish.intent
  await desk.prepare(plan)
  const pair = tradedPair(input, output)
  const price = await desk.priceOf(pair)
  // What never has a price would be waited for in vain.
  for (const other of conditionPairs(wish.intent.terms?.['when'], cluster.tokens)) await desk.priceOf(other)
  const sells = sameToken(pair.base, input)
  const resolved = resolveLevels({ type, levels, price, sells })
  const terms = termsOf(wish, resolved, connection.isEmbedded)
  const trail =
    terms['offset'] === undefined ? [] : [trailLevel(String(terms['offset']), price, levels['activate'], sells)]
  const { trader } = trading.purses[0]
  const free = await trader.sellable(input, output)
  const sellable = { token: input, units: await trader.holdingsOf(ASKER).sellable(input, output) }
  const { amount } = wish.intent
  const size: Size =
    amount.units > 0n
      ? { kind: 'amount', amount }
      : parseSize(String(terms['size'] ?? '100%'), cluster.tokens, input, output)
  const proposed = { type, levels: [...resolved, ...trail], size, sellable, price }
  // No force helps here: the trader would refuse it.
  if (sellable.units < free) checkBudgets(proposed, free, trader.claimedFrom(ASKER, input))
  if (!wish.force) checkOrder(proposed)
  const now = connection.clock.now()
  const expiresAt = terms['expires'] === undefined ? undefined : now + parseDuration(String(terms['expires']))
  const numberOf = (name: string): number | undefined => terms[name] as number | undefined
  const isEndless = terms['expires'] !== undefined && wish.intent.terms?.['expires'] === undefined
  const details = {
    terms,
    isEndless,
    expiresAt,
    worstBps: numberOf('limitOffsetBps'),
    slippageBps: numberOf('slippageBps'),
  }
  for (const line of previewOrder(proposed, details)) tell(line)
  const intent: IntentEvent = {
    ...wish.intent,
    terms,
    at: now,
    key: desk.nextKey(type),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
  const report = await desk.add(plan, intent)
  if (report.state === 'failed' || report.state === 'skipped' || report.state === 'expired') throw refusal(report)
  return { orderId: report.orderId, key: intent.key, report }
}

/**
 * The terms of an order as they are settled when it is made: the distances of an OCO are prices then, and an order on a
 * market that goes on for ever has an end, since who starts one wants to see it.
 */
function termsOf(
  { type, intent }: OrderWish,
  levels: readonly OrderLevel[],
  isEndless: boolean,
): Readonly<Record<string, unknown>> {
  const { terms = {} } = intent
  const waits = isEndless && type !== 'market' && type !== 'twap'
  const prices = type === 'oco' ? levels.map(({ name, price }) => [name, priceText(price)]) : []
  return {
    ...terms,
    ...Object.fromEntries(prices),
    ...(waits && terms['expires'] === undefined && { expires: ENDLESS_MARKET }),
  }
}

/** Why the node did not take it, or what became of it at once. */
function refusal(report: Extract<Report, { state: 'failed' | 'skipped' | 'expired' }>): ForgeError {
  const { code, message, remedy } = report.reason
  const known = (code in ERROR_CODES ? code : 'NODE_FAILED') as ErrorCode
  return new ForgeError(known, { message, ...(remedy === undefined ? {} : { remedy }) })
}
