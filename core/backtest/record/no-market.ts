import { SetAside } from '../../plugin/set-aside.ts'
import type { Quote } from '../../plugin/venue.ts'

/** Of who fills orders from a record: there is no market to ask for a price, and no wallet that is counted. */
export const noMarket = {
  model: { name: 'record' as const, glance: (): Quote | undefined => undefined },
  wallet: { aside: new SetAside(), give: (): void => undefined, sellable: (): bigint => 0n, units: (): bigint => 0n },
}
