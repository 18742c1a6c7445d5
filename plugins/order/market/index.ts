import { Type } from 'typebox'
import { definePlugin, WAITING_FIELDS, WAITING_NODE, waitingOrders } from '../../../core/index.ts'

const { pair, size, expires, slippageBps, onFailure, source, staleAfter, quietAfter, onRestart } = WAITING_FIELDS

const CONFIG = Type.Object(
  { pair, size, expires, slippageBps, onFailure, source, staleAfter, quietAfter, onRestart },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'order',
  name: 'market',
  api: 1,
  summary: 'Trades at once, with a size that is settled on the spot.',
  config: CONFIG,
  ...WAITING_NODE,
  examples: [
    { title: 'As much as the intent says', with: {} },
    { title: 'All that the wallet holds, and again when it fails', with: { size: '100%', onFailure: 'rearm' } },
  ],
  setup: context => waitingOrders(context, CONFIG, () => ({ trigger: 'now' })),
})
