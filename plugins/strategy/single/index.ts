import { Type } from 'typebox'
import {
  definePlugin,
  Field,
  ForgeError,
  type IntentEvent,
  parseAmount,
  parseDuration,
  sameToken,
} from '../../../core/index.ts'

export default definePlugin({
  kind: 'strategy',
  name: 'single',
  api: 1,
  summary: 'Wants one trade, now; or the same again and again, to watch what it would give.',
  config: Type.Object(
    {
      spend: Field.amount({ description: 'What is spent, fees apart.', examples: ['1000 USDC'] }),
      into: Field.token({ description: 'The token to receive.', examples: ['SOL'] }),
      every: Type.Optional(Field.duration({ description: 'Ask again after this time, until stopped.' })),
      slippageBps: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 5_000,
          description: "The slippage to tolerate; absent, the execution's own.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  takes: [],
  gives: ['intent'],
  needs: ['tokens'],
  examples: [
    { title: '1,000 USDC into SOL', with: { spend: '1000 USDC', into: 'SOL' } },
    { title: 'The same each ten seconds', with: { spend: '1000 USDC', into: 'SOL', every: '10s' } },
  ],
  setup: context => {
    const { config, clock, services, signal } = context
    const amount = parseAmount(config.spend, services.tokens)
    const output = services.tokens.find(config.into)
    if (sameToken(amount.token, output)) {
      throw new ForgeError('PLUGIN_CONFIG_INVALID', {
        message: `into: ${output.symbol} is what is spent`,
        remedy: 'Give another token.',
        context: { field: 'into' },
      })
    }
    const every_ms = config.every === undefined ? undefined : parseDuration(config.every)
    let asked = 0
    return {
      pull: async (): Promise<IntentEvent | undefined> => {
        if (asked > 0) {
          if (every_ms === undefined) return undefined
          await clock.sleep(every_ms, signal)
        }
        asked += 1
        const at = clock.now()
        return {
          kind: 'intent',
          at,
          // Whoever asks again wants another trade: the time makes it one.
          key: new Date(at).toISOString(),
          node: context.id,
          input: amount.token,
          output,
          amount,
          exact: 'in',
          ...(config.slippageBps === undefined ? {} : { slippageBps: config.slippageBps }),
          reason: 'asked for by hand',
        }
      },
    }
  },
})
