import { type Static, Type } from 'typebox'
import { Field } from '../../../core/index.ts'

export const CANDLES_CONFIG = Type.Object(
  {
    interval: Field.duration({
      default: '5m',
      description:
        'How long a bar is: a part of a day that goes into it evenly, so that bars begin alike each day (UTC).',
    }),
    gaps: Type.Enum(['skip', 'flat'], {
      default: 'skip',
      description:
        'What becomes of an interval without a price: skip gives no bar, flat gives one that stands at the close before it.',
    }),
    origin: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Only prices of this origin, or of a venue, as in `orca`. Absent: all prices of a pair are one market.',
      }),
    ),
  },
  { additionalProperties: false },
)

export type CandlesConfig = Static<typeof CANDLES_CONFIG>
