import { type Static, Type } from 'typebox'
import {
  type Amount,
  Field,
  ForgeError,
  parseAmount,
  parseDuration,
  type Services,
  sameToken,
  type Token,
} from '../../../core/index.ts'

export const CONFIG = Type.Object(
  {
    currency: Field.token({
      default: 'USDC',
      description:
        'The token that limits are counted in: what is bought with it is spending, what is sold into it a sale.',
    }),
    maxOrder: Type.Optional(
      Field.amount({ description: 'The most that one order may be worth.', examples: ['500 USDC'] }),
    ),
    maxDailySpend: Type.Optional(
      Field.amount({
        description: 'The most that may be spent in one day (UTC), orders that are still open included.',
        examples: ['1000 USDC'],
      }),
    ),
    maxDailyPerToken: Type.Optional(
      Field.amount({
        description: 'The most that may be spent on one token in one day (UTC).',
        examples: ['300 USDC'],
      }),
    ),
    perToken: Type.Record(Type.String(), Field.amount({ description: 'In place of maxDailyPerToken.' }), {
      default: {},
      description: 'Other daily limits for single tokens, by symbol or mint.',
      examples: [{ BONK: '50 USDC' }],
    }),
    maxOpenOrders: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'How many orders may be open at once: given, and without an outcome yet.',
      }),
    ),
    maxDrawdown: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 100,
        description: 'At this drawdown, in percent of drawdownOf, all trading stops until it is acknowledged.',
      }),
    ),
    drawdownOf: Type.Unsafe<'peak' | 'capital'>({
      type: 'string',
      enum: ['peak', 'capital'],
      default: 'peak',
      description:
        'What a drawdown is a share of: the highest equity so far, or the capital. Equity is the capital and all that was earned since: what is held through this node at its latest price, less what it cost, with fees.',
    }),
    capital: Type.Optional(
      Field.amount({
        description: 'What there was to trade with at first. Needed for maxDrawdown.',
        examples: ['1000 USDC'],
      }),
    ),
    cooldown: Type.Optional(
      Field.duration({ description: 'After a sale at a loss, nothing is bought for so long.', examples: ['30m'] }),
    ),
    killSwitch: Type.Optional(
      Field.path({
        description:
          'While a file of this name exists, nothing is bought or sold. It is looked for at each price and each order.',
        examples: ['STOP'],
      }),
    ),
    onStop: Type.Unsafe<'hold' | 'flatten'>({
      type: 'string',
      enum: ['hold', 'flatten'],
      default: 'hold',
      description:
        'What a stop does with what was bought through this node: nothing, or sell all of it into the currency. Nothing else is bought or sold either way.',
    }),
    acknowledged: Type.Optional(
      Field.time({
        description: 'Stops for a drawdown up to this time are over; the drawdown is measured anew.',
        examples: ['2026-01-31T12:00:00.000Z'],
      }),
    ),
  },
  { additionalProperties: false },
)

export type Config = Static<typeof CONFIG>

/** Limits as they are counted: amounts in base units of the currency. */
export interface Limits {
  readonly currency: Token
  readonly maxOrder: bigint | undefined
  readonly maxDailySpend: bigint | undefined
  readonly maxOpenOrders: number | undefined
  readonly drawdown: { readonly bps: number; readonly of: 'peak' | 'capital'; readonly capital: bigint } | undefined
  readonly cooldown_ms: number | undefined
  readonly acknowledged_ms: number | undefined
  dailyFor(token: Token): bigint | undefined
}

/** @throws PLUGIN_CONFIG_INVALID for settings that contradict each other, or that limit nothing */
export function limitsOf(config: Config, tokens: Services['tokens']): Limits {
  const currency = tokens.find(config.currency)
  const units = (field: string, text: string | undefined): bigint | undefined => {
    if (text === undefined) return undefined
    const amount: Amount = parseAmount(text, tokens)
    if (!sameToken(amount.token, currency))
      throw invalid(field, `${text} is not in ${currency.symbol}`, 'Give it in the currency, or set another currency.')
    return amount.units
  }
  const perToken = new Map(
    Object.entries(config.perToken).map(([token, text]) => [tokens.find(token).mint, units('perToken', text)]),
  )
  const capital = units('capital', config.capital)
  if (config.maxDrawdown !== undefined && (capital === undefined || capital === 0n))
    throw invalid('capital', 'a drawdown needs what it is measured against', 'Say what there is to trade with.')
  const daily = units('maxDailyPerToken', config.maxDailyPerToken)
  const limits: Limits = {
    currency,
    maxOrder: units('maxOrder', config.maxOrder),
    maxDailySpend: units('maxDailySpend', config.maxDailySpend),
    maxOpenOrders: config.maxOpenOrders,
    drawdown:
      config.maxDrawdown === undefined || capital === undefined
        ? undefined
        : { bps: Math.round(config.maxDrawdown * 100), of: config.drawdownOf, capital },
    cooldown_ms: config.cooldown === undefined ? undefined : parseDuration(config.cooldown),
    acknowledged_ms: config.acknowledged === undefined ? undefined : Date.parse(config.acknowledged),
    dailyFor: ({ mint }) => perToken.get(mint) ?? daily,
  }
  const { maxOrder, maxDailySpend, maxOpenOrders, drawdown, cooldown_ms } = limits
  const all = [maxOrder, maxDailySpend, maxOpenOrders, drawdown, cooldown_ms, daily, config.killSwitch]
  if (all.every(limit => limit === undefined) && perToken.size === 0)
    throw invalid('maxOrder', 'no limit is set, so that everything would pass', 'Set one, or leave the node out.')
  return limits
}

function invalid(field: string, message: string, remedy: string): ForgeError {
  return new ForgeError('PLUGIN_CONFIG_INVALID', { message: `${field}: ${message}`, remedy, context: { field } })
}
