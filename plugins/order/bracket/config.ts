import { type Static, Type } from 'typebox'
import { Field, type OnPartial, WAITING_FIELDS } from '../../../core/index.ts'

// What stop and target trade is what the entry brought.
const { size, ...FIELDS } = WAITING_FIELDS

const LEVELS = {
  entry: Type.Optional(
    Field.price({ description: 'The price to enter at, or better; absent: at once.', examples: ['150'] }),
  ),
  stop: Type.Optional(
    Type.String({
      description: 'Where what was bought is sold at a loss: so far below the price paid, or a price.',
      examples: ['5%', '140'],
    }),
  ),
  target: Type.Optional(
    Type.String({
      description: 'Where it is sold at a profit: so far above the price paid, or a price.',
      examples: ['10%', '180'],
    }),
  ),
}

/** What the terms of an intent, and of the orders it becomes, may name. */
export const TERMS = Type.Object({ ...LEVELS, size, ...FIELDS }, { additionalProperties: false })

export const CONFIG = Type.Object(
  {
    ...LEVELS,
    onPartial: Type.Unsafe<OnPartial>({
      type: 'string',
      enum: ['cancel', 'shrink'],
      default: 'shrink',
      description: 'What a partial fill of stop or target does to the other: ends it, or leaves it what is left.',
    }),
    ...FIELDS,
  },
  { additionalProperties: false },
)

export type Config = Static<typeof CONFIG>
