import { definePlugin } from '../../../core/index.ts'
import { DCA_CONFIG } from './config.ts'
import { planOf } from './plan.ts'
import { instanceOf, Purchases } from './purchases.ts'

export default definePlugin({
  kind: 'strategy',
  name: 'dca',
  api: 1,
  summary: 'Buys a token for the same amount again and again, by interval or calendar.',
  config: DCA_CONFIG,
  takes: [],
  gives: ['intent', 'notice'],
  needs: ['tokens', 'orders', 'budgets'],
  examples: [
    {
      title: 'Twelve hourly purchases',
      with: { token: 'SOL', amount: '10 USDC', interval: '1h', slots: 12 },
    },
    {
      title: 'Every Monday at nine, below 200, until the budget is spent',
      with: { token: 'SOL', amount: '50 USDC', cron: '0 9 * * 1', budget: '1000 USDC', maxPrice: '200' },
    },
  ],
  setup: context => instanceOf(context, new Purchases(context, planOf(context.config, context.services.tokens))),
})
