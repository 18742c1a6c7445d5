import { definePlugin } from '../../../core/index.ts'
import { CONFIG } from './config.ts'

export default definePlugin({
  kind: 'order',
  name: 'risk-limits',
  api: 1,
  summary: 'Holds back what would break a limit, and stops all trading at a drawdown or by a kill switch.',
  config: CONFIG,
  takes: ['intent', 'price'],
  gives: ['intent', 'report', 'notice'],
  needs: ['tokens', 'desk'],
  comesLast: true,
  examples: [
    {
      title: 'Orders of 100 USDC, 500 USDC a day, 50 of them on BONK',
      with: { maxOrder: '100 USDC', maxDailySpend: '500 USDC', perToken: { BONK: '50 USDC' }, maxOpenOrders: 20 },
    },
    {
      title: 'All is sold 10% below the highest equity',
      with: { maxDrawdown: 10, capital: '1000 USDC', onStop: 'flatten', cooldown: '30m' },
    },
  ],
  setup: async context => {
    const { RiskNode } = await context.clock.holdWhile('import', () => import('./risk-node.ts'))
    const node = new RiskNode(context)
    return {
      process: event => node.process(event),
      events: node.events,
      timed: true,
      onReport: report => node.onReport(report),
      onIntentsEnd: () => node.onIntentsEnd(),
      onInputEnd: () => node.onInputEnd(),
      health: () => node.health(),
    }
  },
})
