import { type Static, Type } from 'typebox'
import { METRICS, type Metrics } from '../../accounting/metrics.ts'
import { StrategyProfit, TokenFields } from '../../accounting/strategy-profit.ts'
import { Count, doc, oneOf, Text, Time, Units } from '../../events/document-fields.ts'

const Figure = (description: string) =>
  Type.Union(
    [
      Type.Number(),
      doc({ notAvailable: Text('Why there is none: too few days or trades, or nothing to divide by.') }, 'No figure.'),
    ],
    { description },
  )

const metricFields = Object.fromEntries(
  Object.entries(METRICS).map(([name, { label, formula }]) => [name, Figure(`${label}: ${formula}.`)]),
) as Record<keyof Metrics, ReturnType<typeof Figure>>

const MetricFields = doc(metricFields, 'Shares are fractions: 0.25 is 25 %. Durations are milliseconds.')

const Month = doc(
  {
    year: Type.Integer(),
    month: Type.Integer({ minimum: 1, maximum: 12 }),
    value: Type.Number({ description: 'Return; of the first and last month as far as they were run.' }),
  },
  'A month in UTC.',
)

const Curve = (description: string) =>
  Type.Array(
    Type.Unsafe<[at: number, value: number]>({
      type: 'array',
      prefixItems: [{ type: 'integer' }, { type: 'number' }],
      items: false,
      minItems: 2,
    }),
    { description },
  )

const Baseline = doc(
  {
    name: oneOf(['buy-and-hold', 'dca'], 'Which.'),
    description: Text('How it was computed.'),
    start: Type.Number({ description: 'Whole quote tokens.' }),
    end: Type.Number({ description: 'Whole quote tokens.' }),
    metrics: MetricFields,
    curve: Curve('Unix milliseconds and equity.'),
  },
  'What the same money would have done without the strategy.',
)

const Strategy = doc(
  { ...StrategyProfit.properties, wallet: Type.Optional(Text("Name of its wallet, where that is not the run's own.")) },
  'A strategy node and what it earned with a pair. In base units.',
)

const Market = doc(
  {
    base: TokenFields,
    quote: TokenFields,
    name: Text('File or folder.'),
    bars: Count('Bars.'),
    interval_ms: Count('Length of a bar.'),
    first: Type.Number({ description: 'Price at the first open, in its own quote token.' }),
    last: Type.Number({ description: 'Price at the last close.' }),
    trades: Count('Trades.'),
    bought: Units("In the report's quote token, at what that was worth then."),
    sold: Units("In the report's quote token."),
    closed: Units("Profit of what was closed, after network fees, at average cost, in the report's quote token."),
  },
  'A pair, and what was traded of it.',
)

const Held = Type.Array(doc({ ...TokenFields.properties, amount: Units('Base units.') }, 'So much of a token.'))

const Wallet = doc(
  {
    name: Type.Optional(Text("As the pipeline names it; absent for the run's own.")),
    before: Held,
    after: Held,
    start: Type.Number({ description: 'What it was worth at the first open, in whole quote tokens.' }),
    end: Type.Number({ description: 'At the last close.' }),
  },
  'A wallet before and after.',
)

/** What `report.json` of a backtest holds; `report.html` shows the same. */
export const BacktestDocument = doc(
  {
    document: Type.Literal('backtest'),
    version: Type.Literal(1),
    pipeline: Text('Name of the pipeline.'),
    summary: Text('What it does.'),
    params: Type.Record(Type.String(), Type.Unknown(), { description: 'The params as they were bound.' }),
    settings: Type.Record(Type.String(), Type.String(), { description: 'How it was run.' }),
    base: TokenFields,
    quote: { ...TokenFields, description: 'In which all is valued.' },
    from: Time('When it began.'),
    to: Time('When the last bar closed.'),
    data: doc(
      {
        name: Text('File or folder.'),
        bars: Count('Bars.'),
        interval_ms: Count('Length of a bar.'),
        gaps: Count('Gaps in the data.'),
        missing: Count('Bars missing in them.'),
        duplicates: Count('Bars that were there twice.'),
      },
      'What it ran over.',
    ),
    equity: doc(
      {
        start: Type.Number({ description: 'Whole quote tokens.' }),
        end: Type.Number({ description: 'Whole quote tokens.' }),
        lowest: Type.Number({ description: 'Whole quote tokens.' }),
        mean: Type.Number({ description: 'Over the bars.' }),
        days: Count('UTC days, and so daily returns.'),
        drawdown: doc(
          {
            depth: Type.Number(),
            peak: Time('Before it.'),
            trough: Time('Its deepest.'),
            recovered: Type.Optional(Time('When the peak was reached again; absent while it was not.')),
          },
          'The maximum drawdown.',
        ),
      },
      'What the account was worth.',
    ),
    metrics: MetricFields,
    months: Type.Array(Month),
    trades: doc(
      {
        count: Count('Trades; each is a line of trades.csv.'),
        closed: Count('Those that closed a position or a part of one.'),
        wins: Count('Closed with a profit after fees.'),
        losses: Count('Closed with a loss.'),
        won: Units('Sum of the profits.'),
        lost: Units('Sum of the losses, absolute.'),
        volume: Units('Bought and sold.'),
        held_ms: Count('How long anything was held.'),
      },
      'In base units of the quote token.',
    ),
    costs: doc(
      {
        base: Units('Signatures.'),
        priority: Units('Priority fees.'),
        tip: Units('Tips to block builders.'),
        refused: Units('Fees of transactions that failed, at the price of their time; 0 where SOL has no price.'),
        rent: Units('Deposits, which come back: no cost.'),
        slippage: Units('Less received than quoted, inside the prices.'),
        impact: Units('Price impact as quoted, inside the prices.'),
        refused_lamports: Units('The fees of failed transactions, in lamports.'),
        unvalued_lamports: Units('Fees nobody could value in the quote token, in lamports.'),
      },
      'In base units of the quote token. Slippage and impact are within what was paid, never added to it.',
    ),
    orders: Type.Record(Type.String(), Type.Integer(), { description: 'Orders by how they ended.' }),
    refused: Count('Transactions that landed and failed.'),
    strategies: Type.Array(Strategy),
    pairs: Type.Optional(Type.Array(Market, { description: 'Where there are several: each of them.' })),
    wallets: Type.Optional(Type.Array(Wallet, { description: 'Where the pipeline names wallets: each of them.' })),
    baselines: Type.Array(Baseline),
    curves: doc(
      {
        equity: Curve('Unix milliseconds and equity; thinned, its extremes kept.'),
        drawdown: Curve('Unix milliseconds and share below the peak, the deepest of each piece.'),
      },
      'What the charts show.',
    ),
    warnings: Type.Array(Text('A sentence.')),
    timing: Type.Optional(
      doc(
        { read_ms: Type.Number(), run_ms: Type.Number(), barsPerSecond: Type.Number() },
        'Wall-clock figures, in what a command prints: what differs between two equal runs.',
      ),
    ),
  },
  'A backtest: what was run, what it brought, and what it cost.',
)

export type BacktestDocument = Static<typeof BacktestDocument>
