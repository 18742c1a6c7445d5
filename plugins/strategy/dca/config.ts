import { type Static, Type } from 'typebox'
import { Field } from '../../../core/index.ts'

/** When slots are, and within which limits: what every way of buying by a calendar shares. */
const CALENDAR_FIELDS = {
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
}

const LAST_FIELDS = {
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
}

const PAIR = Field.pair({ description: 'What is bought, and what with, as in `SOL/USDC`; prices of it are needed.' })

export const DCA_CONFIG = Type.Object(
  {
    token: Field.token({ description: 'The token to buy.', examples: ['SOL'] }),
    amount: Field.amount({ description: 'What is spent at each slot, fees apart.', examples: ['10 USDC'] }),
    ...CALENDAR_FIELDS,
    catchUp: Type.Enum(['skip', 'one', 'spread', 'all'], {
      default: 'skip',
      description:
        'What becomes of slots that passed while nothing ran: skip leaves them out, one makes a single purchase for them all, spread adds their amount evenly to the slots that remain, all buys each of them at once.',
    }),
    ...LAST_FIELDS,
  },
  { additionalProperties: false },
)

export const VALUE_CONFIG = Type.Object(
  {
    pair: PAIR,
    amount: Field.amount({
      description: 'By how much the target value grows from slot to slot; the first slot wants this much.',
      examples: ['10 USDC'],
    }),
    growthPercent: Type.Number({
      default: 0,
      minimum: -50,
      maximum: 100,
      description: 'By how much more the target grows each slot, in percent of itself.',
    }),
    maximum: Field.amount({
      description: 'The most that one slot spends, or sells.',
      examples: ['50 USDC'],
    }),
    sells: Type.Boolean({
      default: false,
      description: 'Sells what is beyond the target; without it, such a slot does nothing.',
    }),
    ...CALENDAR_FIELDS,
    ...LAST_FIELDS,
  },
  { additionalProperties: false },
)

export const DIP_CONFIG = Type.Object(
  {
    pair: PAIR,
    amount: Field.amount({
      description: 'What a slot spends while the price is at its reference, fees apart.',
      examples: ['10 USDC'],
    }),
    reference: Field.duration({
      default: '7d',
      description:
        'The reference is the average price, weighted by time: what is so old counts a third. Until it has been watched that long, slots spend the plain amount.',
    }),
    perPercent: Type.Number({
      default: 0.2,
      exclusiveMinimum: 0,
      maximum: 10,
      description: 'For each percent below the reference a slot spends so many times the amount more (above it, less).',
    }),
    most: Type.Number({ default: 3, minimum: 1, maximum: 100, description: 'The most times the amount of one slot.' }),
    least: Type.Number({
      default: 1,
      minimum: 0.01,
      maximum: 1,
      description: 'The least times the amount of one slot; 1 spends the amount also above the reference.',
    }),
    ...CALENDAR_FIELDS,
    catchUp: Type.Enum(['skip', 'one', 'all'], {
      default: 'skip',
      description:
        'What becomes of slots that passed while nothing ran: skip leaves them out, one makes a single purchase for them all, all buys each of them at once; each by the price there is then.',
    }),
    ...LAST_FIELDS,
  },
  { additionalProperties: false },
)

export type DcaConfig = Static<typeof DCA_CONFIG>
export type ValueConfig = Static<typeof VALUE_CONFIG>
export type DipConfig = Static<typeof DIP_CONFIG>
