import { Type } from 'typebox'
import { definePlugin, Field, WAITING_FIELDS, WAITING_NODE, waitingOrders } from '../../../core/index.ts'

const { limitOffsetBps: _, ...FIELDS } = WAITING_FIELDS

const CONFIG = Type.Object(
  {
    price: Type.Optional(
      Field.price({
        description:
          'Sells at this price of the pair or above, buys at it or below; never worse, all costs of the swap in.',
        examples: ['145'],
      }),
    ),
    ...FIELDS,
  },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'order',
  name: 'limit',
  api: 1,
  summary: 'Trades at a price or better, whenever the market offers it.',
  config: CONFIG,
  ...WAITING_NODE,
  examples: [
    { title: 'SOL at 145 or better', with: { price: '145' } },
    { title: 'With half of what the wallet holds, until tomorrow', with: { price: '145', size: '50%', expires: '1d' } },
  ],
  setup: context =>
    waitingOrders(context, CONFIG, ({ price, side }) => {
      const limit = price('price')
      return { trigger: { kind: side === 'sell' ? 'at-or-above' : 'at-or-below', price: limit }, limit }
    }),
})
