import { Type } from 'typebox'
import { Field } from '../../../core/index.ts'

export const POOL_PRICE_CONFIG = Type.Object(
  {
    pair: Field.pair({ description: 'Which price, as in `SOL/USDC`: quote tokens per one base token.' }),
    venues: Type.Array(Type.String({ minLength: 1 }), {
      default: ['localnet', 'orca', 'raydium'],
      minItems: 1,
      uniqueItems: true,
      description:
        'Execution plugins whose pools are looked at, by name; those that the cluster lacks are left out. The price is that of the deepest pool; the others must agree with it.',
    }),
    venueConfig: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
      default: {},
      description: 'Settings of single venues by name, as their own plugins take them.',
    }),
    pool: Type.Optional(
      Type.String({
        minLength: 32,
        maxLength: 44,
        description: 'Address of the pool whose price it is, in place of the deepest.',
      }),
    ),
    every: Field.duration({
      default: '5s',
      description: 'How often the pools are read while the chain notifies nothing: the WebSocket is down, or absent.',
    }),
    staleAfter: Field.duration({
      default: '30s',
      description: 'A price that was not known to be current for so long is none: a notice is given instead.',
    }),
    maxDeviationBps: Type.Integer({
      default: 50,
      minimum: 0,
      maximum: 5_000,
      description:
        'How far, beyond the fees of both, another deep pool of the pair may stand from the price, in basis points. Further apart, no price is given but a notice.',
    }),
  },
  { additionalProperties: false },
)
