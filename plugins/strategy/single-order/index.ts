import { Type } from 'typebox'
import {
  type Amount,
  definePlugin,
  Field,
  ForgeError,
  type IntentEvent,
  parseAmount,
  parseDuration,
  RESUMED_STATES,
  sameToken,
  type Token,
  type TokenDirectory,
} from '../../../core/index.ts'
import { ORDER_KINDS, termsFor } from './kinds.ts'

const CONFIG = Type.Object(
  {
    type: Type.String({
      minLength: 1,
      description: `Which order: ${Object.keys(ORDER_KINDS).join(', ')}, or that of another order plugin.`,
      examples: ['stop-loss'],
    }),
    token: Field.token({ description: 'The token that is given.', examples: ['SOL'] }),
    into: Field.token({ description: 'The token to receive.', examples: ['USDC'] }),
    size: Type.Optional(
      Field.size({
        description:
          'How much: a share of what the wallet holds when it fires, or an amount of either token. Absent, a stop or a profit sells all.',
        examples: ['50%', '2 SOL', '100 USDC'],
      }),
    ),
    trigger: Type.Optional(Field.price({ description: 'The price that it waits for.', examples: ['140'] })),
    trail: Type.Optional(
      Type.String({
        description: 'How far a trailing stop stays behind the best price.',
        examples: ['3%', '50bps', '5'],
      }),
    ),
    activate: Type.Optional(
      Field.price({ description: 'The price from which a trailing stop follows.', examples: ['150'] }),
    ),
    condition: Type.Optional(
      Field.condition({
        description: 'What a conditional order waits for.',
        examples: ['price(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3%'],
      }),
    ),
    entry: Type.Optional(Field.price({ description: 'The price that a bracket enters at.', examples: ['145'] })),
    stop: Type.Optional(
      Type.String({ description: 'Where a loss ends: a price, or a distance.', examples: ['130', '5%'] }),
    ),
    target: Type.Optional(
      Type.String({ description: 'Where a profit is taken: a price, or a distance.', examples: ['180', '10%'] }),
    ),
    over: Type.Optional(Field.duration({ description: 'The time that the slices of an order are spread over.' })),
    every: Type.Optional(Field.duration({ description: 'The time between two slices.' })),
    expires: Type.Optional(Field.duration({ description: 'How long it waits. Absent: until it is cancelled.' })),
    slippageBps: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 5_000,
        description: "The slippage to tolerate; absent, the execution's own.",
      }),
    ),
    limitOffsetBps: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 5_000,
        description: 'How far beyond its trigger it may still be traded; absent: at whatever the market gives.',
      }),
    ),
    confirmPrices: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 32, description: 'So many prices in a row must be beyond the trigger.' }),
    ),
    confirmSources: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 8, description: 'So many sources must be beyond the trigger.' }),
    ),
  },
  { additionalProperties: false },
)

export default definePlugin({
  kind: 'strategy',
  name: 'single-order',
  api: 1,
  summary: 'Wants one trade, for an order node to choose its time.',
  config: CONFIG,
  takes: [],
  gives: ['intent'],
  needs: ['tokens', 'orders'],
  examples: [
    { title: 'A stop for all SOL', with: { type: 'stop-loss', token: 'SOL', into: 'USDC', trigger: '140' } },
    {
      title: '100 USDC into SOL, at 120 or better, within a week',
      with: { type: 'limit', token: 'USDC', into: 'SOL', trigger: '120', size: '100 USDC', expires: '7d' },
    },
  ],
  setup: ({ clock, config, id, services }) => {
    const { type, token, into, expires, slippageBps, limitOffsetBps, confirmPrices, confirmSources } = config
    const [input, output] = [services.tokens.find(token), services.tokens.find(into)]
    if (sameToken(input, output)) {
      throw new ForgeError('PLUGIN_CONFIG_INVALID', {
        message: `into is ${output.symbol}, which is what is given`,
        remedy: 'Give another token to receive.',
        context: { field: 'into' },
      })
    }
    const isAmount = ORDER_KINDS[type]?.isAmount ?? false
    const common = isAmount
      ? { limitOffsetBps, confirmPrices, confirmSources }
      : { expires, slippageBps, limitOffsetBps, confirmPrices, confirmSources }
    const terms = {
      ...termsFor(type, config),
      ...Object.fromEntries(Object.entries(common).filter(([, value]) => value !== undefined)),
    }
    // Otherwise it is settled by its size when it fires.
    const amount = isAmount ? amountOf(config.size ?? '', input, services.tokens) : { token: input, units: 0n }
    // Asked for in an earlier run, it is the order node's since then; one that no node holds goes on under its key.
    const [earlier] = services.orders.list()
    const isLeft = earlier !== undefined && !earlier.arming && RESUMED_STATES.includes(earlier.state)
    let isAsked = earlier !== undefined && !isLeft
    return {
      pull: (): IntentEvent | undefined => {
        if (isAsked) return undefined
        isAsked = true
        if (isLeft) return earlier.intent
        const now = clock.now()
        return {
          kind: 'intent',
          at: now,
          key: new Date(now).toISOString(),
          node: id,
          input,
          output,
          amount,
          exact: 'in',
          terms,
          ...(isAmount && expires !== undefined && { expiresAt: now + parseDuration(expires) }),
          ...(isAmount && slippageBps !== undefined && { slippageBps }),
          reason: `${type} asked for by hand`,
        }
      },
    }
  },
})

/** @throws PLUGIN_CONFIG_INVALID for a share, or an amount of another token; AMOUNT_INVALID */
function amountOf(size: string, input: Token, tokens: TokenDirectory): Amount {
  const amount = size.trim().endsWith('%') ? undefined : parseAmount(size, tokens)
  if (amount && sameToken(amount.token, input)) return amount
  throw new ForgeError('PLUGIN_CONFIG_INVALID', {
    message: `size must be an amount of ${input.symbol}: it is divided when the order is made`,
    remedy: `As in "2 ${input.symbol}".`,
    context: { field: 'size' },
  })
}
