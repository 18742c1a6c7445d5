import type { PriceEvent } from '../../../../core/index.ts'
import type { Slot } from '../calendar.ts'
import type { Ledger } from '../ledger.ts'

/** What a slot wants done, in base units of what goes in. */
export type Wanted =
  | { readonly side: 'buy' | 'sell'; readonly units: bigint; readonly why?: string }
  /** Nothing, for a reason that is told. */
  | { readonly side: 'none'; readonly why: string }
  /** It can not be said yet: a price, or the end of an order, is missing. */
  | 'wait'

/** How much a slot trades. */
export interface Sizing {
  /** Prices of the pair, where they matter. */
  onPrice?(event: PriceEvent): void
  /** @param extra base units that slots which were missed add to this one */
  size(slot: Slot, ledger: Ledger, extra: bigint): Wanted
  /** Whether slots may sell, so that a budget that is spent is no end. */
  readonly sells?: boolean
  /** For people: what it goes by. */
  detail?(): string
}

/** The same at every slot. */
export function fixedSize(amount_units: bigint): Sizing {
  return { size: (_slot, _ledger, extra) => ({ side: 'buy', units: amount_units + extra }) }
}
