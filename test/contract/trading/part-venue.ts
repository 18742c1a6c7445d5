import type { Venue } from '../../../core/plugin/venue.ts'

/** A venue that takes no more than so many units of the input at once. */
export function quotingAtMost(units: bigint, venue: Venue): Venue {
  return {
    name: venue.name,
    plan: (...given) => venue.plan(...given),
    quote: (request, signal) => {
      const { token, units: asked } = request.amount
      return venue.quote({ ...request, amount: { token, units: asked < units ? asked : units } }, signal)
    },
  }
}
