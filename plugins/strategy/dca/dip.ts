import { definePlugin, parseDuration } from '../../../core/index.ts'
import { DIP_CONFIG } from './config.ts'
import { pairPlanOf, wrong } from './plan.ts'
import { instanceOf, Purchases } from './purchases.ts'
import { DipWeights } from './sizing/dip.ts'

export default definePlugin({
  kind: 'strategy',
  name: 'dca-dip',
  api: 1,
  summary: 'Buys at every slot, the more the further the price is below its average, within bounds.',
  config: DIP_CONFIG,
  takes: ['price'],
  gives: ['intent', 'notice'],
  needs: ['tokens', 'orders', 'budgets'],
  examples: [
    {
      title: 'Up to three times the amount below the average of a day',
      with: { pair: 'SOL/USDC', amount: '10 USDC', reference: '1d', interval: '1h', budget: '500 USDC' },
    },
    {
      title: 'Half above the average of a month, up to five times below it',
      with: {
        pair: 'SOL/USDC',
        amount: '50 USDC',
        reference: '30d',
        perPercent: 0.4,
        least: 0.5,
        most: 5,
        cron: '0 9 * * 1',
      },
    },
  ],
  setup: context => {
    const { config, services } = context
    const plan = pairPlanOf(config, config.catchUp, services.tokens)
    const reference_ms = parseDuration(config.reference)
    if (reference_ms === 0) throw wrong('reference', 'it is zero')
    const { least, most, perPercent } = config
    const sizing = new DipWeights(context, { amount: plan.amount, reference_ms, perPercent, least, most })
    return instanceOf(context, new Purchases(context, plan, sizing))
  },
})
