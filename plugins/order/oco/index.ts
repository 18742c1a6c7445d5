import { Type } from 'typebox'
import {
  definePlugin,
  Field,
  type IntentEvent,
  linkedOrders,
  type OnPartial,
  stopOrTarget,
  WAITING_FIELDS,
  WAITING_NODE,
} from '../../../core/index.ts'

/** What an intent may say of its own. */
const LEGS = Type.Object(
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

const CONFIG = Type.Object(
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

export default definePlugin({
  kind: 'order',
  name: 'oco',
  api: 1,
  summary: 'A stop and a target of which exactly one trades: the fill of one cancels the other.',
  config: CONFIG,
  ...WAITING_NODE,
  examples: [
    { title: 'All SOL at 140 or at 180', with: { stop: '140', target: '180', size: '100%' } },
    {
      title: 'What a partly filled target leaves stays with the stop',
      with: { stop: '140', target: '180', onPartial: 'shrink' },
    },
  ],
  setup: async context => {
    const orders = await linkedOrders(context, LEGS, stopOrTarget, context.config.onPartial)
    return {
      process: event => {
        if (event.kind === 'price') return orders.process(event)
        if (event.kind === 'intent') {
          const intent = event as IntentEvent
          orders.arm(intent, { stop: intent, target: intent })
        }
        return undefined
      },
      events: orders.events,
      onReport: report => orders.onReport(report),
      onIntentsEnd: () => orders.onIntentsEnd(),
      onInputEnd: () => orders.onInputEnd(),
      health: () => orders.health(),
      dispose: () => orders.stop(),
    }
  },
})
