import { definePlugin, parseAmount, sameToken } from '../../../core/index.ts'
import { VALUE_CONFIG } from './config.ts'
import { pairPlanOf, wrong } from './plan.ts'
import { instanceOf, Purchases } from './purchases.ts'
import { ValuePath } from './sizing/value-path.ts'

export default definePlugin({
  kind: 'strategy',
  name: 'dca-value',
  api: 1,
  summary: 'Buys at every slot what its holdings lack to a growing target value (value averaging).',
  config: VALUE_CONFIG,
  takes: ['price'],
  gives: ['intent', 'notice'],
  needs: ['tokens', 'orders', 'budgets'],
  examples: [
    {
      title: 'Worth 10 USDC more each hour, at most 40 at once',
      with: { pair: 'SOL/USDC', amount: '10 USDC', maximum: '40 USDC', interval: '1h', slots: 12 },
    },
    {
      title: 'Every Monday, growing by half a percent a week, and selling what is beyond',
      with: {
        pair: 'SOL/USDC',
        amount: '50 USDC',
        growthPercent: 0.5,
        maximum: '200 USDC',
        sells: true,
        cron: '0 9 * * 1',
        budget: '2000 USDC',
      },
    },
  ],
  setup: context => {
    const { config, services } = context
    // The target path makes up for what was missed by itself.
    const plan = pairPlanOf(config, 'next', services.tokens)
    const { amount, token } = plan
    const maximum = parseAmount(config.maximum, services.tokens)
    if (!sameToken(maximum.token, amount.token))
      throw wrong('maximum', `it is in ${maximum.token.symbol}, and amount in ${amount.token.symbol}`)
    if (maximum.units < amount.units) throw wrong('maximum', 'it is less than amount')
    const { growthPercent, sells } = config
    const pair = { base: token, quote: amount.token }
    return instanceOf(
      context,
      new Purchases(context, plan, new ValuePath({ pair, amount, growthPercent, maximum, sells })),
    )
  },
})
