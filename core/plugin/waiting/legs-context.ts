import type { PluginContext } from '../contract.ts'
import type { OrderRequest } from '../order-desk.ts'
import type { WaitingConfig } from './order-fields.ts'

/** The world as the waiting orders of linked ones see it: only legs are theirs, and what people ask comes by the groups. */
export function legsContext(
  context: PluginContext<WaitingConfig>,
  on: {
    /** Told how the waiting orders are asked something. */
    readonly listen: (ask: (request: OrderRequest) => void) => void
    /** No leg waits any more. */
    readonly finish: () => void
  },
): PluginContext<WaitingConfig> {
  const desk = {
    ...context.services.desk,
    open: () => context.services.desk.open().filter(({ arming }) => !arming?.isWhole),
    onRequest: (ask: (request: OrderRequest) => void) => {
      on.listen(ask)
      return () => undefined
    },
  }
  const services = new Proxy(context.services, {
    get: (target, name, receiver) => (name === 'desk' ? desk : Reflect.get(target, name, receiver)),
  })
  return { ...context, services, finish: on.finish }
}
