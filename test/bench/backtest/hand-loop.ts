import { EquityMeter } from '../../../core/accounting/equity-meter.ts'
import type { BarSeries } from '../../../core/backtest/bars.ts'
import { LazyPrice } from '../../../core/money/lazy-price.ts'
import { priceFromNumber } from '../../../core/money/price.ts'
import { BPS, mulDiv } from '../../../core/money/rounding.ts'

/** A trade as both tell it: what went in and came out, in base units, and when. */
export interface BareTrade {
  readonly at: number
  readonly side: 'buy' | 'sell'
  readonly input: bigint
  readonly output: bigint
}

export interface BareRun {
  readonly trades: readonly BareTrade[]
  readonly end: number
}

const SPENT = 1_000_000_000n
const STOP = 0.02
const ONE_SOL = 10n ** 9n
const ONE_USDC = 10n ** 6n
const ONE_PRICE = 10n ** 12n
/** Signature and priority fee of a swap, as the pipeline pays them. */
const FEE_LAMPORTS = 5_720n

/**
 * The strategy of momentum.yaml in one function, as somebody would write it who needs nothing else: two averages, one
 * position, a stop, fills at the next open, the fee, the worth of the account at every bar.
 */
export function handLoop(bars: BarSeries, fast: number, slow: number, feeBps: number, capital: bigint): BareRun {
  const { close, count, high, interval_ms, low, open, pair, start_ms } = bars
  const meter = new EquityMeter()
  const trades: BareTrade[] = []
  const [fastWeight, slowWeight] = [2 / (fast + 1), 2 / (slow + 1)]
  let [fastMean, slowMean] = [0, 0]
  let quote = capital
  let base = 0n
  let fees = 0n
  let [quoteWorth, baseWorth] = [Number(capital) / 1e6, 0]
  let stop = Number.NEGATIVE_INFINITY
  let since = 0
  /** What waits for the next open: nothing, a purchase, a sale. */
  let wants: 'none' | 'buy' | 'sell' = 'none'
  let wasUp = true

  const traded = (at: number, side: 'buy' | 'sell', scaled: bigint): void => {
    const input = side === 'buy' ? SPENT : base
    const net = input - mulDiv(input, BigInt(feeBps), BPS, 'up')
    const output =
      side === 'buy'
        ? mulDiv(net * ONE_PRICE, ONE_SOL, scaled * ONE_USDC, 'down')
        : mulDiv(net * scaled, ONE_USDC, ONE_PRICE * ONE_SOL, 'down')
    fees += FEE_LAMPORTS
    if (side === 'buy') {
      quote -= input
      base = output
      stop = (Number(input) / 1e6 / (Number(output) / 1e9)) * (1 - STOP)
      since = at
    } else {
      quote += output
      base = 0n
    }
    quoteWorth = Number(quote) / 1e6
    baseWorth = Number(base - fees) / 1e9
    trades.push({ at, side, input, output })
  }

  meter.observe(start_ms[0]!, quoteWorth)
  for (let bar = 0; bar < count; bar++) {
    const opened = start_ms[bar]!
    if (wants !== 'none') {
      traded(opened, wants, new LazyPrice(pair, open[bar]!).scaled)
      wants = 'none'
    }
    const price = close[bar]!
    const at = opened + interval_ms
    if (bar < fast) {
      fastMean += price
      if (bar === fast - 1) fastMean /= fast
    } else fastMean += (price - fastMean) * fastWeight
    if (bar < slow) {
      slowMean += price
      if (bar === slow - 1) slowMean /= slow
    } else slowMean += (price - slowMean) * slowWeight
    if (bar >= slow - 1) {
      const apart = fastMean - slowMean
      if (base > 0n) {
        if (apart < 0) wants = 'sell'
      } else if (apart > 0 && !wasUp) wants = 'buy'
      wasUp = apart > 0
    }
    if (base > 0n && wants === 'none' && (low[bar]! <= stop || (opened > since && open[bar]! <= stop))) {
      const first = new LazyPrice(pair, open[bar]!).scaled
      const level = priceFromNumber(pair, stop).scaled
      const gap = first <= level
      traded(at, 'sell', gap ? first : level)
    }
    meter.observe(at, quoteWorth + baseWorth * price)
  }
  if (high.length !== count) throw new RangeError('columns of different lengths')
  return { trades, end: meter.summary().end }
}
