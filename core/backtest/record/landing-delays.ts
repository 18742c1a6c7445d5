import type { Fill } from '../../events/report.ts'
import type { LandsAfter } from '../fills/fill-model.ts'
import { type RunTrace, tradeId } from './compare-runs.ts'

/** How long the trades of a run took to land, in slots from the one whose state was quoted to the one they landed in. */
export interface LandingDelays {
  /** What a trade of that run took; of one that it did not have, what most of them took. */
  readonly of: LandsAfter
  readonly least: number
  readonly most: number
}

/** As its fills tell; undefined where none does: nothing was traded, or no quote named its slot. */
export function landingDelays(trace: Pick<RunTrace, 'fills'>): LandingDelays | undefined {
  const known = new Map<string, number>()
  for (const [id, fill] of trace.fills) {
    const slots = slotsOf(fill)
    if (slots !== undefined) known.set(id, slots)
  }
  const sorted = [...known.values()].sort((a, b) => a - b)
  const [least, most] = [sorted[0], sorted.at(-1)]
  if (least === undefined || most === undefined) return undefined
  const usual = sorted[sorted.length >> 1]!
  return { of: ({ node, key }) => known.get(tradeId(node, key)) ?? usual, least, most }
}

/** A load-balanced endpoint may quote a slot that is newer than the landing: then it landed at once. */
function slotsOf({ promised, slot }: Fill): number | undefined {
  return promised?.slot === undefined ? undefined : Math.max(0, slot - promised.slot)
}
