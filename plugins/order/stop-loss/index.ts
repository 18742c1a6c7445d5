import { Type } from 'typebox'
import { definePlugin, Field, WAITING_FIELDS, WAITING_NODE, waitingOrders } from '../../../core/index.ts'

const CONFIG = Type.Object(
  {
    trigger: Type.Optional(
      Field.price({
        description: 'Sells at or below this price of the pair; a purchase is made at or above it.',
        examples: ['140'],
      }),
    ),
    ...WAITING_FIELDS,
  },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'order',
  name: 'stop-loss',
  api: 1,
  summary: 'Sells when the price has fallen to a trigger.',
  config: CONFIG,
  ...WAITING_NODE,
  examples: [
    { title: 'All SOL, when it is at 140 or below', with: { trigger: '140', size: '100%' } },
    {
      title: 'Half of it, when two sources say so; for a week',
      with: { trigger: '140', size: '50%', confirmSources: 2, expires: '7d' },
    },
  ],
  setup: context =>
    waitingOrders(context, CONFIG, ({ price, side }) => ({
      trigger: { kind: side === 'sell' ? 'at-or-below' : 'at-or-above', price: price('trigger') },
      upTo: true,
    })),
})
