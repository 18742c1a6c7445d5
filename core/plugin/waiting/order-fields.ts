import { type Static, Type } from 'typebox'
import { TRIGGER_SOURCES } from '../../orders/triggers/trigger.ts'
import { Field } from '../fields.ts'

/** What every order that waits for a price is told, by its node or by the intent's own terms. */
const TERMS = {
  pair: Type.Optional(
    Field.pair({
      description: "Whose price it waits for; absent: the intent's own tokens, in dollars where one of them is.",
      examples: ['SOL/USDC'],
    }),
  ),
  source: Type.Unsafe<(typeof TRIGGER_SOURCES)[number]>({
    type: 'string',
    enum: [...TRIGGER_SOURCES],
    default: 'last',
    description:
      'Which price it looks at: the last, the middle, what a sale brings (bid), or what a purchase costs (ask).',
  }),
  confirmPrices: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 32,
    description: 'So many prices in a row must be beyond the trigger before it is believed.',
  }),
  confirmSources: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 8,
    description: 'The latest prices of so many sources must be beyond the trigger before it is believed.',
  }),
  confirmWithin: Field.duration({
    default: '30s',
    description: 'How far apart prices of several sources may be to confirm each other.',
  }),
  size: Type.Optional(
    Field.size({
      description:
        'How much, settled when it fires: a share of what the wallet holds, or an amount of either token. Absent: as the intent says.',
      examples: ['100%', '0.5 SOL', '200 USDC'],
    }),
  ),
  limitOffsetBps: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 5_000,
      description:
        'How far beyond its trigger it may still be traded, in basis points; when the market is worse, it waits again. Absent: at the market.',
    }),
  ),
  expires: Type.Optional(
    Field.duration({ description: 'How long it waits, from when it was armed. Absent: until it is cancelled.' }),
  ),
  slippageBps: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 5_000,
      description: "The slippage to tolerate; absent, the intent's or the execution's own.",
    }),
  ),
  onFailure: Type.Unsafe<'end' | 'rearm'>({
    type: 'string',
    enum: ['end', 'rearm'],
    default: 'end',
    description: 'Whether it ends when the trade fails, or waits again once it is proven that nothing was traded.',
  }),
} as const

/** What the node is told, for all its orders. */
const OF_THE_NODE = {
  staleAfter: Field.duration({
    default: '60s',
    description: 'A price that is older than this when it comes fires nothing.',
  }),
  quietAfter: Field.duration({
    default: '10m',
    description: 'When no price has come for so long, that is said, and what the last one was counts no more.',
  }),
  onRestart: Type.Unsafe<'resume' | 'flatten' | 'hold'>({
    type: 'string',
    enum: ['resume', 'flatten', 'hold'],
    default: 'resume',
    description:
      'What becomes of waiting orders at a start: they go on waiting; they sell at once what they were to sell (and purchases are cancelled); or they fire nothing until they are resumed.',
  }),
} as const

/** The settings that every order plugin with a trigger shares: spread them into its config schema. */
export const WAITING_FIELDS = { ...TERMS, ...OF_THE_NODE }

const NODE_CONFIG = Type.Object(OF_THE_NODE)

/** What a node with waiting orders must be told; what its orders are told may be in their own terms. */
export type WaitingConfig = Static<typeof NODE_CONFIG>

/** Settings that no intent may have of its own. */
export const NODE_ONLY: readonly string[] = Object.keys(OF_THE_NODE)
