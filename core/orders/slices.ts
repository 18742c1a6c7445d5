import type { Random } from '../time/random.ts'

export interface SlicePlan {
  readonly count: number
  /** The whole of it; the last slice comes a step before its end. */
  readonly over_ms: number
  /** Share of a step by which a slice may be early or late, 0 to 1. */
  readonly jitter: number
}

export interface Slice {
  /** From 0. */
  readonly index: number
  readonly units: bigint
  /** Milliseconds after the beginning. */
  readonly after_ms: number
}

/**
 * A trade in parts: equal amounts, what does not divide in the last one; evenly in time, each moved by up to half a step
 * times the jitter, so that nobody can tell when the next one comes. The first is at once. The same stream of randomness
 * gives the same times.
 */
export function slicesOf(units: bigint, plan: SlicePlan, random: Random): readonly Slice[] {
  const each = units / BigInt(plan.count)
  const step_ms = plan.over_ms / plan.count
  return Array.from({ length: plan.count }, (_, index) => {
    const moved = (random.next() - 0.5) * step_ms * plan.jitter
    return {
      index,
      units: index === plan.count - 1 ? units - each * BigInt(plan.count - 1) : each,
      after_ms: index === 0 ? 0 : Math.round(index * step_ms + moved),
    }
  })
}

/** What is late is spread again, never sent together: at least half a step lies between two slices. */
export function gapOf(plan: SlicePlan): number {
  return Math.floor(plan.over_ms / plan.count / 2)
}
