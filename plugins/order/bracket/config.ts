import { type Static, Type } from 'typebox'
import { type OnPartial, WAITING_FIELDS } from '../../../core/index.ts'

// What the legs trade is what the entry brought.
const { size: _size, ...LEG_FIELDS } = WAITING_FIELDS

const LEVELS = {
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

/** What a leg's terms may name. */
export const LEGS = Type.Object({ ...LEVELS, ...LEG_FIELDS }, { additionalProperties: false })

export const CONFIG = Type.Object(
  {
    ...LEVELS,
    onPartial: Type.Unsafe<OnPartial>({
      type: 'string',
      enum: ['cancel', 'shrink'],
      default: 'shrink',
      description: 'What a partial fill of stop or target does to the other: ends it, or leaves it what is left.',
    }),
    ...LEG_FIELDS,
  },
  { additionalProperties: false },
)

export type Config = Static<typeof CONFIG>
