import { definePlugin, WAITING_NODE } from '../../../core/index.ts'
import { CONFIG } from './config.ts'

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
    const { OcoNode } = await context.clock.holdWhile('import', () => import('./oco-node.ts'))
    const node = await OcoNode.open(context)
    return {
      process: event => node.process(event),
      events: node.events,
      onReport: report => node.linked.onReport(report),
      onIntentsEnd: () => node.linked.onIntentsEnd(),
      onInputEnd: () => node.linked.onInputEnd(),
      health: () => node.linked.health(),
      dispose: () => node.linked.stop(),
    }
  },
})
