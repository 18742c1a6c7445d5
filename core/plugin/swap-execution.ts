import { type Static, Type } from 'typebox'
import type { PluginContext, PluginInstance } from './contract.ts'
import type { Venue } from './venue.ts'

/** The settings that every execution plugin with a venue shares: spread them into its config schema. */
export const SWAP_FIELDS = {
  slippageBps: Type.Integer({
    default: 50,
    minimum: 1,
    maximum: 5_000,
    description: 'How much less than quoted the transaction accepts, in basis points, where the intent does not say.',
  }),
  priorityFee: Type.Integer({
    default: 10_000,
    minimum: 0,
    description: 'Priority fee in micro-lamports per compute unit.',
  }),
  concurrency: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 4_096,
    description: 'How many orders may be on their way at once.',
  }),
}

const SWAP_CONFIG = Type.Object(SWAP_FIELDS)

/** An execution node that trades every intent through one venue, each key in its order. */
export function swapExecution(context: PluginContext<Static<typeof SWAP_CONFIG>>, venue: Venue): PluginInstance {
  const { config, services } = context
  return {
    concurrency: config.concurrency,
    concurrencyKey: event => (event.kind === 'intent' ? `${event.node}/${event.key}` : ''),
    process: event =>
      event.kind === 'intent'
        ? services.trader.trade(event, venue, {
            onReport: report => context.report(report),
            slippageBps: config.slippageBps,
            priorityFee_microLamports: BigInt(config.priorityFee),
          })
        : undefined,
  }
}
