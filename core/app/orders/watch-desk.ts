import type { ForgeEvent } from '../../events/event.ts'
import { isFinal } from '../../events/report.ts'
import type { Printed } from '../commands/printed.ts'
import { timeText } from '../commands/time-text.ts'
import type { Ground } from '../run/ground.ts'
import type { RunDocument } from '../run/run-document.ts'
import type { RunOptions } from '../run/run-options.ts'
import { seeThrough } from '../run/see-through.ts'
import type { Trading } from '../run/trading.ts'
import { answerRequests } from './answer-request.ts'
import type { RequestHandler } from './ask-or-act.ts'
import { DESK_PIPELINE } from './compose-desk.ts'
import { Desk } from './desk.ts'
import { equipper } from './equip-node.ts'
import { flatten } from './flatten.ts'
import type { KeptPlans } from './kept-plans.ts'
import type { KnownSecrets } from './known-secrets.ts'
import { ASKER } from './order-arrivals.ts'
import { type OrderWish, type PlacedOrder, placeOrder } from './place-order.ts'

/** How long a desk watches: until an order is armed, until that order has ended, or until none is left. */
export type WatchUntil = { readonly kind: 'armed' | 'ended'; readonly wish: OrderWish } | { readonly kind: 'none-left' }

/** Real time between two looks at the live line: at full speed the price moves thousands of times a second. */
const LOOK_EVERY_MS = 40

const NOTHING: Printed = { text: 'No order waits.', document: { document: 'orders-watch', version: 1, orders: 0 } }

/** The deployment that all single orders of a data directory belong to, whatever they are. */
export function deskRequest() {
  const what = { pipeline: DESK_PIPELINE, nodes: [ASKER], fingerprint: DESK_PIPELINE, onChange: 'adopt' } as const
  // Nobody meant an order of a person to spend what a strategy counts on when it goes on.
  return { ...what, ofPeople: true }
}

/**
 * Watches single orders, and takes up what other processes ask meanwhile: new orders, cancellations, panic.
 *
 * @param plans Where `trading` finds what it writes beside each order.
 * @returns how it went; or that there was nothing to watch
 * @throws what is wrong with the order that was wished for
 */
export async function watchDesk(
  ground: Ground,
  trading: Trading,
  plans: KeptPlans,
  until: WatchUntil,
  options: Pick<RunOptions, 'dryRun' | 'drain' | 'abort' | 'output' | 'environment'> & {
    readonly from_ms: number
    /** By which `trading` keeps its log clean of what the nodes are equipped with. */
    readonly secrets: KnownSecrets
    /** Whether what stands in the live line is a line for each price. */
    readonly verbose: boolean
  },
): Promise<RunDocument | Printed> {
  const { connection, registry, cluster } = ground
  const { output, environment, secrets } = options
  const { clock } = connection
  const onEvent = (event: ForgeEvent): void => {
    // The order nodes hear of a price after this.
    if (event.kind === 'price') queueMicrotask(look)
  }
  let last = ''
  let looked_ms = Number.NEGATIVE_INFINITY
  const look = (): void => {
    const wall_ms = clock.wall_ms()
    if (!options.verbose && wall_ms - looked_ms < LOOK_EVERY_MS) return
    looked_ms = wall_ms
    const now = timeText(clock.now())
    const text = statusText(desk)
    output.status(`${text}  ${now.slice(5, 16)}`)
    // A price may be told once more without having moved.
    if (!options.verbose || text === '' || text === last) return
    last = text
    output.line(`${now.replace('T', ' ').slice(0, 19)}Z  ${text}`)
  }
  const equip = equipper({ registry, tokens: cluster.tokens, environment, tell: text => output.line(text), secrets })
  const desk = new Desk({ trading, clock, equip, onEvent }, plans)
  if (until.kind !== 'armed') await desk.takeUp()
  if (until.kind === 'none-left' && desk.isEmpty) return NOTHING
  if (until.kind !== 'none-left') {
    const placed = await placedOrEnded(ground, trading, desk, until.wish, line => output.line(line))
    output.line(armedText(placed))
    if (until.kind === 'armed' || isFinal(placed.report.state)) desk.drain('the order is armed')
    else desk.onEnd(key => key === placed.key && desk.drain('the order has ended'))
  } else {
    const { journal } = trading.deployment
    desk.onEnd(() => journal.orders({ open: true }).length === 0 && desk.drain('no order is left'))
  }
  const running = {
    drain: (reason: string) => desk.drain(reason),
    abort: (reason: string) => desk.abort(reason),
    done: desk.done(),
  }
  return seeThrough(ground, trading, running, { ...options, act: deskHandler(ground, trading, desk) })
}

/** Places the order, and ends the desk when it can not be. */
async function placedOrEnded(
  ground: Ground,
  trading: Trading,
  desk: Desk,
  wish: OrderWish,
  tell: (line: string) => void,
): Promise<PlacedOrder> {
  const { drive } = ground.connection
  try {
    return await drive(placeOrder(ground, trading, desk, wish, tell))
  } catch (thrown) {
    desk.abort('the order was refused')
    if (!desk.isEmpty) await drive(desk.done())
    throw thrown
  }
}

/** What a desk does of what is asked of whoever holds the directory. */
function deskHandler(ground: Ground, trading: Trading, desk: Desk): RequestHandler {
  const others = answerRequests(trading.live, into => flatten(ground, trading, into))
  return async (store, request) => {
    if (request.kind !== 'create') return others(store, request)
    const lines: string[] = []
    const placed = await placeOrder(ground, trading, desk, request.body as OrderWish, line => lines.push(line))
    const { orderId, report } = placed
    return { done: true, text: [...lines, armedText(placed)].join('\n'), detail: { orderId, state: report.state } }
  }
}

function armedText({ orderId, report }: PlacedOrder): string {
  if (report.state !== 'armed') return `order ${orderId}: ${report.state}`
  return `order ${orderId} ${report.atOnce ? 'is taken, and trades at once' : 'is armed'}`
}

/** The price, how far it is from the trigger and its best so far: what matters most comes first. */
function statusText(desk: Desk): string {
  return desk
    .health()
    .filter(text => text !== '')
    .join('  ')
}
