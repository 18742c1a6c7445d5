import { definePlugin } from '../../../core/index.ts'
import { GRID_CONFIG } from './config.ts'
import { Grid } from './grid.ts'
import { planOf } from './plan.ts'

export default definePlugin({
  kind: 'strategy',
  name: 'grid',
  api: 1,
  summary: 'Buys at every level the price falls to and sells one level above, again and again.',
  config: GRID_CONFIG,
  takes: ['price'],
  gives: ['intent', 'notice'],
  needs: ['tokens', 'orders', 'venues', 'budgets'],
  examples: [
    {
      title: 'Twenty levels, five percent around the first price',
      with: { pair: 'SOL/USDC', budget: '1000 USDC', rangePercent: 5, levels: 20, quoteFrom: 'jupiter' },
    },
    {
      title: 'Steps of one percent over a fixed range, built anew when the price has left it, for a week',
      with: {
        pair: 'SOL/USDC',
        budget: '1000 USDC',
        lower: '120',
        upper: '240',
        stepBps: 100,
        outOfRange: 'recentre',
        duration: '7d',
        atEnd: 'sell',
      },
    },
  ],
  setup: context => {
    const plan = planOf(context.config, context.services.tokens)
    context.services.budgets?.claim(plan.budget)
    const grid = new Grid(context, plan)
    context.signal.addEventListener('abort', () => grid.stop(), { once: true })
    grid.open()
    return {
      pull: () => grid.pull(),
      timed: true,
      process: event => grid.process(event),
      onReport: report => grid.onReport(report),
      onInputEnd: () => grid.inputEnd(),
      health: () => grid.health(),
      dispose: () => grid.stop(),
    }
  },
})
