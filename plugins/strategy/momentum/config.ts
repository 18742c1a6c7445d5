import { type Static, Type } from 'typebox'
import { Field } from '../../../core/index.ts'

const SignalName = Type.String({ minLength: 1 })
const When = (preset: 'all' | 'any', description: string) => Type.Enum(['all', 'any'], { default: preset, description })
const Confirm = (description: string) => Type.Integer({ default: 1, minimum: 1, maximum: 1_000, description })
const Percent = (description: string) =>
  Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 100, description }))
const Gain = (description: string) => Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100_000, description }))
const Ranges = (description: string) => Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000, description }))

const ENTRY = Type.Object(
  {
    signals: Type.Array(SignalName, {
      minItems: 1,
      uniqueItems: true,
      description: 'Signals that must say buy, by name.',
    }),
    when: When('all', 'Whether all of them must say buy, or any.'),
    confirm: Confirm('So many bars in a row.'),
    again: Type.Enum(['turn', 'hold'], {
      default: 'turn',
      description:
        'turn: buys only with the bar on which it becomes so, having been otherwise before. hold: also while it stays so, at the start and after an exit.',
    }),
  },
  { additionalProperties: false, description: 'When to buy.' },
)

const EXIT = Type.Object(
  {
    signals: Type.Optional(
      Type.Array(SignalName, {
        uniqueItems: true,
        description: 'Signals that end a position when they say sell, by name. Absent: those of entry. Empty: none.',
      }),
    ),
    when: When('any', 'Whether all of them must say sell, or any.'),
    confirm: Confirm('So many bars in a row.'),
    range: Type.Optional(
      Type.String({ minLength: 1, description: 'The signal whose value with the entry is one range, as of kind atr.' }),
    ),
    stopPercent: Percent('Sell when the price is so much below what was paid.'),
    stopRanges: Ranges('Sell when the price is so many ranges below what was paid.'),
    targetPercent: Gain('Sell when the price is so much above what was paid.'),
    targetRanges: Ranges('Sell when the price is so many ranges above what was paid.'),
    trailPercent: Percent('Sell when the price is so much below its highest since the entry.'),
    trailRanges: Ranges('Sell when the price is so many ranges below its highest since the entry.'),
    trailAfterPercent: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 100_000,
        description: 'Trail only once the price was so much above what was paid.',
      }),
    ),
    bars: Type.Optional(Type.Integer({ minimum: 1, description: 'Sell after so many intervals, whatever the price.' })),
    after: Type.Optional(Field.duration({ description: 'Sell after this time, whatever the price.' })),
  },
  { additionalProperties: false, default: {}, description: 'When to sell; the first that comes.' },
)

const SIZE = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Literal('fixed'),
        amount: Field.amount({ description: 'What is spent on each position.', examples: ['50 USDC'] }),
      },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        kind: Type.Literal('percent'),
        percent: Type.Number({ exclusiveMinimum: 0, maximum: 100, description: 'Of the capital.' }),
      },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        kind: Type.Literal('risk'),
        signal: Type.String({
          minLength: 1,
          description: 'The signal whose value is a range in price, as of kind atr.',
        }),
        percent: Type.Number({
          exclusiveMinimum: 0,
          maximum: 100,
          description: 'What may be lost of the capital when the price falls by the ranges.',
        }),
        ranges: Type.Number({ exclusiveMinimum: 0, maximum: 1_000, description: 'The fall that is reckoned with.' }),
      },
      {
        additionalProperties: false,
        description: 'Volatility-scaled: capital × percent ÷ (ranges × range ÷ price), at most all of the capital.',
      },
    ),
    Type.Object(
      {
        kind: Type.Literal('volatility'),
        signal: Type.String({
          minLength: 1,
          description: 'The signal whose value is percent a year, as of kind volatility.',
        }),
        target: Type.Number({
          exclusiveMinimum: 0,
          description: 'The volatility wanted of the capital, in percent a year.',
        }),
      },
      {
        additionalProperties: false,
        description: 'Volatility-scaled: capital × target ÷ volatility, at most all of the capital.',
      },
    ),
  ],
  { default: { kind: 'percent', percent: 100 }, description: 'How much of the capital a position takes.' },
)

export const MOMENTUM_CONFIG = Type.Object(
  {
    pair: Field.pair({ description: 'What is traded, as in `SOL/USDC`: bought with and sold for the quote token.' }),
    interval: Field.duration({ description: 'How long the bars are that the signals read.', examples: ['5m'] }),
    signals: Type.Array(
      Type.Object(
        {
          kind: Type.String({ minLength: 1, description: 'Its kind, as the signal plugin `indicators` has them.' }),
          name: Type.Optional(Type.String({ minLength: 1, description: 'What it is called; absent, as its kind.' })),
        },
        { additionalProperties: true },
      ),
      { minItems: 1, description: 'The signals there are, as the signal plugin `indicators` takes them.' },
    ),
    budget: Field.amount({
      description: 'The most quote that is ever at stake, fees apart. What is lost of it is gone.',
      examples: ['100 USDC'],
    }),
    compound: Type.Boolean({
      default: false,
      description: 'Whether profit adds to the capital; else it is put aside and the budget stays the most.',
    }),
    size: SIZE,
    entry: ENTRY,
    exit: EXIT,
    cooldown: Field.duration({ default: '0s', description: 'After an exit nothing is bought for this time.' }),
    expires: Field.duration({
      default: '2m',
      description: 'An order that has not landed by then is given up: a purchase for good, a sale to be tried again.',
    }),
    slippageBps: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 5_000,
        description: "The slippage to tolerate, in basis points; absent, the execution's own.",
      }),
    ),
    bars: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Ends after so many intervals, counted from the first run.' }),
    ),
    duration: Type.Optional(Field.duration({ description: 'Ends after this time, counted from the first run.' })),
    end: Type.Optional(Field.time({ description: 'Ends at this time.' })),
    atEnd: Type.Enum(['close', 'keep'], {
      default: 'close',
      description: 'What becomes of a position at the end: close sells it, keep leaves it in the wallet.',
    }),
    onRestart: Type.Enum(['resume', 'flatten', 'hold'], {
      default: 'resume',
      description:
        'What becomes of a position that an earlier run left: resume guards it on, flatten sells it at once and goes on flat, hold trades nothing and ends until it is started with another choice.',
    }),
  },
  { additionalProperties: false },
)

export type MomentumConfig = Static<typeof MOMENTUM_CONFIG>
