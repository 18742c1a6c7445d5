import { Type } from 'typebox'
import {
  definePlugin,
  Field,
  ForgeError,
  parseCondition,
  WAITING_FIELDS,
  WAITING_NODE,
  waitingOrders,
} from '../../../core/index.ts'

const { confirmPrices: _, confirmSources: _s, confirmWithin: _w, limitOffsetBps: _l, ...FIELDS } = WAITING_FIELDS

const CONFIG = Type.Object(
  {
    when: Type.Optional(
      Field.condition({
        description:
          'Trades when this holds: prices, changes over time, signals, balances and the time of day, compared and put together with && and ||.',
        examples: ['price(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3%'],
      }),
    ),
    ...FIELDS,
  },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'order',
  name: 'conditional',
  api: 1,
  summary: 'Trades when a condition over prices, signals, time and balances holds.',
  config: CONFIG,
  ...WAITING_NODE,
  takes: ['intent', 'price', 'signal'],
  examples: [
    {
      title: 'All SOL, when it is below 140 and falls fast',
      with: { when: 'price(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3%', size: '100%' },
    },
    {
      title: 'In the morning, while there are dollars',
      with: { when: 'hour() >= 9 && hour() < 11 && balance(USDC) > 100', expires: '7d' },
    },
  ],
  setup: context =>
    waitingOrders(context, CONFIG, ({ terms }) => {
      if (terms['when'] === undefined) {
        const remedy = 'Give it in the node, or in the terms of the intent, as in price(SOL/USDC) < 140.'
        throw new ForgeError('TERMS_INVALID', { message: 'when is missing', remedy })
      }
      const condition = parseCondition(String(terms['when']), context.services.tokens)
      return { trigger: { kind: 'condition', condition } }
    }),
})
