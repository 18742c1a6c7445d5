import type { TObject } from 'typebox'
import type { PluginContext, PluginInstance } from '../contract.ts'
import type { LinkedOptions, LinkedOrders } from './linked-orders.ts'
import type { WaitingConfig } from './order-fields.ts'
import type { Wait, WaitContext } from './terms.ts'

/** What an order plugin with a trigger takes, gives and needs: spread it into its definition. */
export const WAITING_NODE = {
  takes: ['intent', 'price'],
  gives: ['intent', 'report', 'notice'],
  needs: ['tokens', 'desk', 'holdings'],
} as const

/**
 * An order node: it arms every intent in the journal, watches prices, and gives an intent on when its trigger holds,
 * under the key it had. Orders of earlier runs are taken up with their marks. One node holds thousands.
 *
 * @param schema of the plugin's config: what an intent's own terms may name
 * @param waitsFor what an order of these terms waits for; throws TERMS_INVALID, TRIGGER_INVALID, PRICE_INVALID
 *
 * @example
 * setup: context => waitingOrders(context, CONFIG, ({ price, side }) => ({
 *   trigger: { kind: side === 'sell' ? 'at-or-below' : 'at-or-above', price: price('trigger') },
 * }))
 */
export async function waitingOrders(
  context: PluginContext<WaitingConfig>,
  schema: TObject,
  waitsFor: (context: WaitContext) => Wait,
): Promise<PluginInstance> {
  const { WaitingOrders } = await context.clock.holdWhile('import', () => import('./waiting-orders.ts'))
  const node = new WaitingOrders(context, Object.keys(schema.properties), waitsFor)
  return {
    process: event => node.process(event),
    events: node.events,
    onReport: report => node.onReport(report),
    onIntentsEnd: () => node.onIntentsEnd(),
    onInputEnd: () => node.onInputEnd(),
    health: () => node.health(),
    dispose: () => node.stop(),
  }
}

/**
 * The same for groups of orders of which exactly one trades: the node arms an intent's legs itself, by name, and each
 * leg's terms have its name as `leg`.
 */
export async function linkedOrders(options: LinkedOptions): Promise<LinkedOrders> {
  const module = await options.context.clock.holdWhile('import', () => import('./linked-orders.ts'))
  return new module.LinkedOrders(options)
}
