import { gapOf, type Random, type SlicePlan, slicesOf } from '../../../core/index.ts'

/**
 * When the slices of one order are due. What is late is spread evenly over the time that is left, never closer than half
 * an interval: after a night asleep nothing is sent together.
 */
export class SliceSchedule {
  readonly plan: SlicePlan
  readonly #begun: number
  readonly #planned: readonly number[]
  #spread: { readonly from: number; readonly at: number; readonly step_ms: number } | undefined
  #last = Number.NEGATIVE_INFINITY

  /** @param random the same stream gives the same times */
  constructor(begun: number, plan: SlicePlan, random: Random) {
    this.plan = plan
    this.#begun = begun
    // Only the times: how much a slice takes is known when it is due.
    this.#planned = slicesOf(BigInt(plan.count), plan, random).map(({ after_ms }) => begun + after_ms)
  }

  /** When slice `index` (from 0) is to be given; not before now. */
  dueAt(index: number, now: number): number {
    const gap = gapOf(this.plan)
    const soonest = Math.max(this.#plannedAt(index), this.#last + gap)
    if (soonest >= now) return soonest
    const left_ms = Math.max(0, this.#begun + this.plan.over_ms - now)
    const step_ms = Math.max(gap, Math.floor(left_ms / (this.plan.count - index)))
    this.#spread = { from: index, at: Math.max(now, this.#last + gap), step_ms }
    return this.#spread.at
  }

  given(at: number): void {
    this.#last = at
  }

  #plannedAt(index: number): number {
    const spread = this.#spread
    return spread ? spread.at + (index - spread.from) * spread.step_ms : this.#planned[index]!
  }
}
