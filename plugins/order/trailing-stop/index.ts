import { Type } from 'typebox'
import { definePlugin, Field, WAITING_FIELDS, WAITING_NODE, waitingOrders } from '../../../core/index.ts'
import { readOffset } from './offset.ts'

const CONFIG = Type.Object(
  {
    offset: Type.Optional(
      Type.String({
        description:
          'How far the stop stays behind the best price since it was armed: in percent or basis points of it, or in its own terms.',
        examples: ['2%', '150bps', '3.5'],
      }),
    ),
    activation: Type.Optional(
      Field.price({
        description: 'It follows only once the price has been here: at or above it to sell, at or below it to buy.',
        examples: ['155'],
      }),
    ),
    ...WAITING_FIELDS,
  },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'order',
  name: 'trailing-stop',
  api: 1,
  summary: 'Sells when the price has fallen by so much from its best.',
  config: CONFIG,
  ...WAITING_NODE,
  examples: [
    { title: 'All SOL, 2% below its highest price', with: { offset: '2%', size: '100%' } },
    {
      title: 'Half of it, 3 USDC below, once it has been at 155',
      with: { offset: '3', activation: '155', size: '50%' },
    },
  ],
  setup: context =>
    waitingOrders(context, CONFIG, ({ terms, pair, side, price }) => ({
      trigger: {
        kind: 'trailing',
        side,
        offset: readOffset(terms['offset'], pair),
        ...(terms['activation'] !== undefined && { activation: price('activation') }),
      },
      upTo: true,
    })),
})
