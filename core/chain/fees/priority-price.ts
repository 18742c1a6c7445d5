import { createHash } from 'node:crypto'
import type { RecentFees } from '../../plugin/landing.ts'
import type { Clock } from '../../time/clock.ts'
import type { Rpc } from '../rpc/rpc.ts'

/** A priority fee per compute unit, and how it came about. */
export interface PriorityPrice {
  readonly price_microLamports: bigint
  readonly reason: string
}

/** Addresses in one request. Source: MAX_TX_ACCOUNT_LOCKS of Agave. */
const ADDRESSES_MAX = 128
/** About ten slots: trades of the same moment share an answer. */
const KEEP_MS = 4_000
const KEPT_MAX = 256

/** Prices that follow what was paid of late for the same accounts. */
export class PriorityPrices {
  readonly #rpc: Pick<Rpc, 'recentPrioritizationFees'>
  readonly #clock: Clock
  readonly #kept = new Map<string, { readonly until: number; readonly fees: Promise<readonly bigint[]> }>()

  constructor(rpc: Pick<Rpc, 'recentPrioritizationFees'>, clock: Clock) {
    this.#rpc = rpc
    this.#clock = clock
  }

  /**
   * @param fixed_microLamports the price where no policy is given
   * @param writable accounts that the transaction writes and others write too
   * @throws what `Rpc` throws
   */
  async of(
    fixed_microLamports: bigint,
    policy: RecentFees | undefined,
    writable: readonly string[],
  ): Promise<PriorityPrice> {
    if (!policy) return { price_microLamports: fixed_microLamports, reason: 'as set' }
    return choosePrice(await this.#fees(writable), policy)
  }

  #fees(writable: readonly string[]): Promise<readonly bigint[]> {
    const addresses = [...new Set(writable)].sort().slice(0, ADDRESSES_MAX)
    const key = createHash('sha256').update(addresses.join()).digest('base64')
    const now = this.#clock.now()
    const known = this.#kept.get(key)
    if (known && known.until > now) return known.fees
    const fees = this.#rpc.recentPrioritizationFees(addresses)
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear()
    this.#kept.set(key, { fees, until: now + KEEP_MS })
    // An answer that failed is asked for again.
    fees.catch(() => this.#kept.delete(key))
    return fees
  }
}

/**
 * The percentile of what was paid, by nearest rank, over the blocks in which anything was: the others say that nobody
 * competed, and would only say it again at every percentile.
 */
export function choosePrice(fees: readonly bigint[], { percentile, max_microLamports }: RecentFees): PriorityPrice {
  const paid = fees.filter(fee => fee > 0n).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const blocks = `${paid.length} of the last ${fees.length} blocks`
  const found = paid[Math.ceil((percentile / 100) * paid.length) - 1]
  if (found === undefined)
    return { price_microLamports: 0n, reason: `nobody paid for these accounts in the last ${fees.length} blocks` }
  const isCapped = found > max_microLamports
  return {
    price_microLamports: isCapped ? max_microLamports : found,
    reason: `p${percentile} of what was paid for these accounts in ${blocks} is ${found}${isCapped ? `, capped at ${max_microLamports}` : ''}`,
  }
}
