import { type Static, type TSchema, Type } from 'typebox'
import { Field } from '../../plugin/fields.ts'

const fields = <Properties extends Record<string, TSchema>>(properties: Properties, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })
const oneOf = <const Values extends readonly string[]>(values: Values, description: string) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], description })

/** `+1h30m` after the test's start, or a time with a zone. */
const When = (description: string) =>
  Type.String({ minLength: 1, description, examples: ['+1h', '2026-01-01T12:00:00Z'] })
const Price = (description: string) => Field.price({ description })

const AnyEvent = Type.Object(
  { kind: Type.String({ description: 'The kind of the event.' }) },
  { additionalProperties: true, description: 'An event; its fields depend on its kind.' },
)

const TraderMock = fields(
  {
    prices: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([
          Price('The price.'),
          Type.Number({ exclusiveMinimum: 0 }),
          Type.Array(fields({ at: When('From when on.'), price: Price('The price from then on.') })),
        ]),
        { description: 'At which price each pair trades; otherwise at the last price event of the test.' },
      ),
    ),
    delay: Type.Optional(Field.duration({ description: 'How long every order takes.' })),
    progress: Type.Optional(Type.Boolean({ description: 'Whether `accepted` and `sent` are reported, too.' })),
    outcomes: Type.Optional(
      Type.Array(
        fields({
          key: Type.Optional(Type.String({ description: 'Only the intent with this key.' })),
          node: Type.Optional(Type.String({ description: 'Only intents of this node.' })),
          state: oneOf(['skipped', 'failed', 'expired', 'unresolved'], 'How it ends.'),
          code: Type.Optional(Type.String({ description: 'Why, as a code.' })),
          message: Type.Optional(Type.String({ description: 'Why, as a sentence.' })),
          times: Type.Optional(Type.Integer({ minimum: 1, description: 'How many orders end so.' })),
        }),
        { description: 'Orders that end otherwise than filled; the first that fits counts.' },
      ),
    ),
  },
  'Trades without a chain.',
)

const HttpMocks = Type.Array(
  fields({
    url: Type.String({ minLength: 1, description: 'The whole URL, or its beginning and a *.' }),
    method: Type.Optional(Type.String({ description: 'Only requests of this method.' })),
    status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599, description: 'The status; 200 by default.' })),
    json: Type.Optional(Type.Unknown({ description: 'The body as JSON.' })),
    text: Type.Optional(Type.String({ description: 'The body as text.' })),
    delay: Type.Optional(Field.duration({ description: 'How long the answer takes.' })),
    times: Type.Optional(Type.Integer({ minimum: 1, description: 'How often this answer is given.' })),
  }),
  { description: 'Answers of the network, in order.' },
)

const Expectations = fields(
  {
    events: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.Object({}, { additionalProperties: true })), {
        description:
          'All events of a node, in order (of a sink: what it took). Fields that are not named may be anything.',
      }),
    ),
    counts: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 0 }), { description: 'How many events a node gave.' }),
    ),
    orders: Type.Optional(
      Type.Array(Type.Object({}, { additionalProperties: true }), {
        description: 'All orders, in the order taken: key, node, state, input, output, code, at.',
      }),
    ),
    output: Type.Optional(
      Type.Array(Type.String(), { description: 'Texts that occur in the lines written for people, in this order.' }),
    ),
    errors: Type.Optional(
      Type.Array(Type.Object({}, { additionalProperties: true }), {
        description: 'All failures of nodes: node, code, message. None are expected by default.',
      }),
    ),
    ended: Type.Optional(
      oneOf(['completed', 'drained', 'timed-out', 'failed', 'aborted'], 'How the run ends; by default well.'),
    ),
  },
  'What has to come of it.',
)

const PIPELINE_TEST = fields({
  name: Type.String({ minLength: 1, description: 'A sentence about what the pipeline does.' }),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The pipeline's params." })),
  settings: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Single settings to override, as with --set.' }),
  ),
  env: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Environment variables; no others are seen.' }),
  ),
  secrets: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Secrets; no others are seen.' })),
  start: Type.Optional(Field.time({ description: 'When virtual time begins; 2026-01-01T00:00:00Z by default.' })),
  seed: Type.Optional(Type.String({ description: 'Seed of all randomness.' })),
  mocks: Type.Optional(
    fields(
      {
        trader: Type.Optional(TraderMock),
        wallet: Type.Optional(
          Type.Array(Field.amount({ description: 'An amount.' }), {
            description: 'What the wallet holds, for orders that are a share of it; what is traded changes it.',
          }),
        ),
        http: Type.Optional(HttpMocks),
      },
      'The world around.',
    ),
  ),
  events: Type.Optional(
    Type.Array(
      fields({
        at: When('When it is given.'),
        node: Type.String({ description: 'The node that gives it.' }),
        event: AnyEvent,
      }),
      {
        description: 'Events in. A node that is named here is replaced: it gives these events and nothing else.',
      },
    ),
  ),
  until: Type.Optional(When('When the run is drained, unless it has ended by itself.')),
  expect: Expectations,
})

/** The format of `*.test.yaml`: its JSON Schema, for editors too. */
export const pipelineTestSchema = fields(
  {
    pipeline: Type.Optional(
      Type.String({ description: 'The pipeline under test, from this file; beside it by default.' }),
    ),
    tests: Type.Array(PIPELINE_TEST, { minItems: 1, description: 'The tests.' }),
  },
  'Tests of a pipeline: events in with virtual times, mocked services, and what has to come of it.',
)

export type PipelineTest = Static<typeof PIPELINE_TEST>

const Optional = Type.Optional

/** The events a test can give, as a person writes them. */
export const EVENT_SCHEMAS = {
  price: fields({
    kind: Type.Literal('price'),
    pair: Field.pair(),
    price: Price('The price.'),
    low: Optional(Price('The lowest since the one before.')),
    high: Optional(Price('The highest since the one before.')),
    origin: Optional(Type.String()),
    slot: Optional(Type.Integer()),
  }),
  candle: fields({
    kind: Type.Literal('candle'),
    pair: Field.pair(),
    interval: Field.duration(),
    open: Type.Number(),
    high: Type.Number(),
    low: Type.Number(),
    close: Type.Number(),
    volume: Optional(Type.Number()),
  }),
  signal: fields({
    kind: Type.Literal('signal'),
    pair: Field.pair(),
    name: Type.String(),
    direction: oneOf(['buy', 'sell', 'none'], 'What it says.'),
    value: Optional(Type.Number()),
  }),
  intent: fields({
    kind: Type.Literal('intent'),
    key: Type.String({ minLength: 1 }),
    input: Type.String({ description: 'An amount as in "10 USDC"; or a token, when the output is an amount.' }),
    output: Type.String({ description: 'A token; or an amount, when the input is a token.' }),
    min: Optional(Price('The least price.')),
    max: Optional(Price('The highest price.')),
    expires: Optional(When('Nothing is sent after this.')),
    slippageBps: Optional(Type.Integer({ minimum: 0 })),
    terms: Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'For the order node on its way: its own trigger and the like.',
      }),
    ),
    reason: Optional(Type.String()),
  }),
  notice: fields({
    kind: Type.Literal('notice'),
    level: oneOf(['info', 'warning', 'critical'], 'How bad.'),
    title: Type.String(),
    text: Optional(Type.String()),
  }),
} as const

export type PlainInput = {
  [Kind in keyof typeof EVENT_SCHEMAS]: Static<(typeof EVENT_SCHEMAS)[Kind]>
}[keyof typeof EVENT_SCHEMAS]
