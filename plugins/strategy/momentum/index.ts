import { amountOf, definePlugin } from '../../../core/index.ts'
import { assertAffordable } from './books/affordable.ts'
import { MOMENTUM_CONFIG } from './config.ts'
import { Momentum } from './momentum.ts'
import { planOf } from './plan.ts'

export default definePlugin({
  kind: 'strategy',
  name: 'momentum',
  api: 1,
  summary: 'Goes long when signals agree, and flat by signal, stop, target, trailing stop or time.',
  config: MOMENTUM_CONFIG,
  takes: ['signal', 'price'],
  gives: ['intent', 'notice'],
  needs: ['tokens', 'orders', 'holdings', 'budgets'],
  examples: [
    {
      title: 'A crossing of averages, with a stop and a target',
      with: {
        pair: 'SOL/USDC',
        interval: '5m',
        signals: [{ kind: 'ema-cross', name: 'trend', fast: 12, slow: 26 }],
        budget: '100 USDC',
        entry: { signals: ['trend'] },
        exit: { stopPercent: 3, targetPercent: 8 },
      },
    },
    {
      title: 'Two signals for two bars, one percent at risk, a trailing stop of three ranges, for a week',
      with: {
        pair: 'SOL/USDC',
        interval: '1h',
        signals: [{ kind: 'supertrend' }, { kind: 'macd' }, { kind: 'atr' }],
        budget: '1000 USDC',
        size: { kind: 'risk', signal: 'atr', percent: 1, ranges: 3 },
        entry: { signals: ['supertrend', 'macd'], confirm: 2 },
        exit: { signals: ['supertrend'], range: 'atr', trailRanges: 3 },
        cooldown: '2h',
        duration: '7d',
      },
    },
  ],
  setup: async context => {
    const plan = planOf(context.config, context.services.tokens)
    await assertAffordable(context.services, plan)
    context.services.budgets?.claim(amountOf(plan.pair.quote, plan.budget))
    const momentum = new Momentum(context, plan)
    return {
      process: event => momentum.process(event),
      onReport: report => momentum.onReport(report),
      events: momentum.events,
      timed: true,
      onInputEnd: () => momentum.end(),
      health: () => momentum.health(),
      dispose: () => momentum.end(),
    }
  },
})
