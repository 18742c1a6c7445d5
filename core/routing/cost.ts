import { BPS, mulDiv } from '../money/rounding.ts'
import { convert, type Rate } from './curve.ts'
import type { Leg } from './split.ts'

type CostKind =
  | 'base-fee'
  | 'priority-fee'
  | 'tip'
  | 'pool-fee'
  | 'platform-fee'
  | 'transfer-fee'
  | 'price-impact'
  | 'expected-slippage'
  | 'waiting'
  | 'rent'

/** One cost of a trade, in the units of both sides and in bps of the trade's value at the mid price. */
interface CostLine {
  readonly kind: CostKind
  readonly input: bigint
  readonly output: bigint
  readonly bps: number
  /** Whether the quoted output is already less by it: then it is shown, and not subtracted a second time. */
  readonly withinQuote: boolean
  /** Comes back when the account is closed, so it does not count against the route. */
  readonly refundable: boolean
  /** Where the number comes from, as in `getFeeForMessage`, `pool state`. */
  readonly source: string
}

/** What landing costs whatever the pools: lamports of all its transactions, and how many output units a lamport is worth. */
export interface Landing {
  /** One for each transaction. */
  readonly signatures: number
  readonly lamportsPerSignature: bigint
  readonly priorityFee_lamports: bigint
  readonly tip_lamports: bigint
  /** Deposits for accounts the trade opens. */
  readonly rent_lamports: bigint
  /** Worth of lamports in output units: `{input: lamports, output: units}`. */
  readonly lamportRate: Rate
  /** How much less than quoted such trades got, on average, in bps of the output; from history or depth. */
  readonly expectedSlippageBps: number
  /** Of several transactions, one after the other: what the price may take from the later ones, in output units. */
  readonly waiting: bigint
  readonly sources: {
    readonly priorityFee: string
    readonly tip: string
    readonly rent: string
    readonly slippage: string
    readonly waiting: string
  }
}

/** Fees a venue says it takes besides its pools', in output units; they are within its quoted output. */
export interface VenueFees {
  /** Of the pools themselves, where it is known to the unit; else their rate is taken. */
  readonly pool?: bigint
  readonly platform: bigint
  readonly transfer: bigint
}

export interface AllInCost {
  readonly lines: readonly CostLine[]
  /** Quoted output less every cost that is neither within the quote nor refundable: what routes are compared by. */
  readonly netOutput: bigint
  /** Distance of `netOutput` from the mid value of the input, in bps. */
  readonly totalBps: number
}

/**
 * Every cost of one candidate, each once.
 *
 * @param mid output units per input units before any trade, fees not taken; the yardstick of all bps figures
 */
export function allInCost(
  legs: readonly Leg[],
  mid: Rate,
  landing: Landing,
  venueFees: VenueFees = { platform: 0n, transfer: 0n },
): AllInCost {
  const input = legs.reduce((sum, leg) => sum + leg.input, 0n)
  const quoted = legs.reduce((sum, leg) => sum + leg.output, 0n)
  const midValue = convert(input, mid)
  const line = (
    kind: CostKind,
    output: bigint,
    source: string,
    flags: Partial<Pick<CostLine, 'withinQuote' | 'refundable'>> = {},
  ): CostLine => ({
    kind,
    output,
    input: output < 0n ? 0n : mulDiv(output, mid.input, mid.output, 'up'),
    bps: bpsOfValue(output, midValue),
    withinQuote: flags.withinQuote ?? false,
    refundable: flags.refundable ?? false,
    source,
  })
  const lamports = (units: bigint): bigint => mulDiv(units, landing.lamportRate.output, landing.lamportRate.input, 'up')
  const within = { withinQuote: true }

  // The pools' fees are taken from the input of each hop; at the mid rate they are this much output.
  const poolFee =
    venueFees.pool ??
    legs.reduce(
      (sum, leg) => sum + (convert(leg.input, mid) * BigInt(Math.round(leg.curve.feeBps * 100))) / (BPS * 100n),
      0n,
    )
  const impact = midValue - quoted - poolFee - venueFees.platform - venueFees.transfer
  const expected = mulDiv(quoted, BigInt(Math.round(landing.expectedSlippageBps * 100)), BPS * 100n, 'up')
  const lines = [
    line(
      'base-fee',
      lamports(BigInt(landing.signatures) * landing.lamportsPerSignature),
      `${landing.signatures} × ${landing.lamportsPerSignature} lamports`,
    ),
    line('priority-fee', lamports(landing.priorityFee_lamports), landing.sources.priorityFee),
    line('tip', lamports(landing.tip_lamports), landing.sources.tip),
    line('pool-fee', poolFee, 'pool state', within),
    line('platform-fee', venueFees.platform, 'quote', within),
    line('transfer-fee', venueFees.transfer, 'mint state', within),
    line('price-impact', impact, 'mid price of the best pool against the quote', within),
    line('expected-slippage', expected, landing.sources.slippage),
    line('waiting', landing.waiting, landing.sources.waiting),
    line('rent', lamports(landing.rent_lamports), landing.sources.rent, {
      refundable: true,
    }),
  ].filter(cost => cost.output !== 0n)
  const netOutput = lines.reduce(
    (rest, cost) => (cost.withinQuote || cost.refundable ? rest : rest - cost.output),
    quoted,
  )
  return {
    lines,
    netOutput,
    totalBps: bpsOfValue(midValue - netOutput, midValue),
  }
}

/** Hundredths of a bps are kept: a base fee on a large trade is less than one. */
function bpsOfValue(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0
  // To the nearest: a pool's 4 bps are not told as 3.99.
  const hundredths = Number(mulDiv(part < 0n ? -part : part, BPS * 100n, whole, 'half-even'))
  return (part < 0n ? -hundredths : hundredths) / 100
}
