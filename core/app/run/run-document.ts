import { type Static, Type } from 'typebox'
import { StrategyProfit } from '../../accounting/strategy-profit.ts'
import { Count, doc, oneOf, Text, Time, Units } from '../../events/document-fields.ts'
import { PLUGIN_KINDS } from '../../plugin/contract.ts'
import { RouteTiming, RunRoutes } from './run-routes.ts'

const Tokens = doc(
  {
    mint: Text('Base58 address of the mint; SOL is its wrapped mint.'),
    symbol: Text('Symbol in the cluster profile, or the mint when it has none.'),
    decimals: Count('Decimals of the mint.'),
    amount: Units('Base units.'),
  },
  'An amount of a token.',
)

const Fees = doc(
  {
    base_lamports: Units('5,000 lamports a signature.'),
    priority_lamports: Units('Priority fee.'),
    tip_lamports: Units('Tip to a block builder.'),
    rent_lamports: Units('Deposits for accounts opened, less those closed; refundable.'),
  },
  'What was paid beside the swap itself.',
)

const Fill = doc(
  {
    orderId: Text('Id of the order.'),
    key: Text("The intent's key: what makes it happen once."),
    node: Text('The node that wanted it.'),
    venue: Text('Where it was traded.'),
    wallet: Type.Optional(Text("Name of the wallet it was traded with, where that is not the run's own.")),
    signature: Text('Signature of the transaction.'),
    slot: Count('Slot it landed in.'),
    time: Time('Chain time.'),
    input: Tokens,
    output: Tokens,
    quotedOutput: Units('What the quote promised, in base units of the output.'),
    minimumOutput: Units('The least the transaction would have accepted.'),
    fees: Fees,
    computeUnits: Count('Compute units consumed.'),
    priceImpactBps: Type.Optional(
      Type.Number({ description: 'Price impact as quoted; absent where the venue does not say.' }),
    ),
    slippageBps: Type.Number({
      description: 'Received against quoted; positive when less was received than promised.',
    }),
    promised: Type.Optional(
      doc(
        {
          input: Units('Base units of the input.'),
          fees: Fees,
          computeUnits: Count('Compute units, as simulated.'),
          slot: Type.Optional(Count('Slot of the quoted state; absent where the venue does not say.')),
        },
        'What was known before the signature, beside quotedOutput and minimumOutput.',
      ),
    ),
    protection: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'What protected it from others trading around it, and what could not; absent where none was wanted.',
      }),
    ),
    parts: Type.Optional(
      Type.Array(
        doc(
          {
            venue: Text('Where it was traded.'),
            signature: Text('Signature of the transaction.'),
            slot: Count('Slot it landed in.'),
            time: Time('Chain time.'),
            input: Tokens,
            output: Tokens,
          },
          'One transaction of several.',
        ),
        {
          description:
            "Of an order over several transactions: each in turn. All figures beside it are their sums; signature, slot and time the last one's.",
        },
      ),
    ),
    recovered: Type.Boolean({ description: 'Taken up from an earlier run.' }),
  },
  'What landed transactions did, from their own meta.',
)

const Landing = doc(
  {
    orderId: Text('Id of the order.'),
    key: Text("The intent's key."),
    node: Text('The node that wanted it.'),
    wallet: Type.Optional(Text("Name of the wallet it was signed by, where that is not the run's own.")),
    signature: Text('Signature of the transaction.'),
    slot: Count('Slot it landed in.'),
    time: Time('Chain time.'),
    fees: Fees,
  },
  'A transaction that landed and failed: it traded nothing, and its fees are paid.',
)

const Order = doc(
  {
    id: Text('Id of the order.'),
    key: Text("The intent's key."),
    node: Text('The node that wanted it.'),
    isWhole: Type.Optional(
      Type.Literal(true, {
        description: 'Others were made of it: it is counted by these, whose keys begin with its own.',
      }),
    ),
    state: oneOf(
      [
        'accepted',
        'armed',
        'triggered',
        'sent',
        'partly-filled',
        'filled',
        'simulated',
        'skipped',
        'failed',
        'expired',
        'unresolved',
      ],
      'The last that was heard of it.',
    ),
    at: Time('Chain time of that.'),
    signature: Type.Optional(Text('Of the last attempt.')),
    reason: Type.Optional(
      doc(
        {
          code: Text('An error code or a word.'),
          message: Text('A sentence.'),
          remedy: Type.Optional(Text('What to do.')),
        },
        'Why it did not happen; of a filled order, why not all of it did.',
      ),
    ),
  },
  'An order of this run.',
)

const Node = doc(
  {
    id: Text('Id in the pipeline.'),
    kind: oneOf(PLUGIN_KINDS, 'Kind of the plugin.'),
    plugin: Text('Name of the plugin.'),
    received: Count('Events that reached it.'),
    given: Count('Events it gave.'),
    errors: Count('Failures in it.'),
    skipped: Count('Events given up after a failure.'),
    retries: Count('Repeated attempts after a failure.'),
    dropped: Count('Events its entrance let go by its policy.'),
    conflated: Count('Events merged into a newer one.'),
  },
  'What passed a node.',
)

const Portfolio = doc(
  {
    slot: Count('Slot it was read at.'),
    sol_lamports: Units('Lamports of the wallet itself.'),
    tokens: Type.Array(Tokens, { description: 'Every token account of the wallet, by mint.' }),
  },
  'What the wallet held.',
)

const Percentiles = doc(
  {
    count: Count('Measurements.'),
    p50: Type.Number(),
    p90: Type.Number(),
    p99: Type.Number(),
    max: Type.Number(),
  },
  'Milliseconds of wall time.',
)

const Endpoint = doc(
  {
    url: Text('Without its secrets.'),
    state: oneOf(['ok', 'degraded', 'behind', 'limited', 'down', 'foreign'], 'At the end of the run.'),
    requests: Count('Calls it was asked.'),
    failures: Count('Calls without an answer, or with one that made no sense.'),
    rateLimited: Count('Calls it answered with "too many requests".'),
    outrun: Count('Reads that another endpoint, asked as well, answered first.'),
    errorRate: Type.Number({ description: 'Share of failures, the latest weighing most.' }),
    latency_ms: Type.Optional(Type.Number({ description: 'Of an answer, the latest weighing most.' })),
    lag_slots: Count('Slots behind the others, or behind its cluster as it says itself.'),
  },
  'How an RPC endpoint did.',
)

/** The one document that a run prints with `--json`. */
export const RunDocument = doc(
  {
    document: Type.Literal('run'),
    version: Type.Literal(1),
    pipeline: Text('Name of the pipeline.'),
    cluster: Text('Name of the cluster profile.'),
    genesis: Text('Genesis hash of the chain.'),
    wallet: Text('Public key of the trading wallet.'),
    mode: oneOf(['live', 'dry-run'], 'Whether transactions were sent.'),
    params: Type.Record(Type.String(), Type.Unknown(), { description: 'The params as they were bound.' }),
    ended: oneOf(['completed', 'interrupted', 'failed'], 'How the run ended.'),
    error: Type.Optional(
      doc(
        { code: Text('Error code.'), message: Text('What happened.'), remedy: Text('What to do.') },
        'Why it failed.',
      ),
    ),
    started: Time('Chain time at the start.'),
    finished: Time('Chain time at the end.'),
    counts: doc(
      {
        orders: Count('Orders taken, without those that others were made of.'),
        sent: Count('Transactions sent.'),
        filled: Count('Orders filled.'),
        simulated: Count('Orders of a dry run.'),
        skipped: Count('Orders not traded, by their own bounds or limits.'),
        failed: Count('Orders that failed.'),
        expired: Count('Orders that can no longer land.'),
        unresolved: Count('Orders a person must look at.'),
      },
      'How the orders fared.',
    ),
    nodes: Type.Array(Node, { description: 'In topological order.' }),
    orders: Type.Array(Order, { description: 'In the order they were taken.' }),
    fills: Type.Array(Fill, { description: 'In the order they landed.' }),
    failedLandings: Type.Optional(
      Type.Array(Landing, { description: 'Transactions that landed and failed; absent where there were none.' }),
    ),
    simulated: Type.Array(Fill, { description: 'What a dry run would have done.' }),
    routes: Type.Optional(
      Type.Array(RunRoutes, { description: 'The last comparisons, where a node compares routes.' }),
    ),
    portfolio: doc({ before: Portfolio, after: Portfolio }, 'The wallet before and after.'),
    wallets: Type.Optional(
      Type.Array(
        doc(
          {
            name: Text('As the pipeline names it.'),
            address: Text('Public key.'),
            portfolio: doc({ before: Portfolio, after: Portfolio }, 'What it held before and after.'),
          },
          'Another wallet that was traded with.',
        ),
        { description: 'Those that the pipeline names; absent where it names none.' },
      ),
    ),
    strategies: Type.Array(StrategyProfit, {
      description: 'What each strategy node has earned in this run, valued at what its last trade paid.',
    }),
    costs: doc(
      {
        ...Fees.properties,
        failed_lamports: Type.Optional(
          Units('What of it was paid for transactions that landed and failed; absent where there were none.'),
        ),
        total_lamports: Units('Base and priority fees and tips: all but rent, which is refundable.'),
      },
      'Sums over the fills, and over transactions that landed and failed.',
    ),
    left: Type.Array(Text('Id of an order.'), {
      description: 'Orders left open: a restart on the same data directory resumes them.',
    }),
    warnings: Type.Array(Text('A sentence.')),
    dataDirectory: Type.Optional(Text('Where journal and history are kept; a dry run keeps none.')),
    timing: doc(
      {
        wall_ms: Type.Number({ description: 'From the start of the command to its end.' }),
        orderLatency_ms: Percentiles,
        routes: Type.Optional(Type.Array(RouteTiming, { description: 'Of each comparison.' })),
        endpoints: Type.Array(Endpoint, { description: 'The RPC endpoints, in the order of the profile.' }),
      },
      'Wall-clock figures: what differs between two equal runs.',
    ),
  },
  'A run of a pipeline: what it did, what it cost, what it left.',
)

export type RunDocument = Static<typeof RunDocument>
export type RunFill = Static<typeof Fill>
export type RunOrder = Static<typeof Order>
export type RunPortfolio = Static<typeof Portfolio>
