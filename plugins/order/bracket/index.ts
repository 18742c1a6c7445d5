import { definePlugin, WAITING_NODE } from '../../../core/index.ts'
import { CONFIG } from './config.ts'

export default definePlugin({
  kind: 'order',
  name: 'bracket',
  api: 1,
  summary: 'An entry, at once or at a price, guarded by a stop and a target of which one trades.',
  config: CONFIG,
  ...WAITING_NODE,
  examples: [
    { title: '5% below and 10% above what was paid', with: { stop: '5%', target: '10%' } },
    { title: 'At prices', with: { entry: '150', stop: '140', target: '180', onPartial: 'cancel' } },
  ],
  setup: async context => {
    const { BracketNode } = await context.clock.holdWhile('import', () => import('./bracket-node.ts'))
    const node = await BracketNode.open(context)
    return {
      process: event => node.process(event),
      events: node.events,
      onReport: report => node.onReport(report),
      onIntentsEnd: () => node.linked.onIntentsEnd(),
      onInputEnd: () => node.linked.onInputEnd(),
      health: () => node.linked.health(),
      dispose: () => node.linked.stop(),
    }
  },
})
