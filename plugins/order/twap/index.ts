import { definePlugin } from '../../../core/index.ts'
import { CONFIG } from './config.ts'

export default definePlugin({
  kind: 'order',
  name: 'twap',
  api: 1,
  summary: 'Trades an order in slices over time.',
  config: CONFIG,
  takes: ['intent'],
  gives: ['intent', 'report'],
  needs: ['desk'],
  examples: [
    { title: 'Ten slices in ten minutes', with: { duration: '10m', interval: '1m' } },
    { title: 'A day, each five minutes, at exact times', with: { duration: '1d', interval: '5m', jitter: 0 } },
  ],
  setup: async context => {
    const { TwapNode } = await context.clock.holdWhile('import', () => import('./twap-node.ts'))
    const node = new TwapNode(context)
    return {
      process: event => node.process(event),
      events: node.events,
      onReport: report => node.onReport(report),
      onIntentsEnd: () => node.onIntentsEnd(),
      onDrain: () => node.onDrain(),
      health: () => node.health(),
      dispose: () => node.stop(),
    }
  },
})
