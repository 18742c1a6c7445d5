import type { RouteOptions } from '../../../core/index.ts'
import type { BestRouteConfig } from './config.ts'

/** What the settings say of priority fee and protection: the same for comparing and for trading. */
export function landingOf(
  config: BestRouteConfig,
): Pick<RouteOptions, 'priorityFee_microLamports' | 'recentFees' | 'protection'> {
  const {
    priorityFee,
    priorityPercentile,
    maxPriorityFee,
    mev,
    maxTip,
    tipPercentile,
    quoteAgeMax,
    dontFront,
    sendWhen,
  } = config
  return {
    priorityFee_microLamports: BigInt(priorityFee),
    ...(priorityPercentile !== undefined && {
      recentFees: { percentile: priorityPercentile, max_microLamports: BigInt(maxPriorityFee) },
    }),
    protection: {
      mode: mev,
      maxTip_lamports: BigInt(maxTip),
      tipPercentile,
      quoteAgeMax_slots: quoteAgeMax,
      dontFront,
      sendWhen,
    },
  }
}
