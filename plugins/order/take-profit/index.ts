import { Type } from 'typebox'
import { definePlugin, Field, WAITING_FIELDS, WAITING_NODE, waitingOrders } from '../../../core/index.ts'

const CONFIG = Type.Object(
  {
    trigger: Type.Optional(
      Field.price({
        description: 'Sells at or above this price of the pair; a purchase is made at or below it.',
        examples: ['180'],
      }),
    ),
    ...WAITING_FIELDS,
  },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'order',
  name: 'take-profit',
  api: 1,
  summary: 'Sells when the price has risen to a target.',
  config: CONFIG,
  ...WAITING_NODE,
  examples: [
    { title: 'All SOL, when it is at 180 or above', with: { trigger: '180', size: '100%' } },
    {
      title: 'For 200 USDC of it, and not below 179.1',
      with: { trigger: '180', size: '200 USDC', limitOffsetBps: 50 },
    },
  ],
  setup: context =>
    waitingOrders(context, CONFIG, ({ price, side }) => ({
      trigger: { kind: side === 'sell' ? 'at-or-above' : 'at-or-below', price: price('trigger') },
      upTo: true,
    })),
})
