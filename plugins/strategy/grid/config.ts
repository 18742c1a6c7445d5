import { type Static, Type } from 'typebox'
import { Field } from '../../../core/index.ts'

export const GRID_CONFIG = Type.Object(
  {
    pair: Field.pair({ description: 'What is traded, as in `SOL/USDC`: bought with and sold for the quote token.' }),
    budget: Field.amount({
      description: 'The most quote that is ever in the grid, shared evenly by its levels; profit is put aside.',
      examples: ['1000 USDC'],
    }),
    lower: Type.Optional(
      Field.price({ description: 'The lowest price that is bought at. With upper; or rangePercent.' }),
    ),
    upper: Type.Optional(
      Field.price({ description: 'The highest price that is sold at. With lower; or rangePercent.' }),
    ),
    rangePercent: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        exclusiveMaximum: 100,
        description:
          'How far the grid reaches below and above the first price, in percent; in place of lower and upper.',
      }),
    ),
    spacing: Type.Enum(['arithmetic', 'geometric'], {
      default: 'geometric',
      description: 'arithmetic: every step is the same in price; geometric: the same in percent.',
    }),
    levels: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 500,
        description:
          'Number of levels; each buys at its price and sells one step above. Without it and stepBps there are as many as minimumSize and minimumSpreadBps allow.',
      }),
    ),
    stepBps: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'The least step from level to level in basis points (arithmetic: of the middle of the range), in place of levels.',
      }),
    ),
    minimumSize: Type.Optional(
      Field.amount({
        description: 'The least quote of one level; absent, so much that network fees are at most 10 bps of it.',
        examples: ['5 USDC'],
      }),
    ),
    minimumSpreadBps: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'The least step where the number of levels is left open, in basis points; absent, twice what a round trip costs.',
      }),
    ),
    feeBps: Type.Number({
      default: 30,
      minimum: 0,
      maximum: 2_000,
      description:
        'What one trade is assumed to lose to pool fees and price impact, in basis points, where no venue is asked (quoteFrom).',
    }),
    quoteFrom: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Execution plugin that is asked at the start what a trade of one level loses, as in `jupiter`; in place of feeBps.',
      }),
    ),
    slippageBps: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 1_000,
      description: 'The slippage that a trade tolerates, in basis points; it counts as a cost of each.',
    }),
    networkFee: Field.amount({
      default: '0.00001 SOL',
      description:
        'What one trade is assumed to pay for base and priority fee, in SOL; in the quote token for a pair without SOL.',
    }),
    maxOpenOrders: Type.Integer({
      default: 8,
      minimum: 1,
      maximum: 256,
      description: 'How many orders may be on their way at once; the levels nearest to the price come first.',
    }),
    startWith: Type.Enum(['inventory', 'buys'], {
      default: 'inventory',
      description:
        'inventory: buys at the start what the levels above the price will sell; buys: those levels wait until the price has been above them.',
    }),
    outOfRange: Type.Enum(['hold', 'stop', 'recentre'], {
      default: 'hold',
      description:
        'When the price leaves the grid: hold waits for it to return, stop ends the grid, recentre builds a new one around the price.',
    }),
    recentreAfter: Field.duration({
      default: '15m',
      description: 'How long the price must have been outside before the grid is built anew.',
    }),
    atEnd: Type.Enum(['keep', 'sell'], {
      default: 'keep',
      description: 'What becomes of base that is left when the grid ends: it is kept, or sold at the price there is.',
    }),
    onRestart: Type.Enum(['resume', 'flatten', 'hold'], {
      default: 'resume',
      description:
        'What becomes of a grid that an earlier run left at work: resume goes on with it, flatten sells its base at once and ends it, hold trades nothing and leaves it as it is until it is started with another choice.',
    }),
    duration: Type.Optional(Field.duration({ description: 'The grid ends so long after its first run began.' })),
    end: Type.Optional(Field.time({ description: 'The grid ends at this time.' })),
  },
  { additionalProperties: false },
)

export type GridConfig = Static<typeof GRID_CONFIG>
