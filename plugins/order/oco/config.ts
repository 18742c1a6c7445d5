import { type Static, Type } from 'typebox'
import { Field, type OnPartial, WAITING_FIELDS } from '../../../core/index.ts'

/** What an intent may say of its own. */
export const LEGS = Type.Object(
  {
    stop: Type.Optional(
      Field.price({
        description: 'Sells at or below this price; a purchase is made at or above it.',
        examples: ['140'],
      }),
    ),
    target: Type.Optional(
      Field.price({
        description: 'Sells at or above this price; a purchase is made at or below it.',
        examples: ['180'],
      }),
    ),
    ...WAITING_FIELDS,
  },
  { additionalProperties: false },
)

export const CONFIG = Type.Object(
  {
    ...LEGS.properties,
    onPartial: Type.Unsafe<OnPartial>({
      type: 'string',
      enum: ['cancel', 'shrink'],
      default: 'cancel',
      description: 'What a partial fill of one does to the other: ends it (OCO), or leaves it what is left (OUO).',
    }),
  },
  { additionalProperties: false },
)

export type Config = Static<typeof CONFIG>
