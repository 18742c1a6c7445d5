import { type Static, Type } from 'typebox'
import {
  type Amount,
  definePlugin,
  Field,
  ForgeError,
  type IntentEvent,
  type PluginContext,
  parseAmount,
  parseDuration,
  RESUMED_STATES,
  type SlicePlan,
  sameToken,
  type Token,
} from '../../../core/index.ts'
import { type MakeIntent, SliceRun } from './slice-run.ts'

const CONFIG = Type.Object(
  {
    spend: Field.amount({ description: 'What is spent, fees apart.', examples: ['1000 USDC'] }),
    into: Field.token({ description: 'The token to receive.', examples: ['SOL'] }),
    slices: Type.Integer({ default: 1, minimum: 1, maximum: 1_000, description: 'In how many parts it is traded.' }),
    over: Type.Optional(Field.duration({ description: 'The time that the parts are spread over.' })),
    jitter: Type.Number({
      default: 0.5,
      minimum: 0,
      maximum: 1,
      description: 'How far the parts are moved from even times, as a share of the time between two.',
    }),
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
)

type Config = Static<typeof CONFIG>

export default definePlugin({
  kind: 'strategy',
  name: 'single',
  api: 1,
  summary:
    'Wants one trade, now, whole or in parts over time; or the same again and again, to watch what it would give.',
  config: CONFIG,
  takes: [],
  gives: ['intent'],
  needs: ['tokens', 'orders'],
  examples: [
    { title: '1,000 USDC into SOL', with: { spend: '1000 USDC', into: 'SOL' } },
    { title: 'In five parts over ten minutes', with: { spend: '1000 USDC', into: 'SOL', slices: 5, over: '10m' } },
    { title: 'The same each ten seconds', with: { spend: '1000 USDC', into: 'SOL', every: '10s' } },
  ],
  setup: context => {
    const { config, services } = context
    const amount = parseAmount(config.spend, services.tokens)
    const output = services.tokens.find(config.into)
    if (sameToken(amount.token, output))
      throw invalid('into', `${output.symbol} is what is spent`, 'Give another token.')
    const make = intentMaker(context, amount.token, output)
    if (config.every !== undefined) {
      if (config.slices > 1) throw invalid('every', 'a trade in parts is made once', 'Leave out every, or slices.')
      return repeated(context, parseDuration(config.every), amount, make)
    }
    const run = new SliceRun(context, amount, planOf(config, amount), make)
    return { pull: () => run.pull(), onReport: report => run.onReport(report) }
  },
})

function intentMaker({ clock, config, id }: PluginContext<Config>, input: Token, output: Token): MakeIntent {
  return (key, amount, reason) => ({
    kind: 'intent',
    at: clock.now(),
    key,
    node: id,
    input,
    output,
    amount,
    exact: 'in',
    ...(config.slippageBps === undefined ? {} : { slippageBps: config.slippageBps }),
    reason,
  })
}

function planOf(config: Config, amount: Amount): SlicePlan {
  if (config.slices > 1 && config.over === undefined) {
    throw invalid('over', 'parts need a time to be spread over', 'Say how long, as in 10m.')
  }
  if (BigInt(config.slices) > amount.units) {
    throw invalid('slices', `${config.spend} can not be divided into ${config.slices} parts`, 'Ask for fewer parts.')
  }
  return {
    count: config.slices,
    over_ms: config.over === undefined ? 0 : parseDuration(config.over),
    jitter: config.jitter,
  }
}

/**
 * For watching: each one is another trade, and its time is its key. One that an earlier run did not live to trade comes
 * first, in place of the next.
 */
function repeated(
  { clock, services, signal }: PluginContext<Config>,
  every_ms: number,
  amount: Amount,
  make: MakeIntent,
) {
  const left = services.orders.list().filter(({ state }) => RESUMED_STATES.includes(state))
  let isFirst = true
  return {
    pull: async (): Promise<IntentEvent> => {
      const order = left.shift()
      if (!order && !isFirst) await clock.sleep(every_ms, signal)
      isFirst = false
      if (order) return order.intent
      return make(new Date(clock.now()).toISOString(), amount, 'asked for by hand')
    },
  }
}

function invalid(field: string, message: string, remedy: string): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', { message: `${field}: ${message}`, remedy, context: { field } })
}
