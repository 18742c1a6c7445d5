import { type Static, Type } from 'typebox'
import { Field, TIP_MIN_LAMPORTS, TIP_PERCENTILES } from '../../../core/index.ts'

export const BEST_ROUTE_CONFIG = Type.Object(
  {
    venues: Type.Array(Type.String({ minLength: 1 }), {
      default: ['localnet', 'jupiter', 'orca', 'raydium'],
      minItems: 1,
      uniqueItems: true,
      description: 'Execution plugins with a venue, by name. One that is not on the cluster is shown as such.',
    }),
    venueConfig: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
      default: {},
      description: 'Settings of single venues by name, as their own plugins take them.',
    }),
    via: Type.Optional(
      Type.Array(Field.token(), {
        description: "Tokens that a two-hop route may go through; absent, the first four of the cluster's list.",
      }),
    ),
    maxLegs: Type.Integer({
      default: 3,
      minimum: 1,
      maximum: 4,
      description: 'Pools that one trade may be split over.',
    }),
    minSlippageBps: Type.Integer({
      default: 5,
      minimum: 1,
      maximum: 5_000,
      description: 'The least tolerance between quote and fill, in basis points.',
    }),
    maxSlippageBps: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 5_000,
      description:
        'The most tolerance between quote and fill, in basis points. Between the two, depth and movement decide.',
    }),
    priorityFee: Type.Integer({
      default: 10_000,
      minimum: 0,
      description: 'Priority fee in micro-lamports per compute unit.',
    }),
    priorityPercentile: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 99,
        description:
          'Instead of that fee: this percentile of what was paid in recent blocks to write the same accounts.',
      }),
    ),
    maxPriorityFee: Type.Integer({
      default: 1_000_000,
      minimum: 0,
      description: 'The most that a percentile may lead to, in micro-lamports per compute unit.',
    }),
    mev: Type.Union([Type.Literal('off'), Type.Literal('on')], {
      default: 'off',
      description:
        "on: sends through Jito's block engine alone, where the cluster has it, and drops old quotes everywhere.",
    }),
    maxTip: Type.Integer({
      default: 100_000,
      minimum: Number(TIP_MIN_LAMPORTS),
      description: 'The most to tip the block engine for one trade, in lamports.',
    }),
    tipPercentile: Type.Union(
      TIP_PERCENTILES.map(percentile => Type.Literal(percentile)),
      { default: 50, description: 'Which percentile of landed tips to pay.' },
    ),
    quoteAgeMax: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 150,
      description: 'With mev on: a quote older than so many slots is asked anew before anything is signed.',
    }),
    dontFront: Type.Boolean({
      default: true,
      description: 'With mev on: the block engine refuses bundles in which another transaction comes before this one.',
    }),
    sendWhen: Type.Union([Type.Literal('now'), Type.Literal('jito-leader-near')], {
      default: 'now',
      description: 'With mev on: whether to wait a few seconds for a leader that takes bundles, where those are known.',
    }),
    execute: Type.Boolean({
      default: true,
      description: 'Whether to trade the best route. Without, the routes are compared and nothing is sent.',
    }),
    concurrency: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 4_096,
      description: 'How many orders may be on their way at once.',
    }),
  },
  { additionalProperties: false },
)

export type BestRouteConfig = Static<typeof BEST_ROUTE_CONFIG>
