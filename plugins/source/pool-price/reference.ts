import type { PoolCurve } from '../../../core/index.ts'
import { depthOf } from './depth.ts'

/** How long a pool's measured depth is believed. */
const DEPTH_KEPT_MS = 10 * 60_000
/** Nobody brings a pool into line that holds less than so many parts of the deepest: its price means nothing. */
const DEPTH_SHARE_PARTS = 100n
/** Another pool becomes the reference only when it is so much deeper: equals do not take turns. */
const DEEPER_TIMES = 2n

export interface Choice {
  /** Whose price it is; undefined when there is none. */
  readonly reference: PoolCurve | undefined
  /** All that are deep enough to be looked at, the reference among them. */
  readonly deep: readonly PoolCurve[]
}

/** Chooses the pool whose price counts, and keeps to it. */
export class ReferenceChoice {
  readonly #wanted: string | undefined
  readonly #depths = new Map<string, { readonly depth: bigint; readonly at_ms: number }>()
  #chosen: string | undefined

  /** @param wanted the address of the only pool that may be chosen */
  constructor(wanted: string | undefined) {
    this.#wanted = wanted
  }

  /** Which pool was chosen last, as `venue/address`. */
  get chosen(): string | undefined {
    return this.#chosen
  }

  choose(pools: readonly PoolCurve[], now_ms: number): Choice {
    const trading = pools.filter(({ mid }) => mid.input > 0n && mid.output > 0n)
    const ranked = trading
      .map(pool => ({ pool, depth: this.#depthOf(pool, now_ms) }))
      .toSorted((a, b) => (a.depth === b.depth ? (a.pool.id < b.pool.id ? -1 : 1) : a.depth > b.depth ? -1 : 1))
    const deepest = ranked[0]
    const before = ranked.find(({ pool }) => pool.id === this.#chosen)
    const kept = before && deepest && before.depth * DEEPER_TIMES >= deepest.depth ? before : deepest
    const chosen = this.#wanted === undefined ? kept : ranked.find(({ pool }) => pool.address === this.#wanted)
    this.#chosen = chosen?.pool.id ?? this.#chosen
    return {
      reference: chosen?.pool,
      deep: ranked
        .filter(({ pool, depth }) => pool === chosen?.pool || depth * DEPTH_SHARE_PARTS >= (deepest?.depth ?? 0n))
        .map(({ pool }) => pool),
    }
  }

  #depthOf(pool: PoolCurve, now_ms: number): bigint {
    const known = this.#depths.get(pool.id)
    if (known && now_ms - known.at_ms < DEPTH_KEPT_MS) return known.depth
    const depth = depthOf(pool)
    this.#depths.set(pool.id, { depth, at_ms: now_ms })
    return depth
  }
}

export interface Crossing {
  readonly other: PoolCurve
  /** How far the two are apart, in bps of the lower. */
  readonly apartBps: number
  readonly allowedBps: number
}

/** The pool that stands furthest from the reference, beyond both fees and the deviation allowed. */
export function crossingOf(
  reference: PoolCurve,
  pools: readonly PoolCurve[],
  maxDeviationBps: number,
): Crossing | undefined {
  const crossings = pools.flatMap((other): Crossing[] => {
    if (other === reference) return []
    // Both prices over one denominator: nothing is rounded before the comparison.
    const [a, b] = [reference.mid.output * other.mid.input, other.mid.output * reference.mid.input]
    const [low, high] = a < b ? [a, b] : [b, a]
    const allowedBps = reference.feeBps + other.feeBps + maxDeviationBps
    if ((high - low) * 1_000_000n <= low * BigInt(Math.round(allowedBps * 100))) return []
    return [{ other, apartBps: Number(((high - low) * 1_000_000n) / low) / 100, allowedBps }]
  })
  return crossings.toSorted((a, b) => b.apartBps - a.apartBps)[0]
}
