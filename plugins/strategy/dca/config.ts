import { type Static, Type } from 'typebox'
import { Field } from '../../../core/index.ts'

export const DCA_CONFIG = Type.Object(
  {
    token: Field.token({ description: 'The token to buy.', examples: ['SOL'] }),
    amount: Field.amount({ description: 'What is spent at each slot, fees apart.', examples: ['10 USDC'] }),
    interval: Type.Optional(
      Field.duration({ description: 'Time from slot to slot; the first is at start. Either this or cron.' }),
    ),
    cron: Type.Optional(
      Field.cron({
        description: 'When the slots are, in UTC: minute, hour, day, month, weekday. Either this or interval.',
      }),
    ),
    slots: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Number of slots, missed ones included. Endless when absent.' }),
    ),
    budget: Type.Optional(
      Field.amount({
        description: 'The most that is spent in all; the last purchase takes what is left of it.',
        examples: ['120 USDC'],
      }),
    ),
    minPrice: Type.Optional(
      Field.price({ description: 'Below this price, in spent tokens for one bought, a slot is skipped.' }),
    ),
    maxPrice: Type.Optional(
      Field.price({ description: 'Above this price, in spent tokens for one bought, a slot is skipped.' }),
    ),
    start: Type.Optional(
      Field.time({
        description:
          'When the calendar begins; absent, with the first run. Slots between a start in the past and the first run count as missed.',
      }),
    ),
    end: Type.Optional(Field.time({ description: 'No slot comes after this time.' })),
    catchUp: Type.Enum(['skip', 'one', 'spread', 'all'], {
      default: 'skip',
      description:
        'What becomes of slots that passed while nothing ran: skip leaves them out, one makes a single purchase for them all, spread adds their amount evenly to the slots that remain, all buys each of them at once.',
    }),
    grace: Field.duration({
      default: '2m',
      description: 'The latest slot still counts as on time when it is this late, so that a restart misses nothing.',
    }),
    slippageBps: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 5_000,
        description: "The slippage to tolerate, in basis points; absent, the execution's own.",
      }),
    ),
  },
  { additionalProperties: false },
)

export type DcaConfig = Static<typeof DCA_CONFIG>
