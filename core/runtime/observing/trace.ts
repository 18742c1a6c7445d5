import type { ForgeEvent } from '../../events/event.ts'
import type { Logger } from '../../plugin/contract.ts'

/** One line of the debug log for an event that a node gave or, at a sink, took. */
export function traceEvent(log: Logger, node: string, event: ForgeEvent): void {
  switch (event.kind) {
    case 'intent':
      log.debug('intent', { node, key: event.key })
      return
    case 'report':
      log.debug(`report: ${event.state}`, { node, key: event.key, order: event.orderId })
      return
    default:
      log.debug(event.kind, { node })
  }
}
