import { type Static, Type } from 'typebox'
import { Count, doc, Text, Units } from '../../events/document-fields.ts'
import type { RouteCost, RouteRow, RoutesEvent } from '../../events/routes.ts'

const Cost = doc(
  {
    kind: Text('What is paid for.'),
    input: Units('Base units of the input.'),
    output: Units('The same in base units of the output.'),
    bps: Type.Number({ description: "Of the trade's value at the middle price." }),
    withinQuote: Type.Boolean({ description: 'The quoted output is less by it already.' }),
    refundable: Type.Boolean({ description: 'Comes back when the account is closed.' }),
    source: Text('Where the figure comes from.'),
  },
  'One cost of a route.',
)

const Row = doc(
  {
    kind: Text('direct, two-hop, split or aggregator.'),
    label: Text('For people.'),
    venues: Type.Array(Text('Name of a venue.')),
    pools: Type.Array(Text('Address of a pool, in order.')),
    output: Units('Quoted, in base units of the output.'),
    minimum: Units('What the transaction would accept at least.'),
    net: Units('Left in the wallet after every cost that does not come back.'),
    totalBps: Type.Number({ description: 'All costs together.' }),
    costs: Type.Array(Cost),
    transactions: Type.Optional(Count('Set when it takes several, one after the other.')),
    oversize_bytes: Type.Optional(Count('Set when no transaction holds it, so that it was passed over.')),
  },
  'One way to make the trade.',
)

/** The ways compared for one trade. */
export const RunRoutes = doc(
  {
    key: Text("The intent's key."),
    input: doc({ mint: Text('Mint.'), amount: Units('Base units.') }, 'What goes in.'),
    output: Text('Mint of what comes out.'),
    rows: Type.Array(Row, { description: 'The chosen one first.' }),
    why: Text('Why the first one.'),
    slippage: doc(
      {
        bps: Type.Number({ description: 'Tolerance between quote and fill.' }),
        reasons: Type.Array(Text('How it came about.')),
      },
      'The tolerance of every row.',
    ),
    priorityFee_microLamports: Units('Per compute unit.'),
    unavailable: Type.Array(
      doc(
        {
          venue: Text('Name of the venue.'),
          code: Text('An error code.'),
          message: Text('A sentence.'),
          remedy: Type.Optional(Text('What to do.')),
        },
        'A venue that could not be asked.',
      ),
    ),
  },
  'A comparison of routes.',
)

/** Wall time of a comparison's steps. */
export const RouteTiming = doc(
  {
    key: Text("The intent's key."),
    steps: Type.Array(doc({ step: Text('What was done.'), wall_ms: Type.Number() }, 'A step.')),
  },
  'What a comparison took.',
)

export function routesOf(event: RoutesEvent): Static<typeof RunRoutes> {
  return {
    key: event.key,
    input: { mint: event.input.token.mint, amount: event.input.units.toString() },
    output: event.output.mint,
    rows: event.rows.map(rowOf),
    why: event.why,
    slippage: { bps: event.slippage.bps, reasons: [...event.slippage.reasons] },
    priorityFee_microLamports: event.priorityFee_microLamports.toString(),
    unavailable: event.unavailable.map(({ venue, reason }) => ({ venue, ...reason })),
  }
}

function rowOf(row: RouteRow): Static<typeof Row> {
  return {
    kind: row.kind,
    label: row.label,
    venues: [...row.venues],
    pools: [...row.pools],
    output: row.output.units.toString(),
    minimum: row.minimum.units.toString(),
    net: row.net.units.toString(),
    totalBps: row.totalBps,
    costs: row.costs.map(costOf),
    ...(row.transactions === undefined ? {} : { transactions: row.transactions }),
    ...(row.oversize_bytes === undefined ? {} : { oversize_bytes: row.oversize_bytes }),
  }
}

function costOf(cost: RouteCost): Static<typeof Cost> {
  const { kind, input, output, bps, withinQuote, refundable, source } = cost
  return {
    kind,
    input: input.units.toString(),
    output: output.units.toString(),
    bps,
    withinQuote,
    refundable,
    source,
  }
}
