import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fill } from '../events/report.ts'
import { parsePrice } from '../money/price.ts'
import { SOL_MINT, type Token } from '../money/token.ts'
import { PositionBook, profitAt } from './position-book.ts'
import { pairOf } from './quote-token.ts'
import { feesOf, type LostFees, type Trade, tradeOf } from './trade.ts'
import { TradeTally } from './trade-tally.ts'

const token = (symbol: string, decimals: number, mint = `${symbol}-mint`): Token => ({
  cluster: 'test',
  mint,
  symbol,
  decimals,
  program: 'spl-token',
})
const SOL = token('SOL', 9, SOL_MINT)
const USDC = token('USDC', 6)
const BONK = token('BONK', 5)
const WIF = token('WIF', 6)
const PAIR = { base: SOL, quote: USDC }

const FEES = { base_lamports: 5_000n, priority_lamports: 20_000n, tip_lamports: 1_000n, rent_lamports: 2_039_280n }
const NONE = { base_lamports: 0n, priority_lamports: 0n, tip_lamports: 0n, rent_lamports: 0n }

function fill(input: Token, paid: bigint, output: Token, received: bigint, more: Partial<Fill> = {}): Fill {
  return {
    orderId: 'o',
    key: 'k',
    venue: 'pool',
    signature: 's',
    slot: 1,
    at: 0,
    input: { token: input, units: paid },
    output: { token: output, units: received },
    quotedOutput: { token: output, units: received },
    minimumOutput: { token: output, units: 0n },
    fees: NONE,
    computeUnits: 1,
    slippageBps: 0,
    ...more,
  }
}

const buy = (base: bigint, quote: bigint, at = 0, fees = NONE): Trade =>
  tradeOf({ fill: fill(USDC, quote, SOL, base, { at, fees }), node: 'plan' })
const sell = (base: bigint, quote: bigint, at = 0, fees = NONE): Trade =>
  tradeOf({ fill: fill(SOL, base, USDC, quote, { at, fees }), node: 'plan' })

describe('a pair is read as people read it', () => {
  test.each([
    [SOL, USDC, 'SOL', 'USDC'],
    [BONK, SOL, 'BONK', 'SOL'],
    [BONK, USDC, 'BONK', 'USDC'],
    [USDC, token('USDT', 6), 'USDT', 'USDC'],
    [WIF, BONK, 'BONK', 'WIF'],
  ])('whichever side was paid', (a, b, base, quote) => {
    for (const pair of [pairOf(a, b), pairOf(b, a)]) {
      expect([pair.base.symbol, pair.quote.symbol]).toEqual([base, quote])
    }
  })
})

describe('a fill as a trade', () => {
  test('a purchase pays its fees in SOL at its own price, rounded up; rent stands apart', () => {
    const trade = buy(100_000_000n, 15_000_001n, 0, FEES)
    expect(trade).toMatchObject({ side: 'buy', base_units: 100_000_000n, quote_units: 15_000_001n })
    // 150.00001 USDC a SOL: 5,000 lamports are 750.00005 millionths of a USDC
    expect(trade.fees).toEqual({
      base_units: 751n,
      priority_units: 3_001n,
      tip_units: 151n,
      rent_units: 305_892n,
      unvalued_lamports: 0n,
    })
    expect(feesOf(trade)).toBe(751n + 3_001n + 151n)
    expect(trade.fees_lamports).toBe(26_000n)
  })

  test('what was missing against the quote is told in the quote token, on either side', () => {
    const bought = tradeOf({
      fill: fill(USDC, 15_000_000n, SOL, 100_000_000n, { quotedOutput: { token: SOL, units: 101_000_000n } }),
      node: 'n',
    })
    expect(bought.slippage_units).toBe(150_000n)
    const sold = tradeOf({
      fill: fill(SOL, 100_000_000n, USDC, 15_000_000n, { quotedOutput: { token: USDC, units: 14_999_000n } }),
      node: 'n',
    })
    expect(sold.slippage_units).toBe(-1_000n)
  })

  test('fees of a pair without SOL need a price of SOL, and without one are told in lamports, not as zero', () => {
    const swap = fill(USDC, 1_000_000n, BONK, 5_000_000n, { fees: FEES })
    expect(tradeOf({ fill: swap, node: 'n' }).fees).toMatchObject({ base_units: 0n, unvalued_lamports: 26_000n })
    const sol = parsePrice('200', PAIR)
    expect(tradeOf({ fill: swap, node: 'n', sol }).fees).toMatchObject({ base_units: 1_000n, unvalued_lamports: 0n })
    const wrong = parsePrice('200', { base: BONK, quote: USDC })
    expect(() => tradeOf({ fill: swap, node: 'n', sol: wrong })).toThrow(/does not value fees in SOL/)
  })

  test('where SOL is the quote, a lamport is a lamport', () => {
    const trade = tradeOf({ fill: fill(SOL, 1_000_000n, BONK, 5n, { fees: FEES }), node: 'n' })
    expect(feesOf(trade)).toBe(26_000n)
  })

  test('a fill of another pair is refused', () => {
    expect(() => tradeOf({ fill: fill(USDC, 1n, BONK, 1n), node: 'n', pair: PAIR })).toThrow(/is not/)
  })
})

const profitsOf = (trades: readonly Trade[]) => {
  const book = new PositionBook()
  const closed = trades.map(trade => book.apply(trade))
  return { book, closed, position: book.positions()[0]! }
}

describe('positions', () => {
  const trades = [buy(10n, 1_000n), buy(10n, 2_000n), sell(10n, 1_800n)]

  test('average cost and first in, first out tell another realised profit of the same sale', () => {
    const { position, closed } = profitsOf(trades)
    expect(position.realisedAverage_units).toBe(300n)
    expect(position.realisedFifo_units).toBe(800n)
    expect(position.average).toMatchObject({ units: 10n, cost_units: 1_500n })
    expect(position.fifo).toMatchObject({ units: 10n, cost_units: 2_000n })
    expect(closed[2]?.average).toMatchObject({ direction: 'long', bought_units: 1_500n, sold_units: 1_800n })
  })

  test('what is sold before it was bought comes out of the wallet, and earns by being bought back lower', () => {
    const { position, closed } = profitsOf([sell(10n, 2_000n), buy(4n, 600n)])
    expect(position.average).toMatchObject({ units: -6n, cost_units: -1_200n })
    expect(closed[1]?.fifo).toMatchObject({
      direction: 'short',
      bought_units: 600n,
      sold_units: 800n,
      gross_units: 200n,
    })
  })

  test('a sale of more than is held closes it and opens the rest the other way', () => {
    const { position, closed } = profitsOf([buy(10n, 1_000n), sell(15n, 3_000n)])
    expect(closed[1]?.average).toMatchObject({ units: 10n, gross_units: 1_000n })
    expect(position.average).toMatchObject({ units: -5n, cost_units: -1_000n })
  })

  test('fees of both ends count against what is closed, pro rata', () => {
    const fees = { ...NONE, base_lamports: 2n }
    const { closed } = profitsOf([buy(4n, 40n, 0, fees), sell(2n, 30n, 0, fees)])
    // 2 lamports at 10 are 20, half of them for half of the position; 2 lamports at 15 are 30
    expect(closed[1]?.average).toMatchObject({ gross_units: 10n, fees_units: 40n, net_units: -30n })
  })

  test('nodes and pairs are kept apart', () => {
    const book = new PositionBook()
    book.apply(buy(1n, 100n))
    book.apply({ ...buy(1n, 100n), node: 'other' })
    book.apply(tradeOf({ fill: fill(USDC, 1n, BONK, 1n), node: 'plan' }))
    expect(book.positions().map(({ node, pair }) => `${node} ${pair.base.symbol}`)).toEqual([
      'plan SOL',
      'other SOL',
      'plan BONK',
    ])
    expect(book.open).toBe(3)
  })

  test('whatever is traded, both methods tell the money that came, went, and is left, to the unit', () => {
    const step = fc.record({
      isBuy: fc.boolean(),
      base: fc.bigInt(1n, 10n ** 12n),
      quote: fc.bigInt(0n, 10n ** 12n),
      lamports: fc.bigInt(0n, 10n ** 6n),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), steps => {
        const list = steps.map(({ isBuy, base, quote, lamports }, at) =>
          (isBuy ? buy : sell)(base, quote, at, { ...NONE, base_lamports: lamports }),
        )
        const { position, closed } = profitsOf(list)
        const price = parsePrice('123.456789', PAIR)
        const average = profitAt(position, price, 'average')
        const fifo = profitAt(position, price, 'fifo')
        const cash = list.reduce((sum, trade) => sum + (trade.side === 'buy' ? -1n : 1n) * trade.quote_units, 0n)
        const fees = list.reduce((sum, trade) => sum + feesOf(trade), 0n)
        expect(average.net_units).toBe(cash + average.value_units - fees)
        expect(fifo.net_units).toBe(average.net_units)
        expect(position.fifo.units).toBe(position.average.units)
        const perTrade = closed.reduce((sum, close) => sum + (close?.fifo.gross_units ?? 0n), 0n)
        expect(perTrade).toBe(position.realisedFifo_units)
        const feesOfClosed = closed.reduce((sum, close) => sum + (close?.average.fees_units ?? 0n), 0n)
        expect(feesOfClosed + position.average.fees_units).toBe(fees)
      }),
    )
  })

  test('FIFO equals a list of single units, each sold in the order it was bought', () => {
    const step = fc.record({ isBuy: fc.boolean(), base: fc.bigInt(1n, 9n), price: fc.bigInt(1n, 50n) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const book = new PositionBook()
        const queue: bigint[] = []
        let realised = 0n
        for (const { isBuy, base, price } of steps) {
          const amount = isBuy ? base : BigInt(Math.min(Number(base), queue.length))
          if (amount === 0n) continue
          book.apply((isBuy ? buy : sell)(amount, amount * price))
          for (let unit = 0n; unit < amount; unit++) {
            if (isBuy) queue.push(price)
            else realised += price - queue.shift()!
          }
        }
        const position = book.positions()[0]
        expect(position?.realisedFifo_units ?? 0n).toBe(realised)
        expect(position?.fifo.cost_units ?? 0n).toBe(queue.reduce((sum, price) => sum + price, 0n))
      }),
    )
  })
})

describe('the tally', () => {
  test('counts wins after fees, costs each once, and the time in the market', () => {
    const tally = new TradeTally(USDC)
    tally.apply(buy(10n, 1_000n, 100))
    tally.apply(sell(10n, 1_500n, 300))
    tally.apply(buy(10n, 1_000n, 1_000))
    tally.apply(sell(5n, 400n, 1_100))
    tally.apply(tradeOf({ fill: fill(SOL, 5n, USDC, 500n, { at: 1_500, priceImpactBps: 10 }), node: 'plan' }))
    tally.apply(buy(1n, 100n, 2_000, { ...NONE, tip_lamports: 1n }))
    expect(tally.summary(2_400)).toEqual({
      quote: USDC,
      trades: 6,
      closed: 3,
      wins: 1,
      losses: 1,
      won_units: 500n,
      lost_units: 100n,
      volume_units: 4_500n,
      costs: {
        base_units: 0n,
        priority_units: 0n,
        tip_units: 100n,
        failed_units: 0n,
        network_units: 100n,
        rent_units: 0n,
        unvalued_lamports: 0n,
        slippage_units: 0n,
        impact_units: 0n,
      },
      held_ms: 200 + 500 + 400,
    })
  })

  const lost = (more: Partial<LostFees> = {}): LostFees => ({
    node: 'plan',
    at: 5,
    pair: PAIR,
    fees: { ...FEES, tip_lamports: 0n, rent_lamports: 0n },
    ...more,
  })

  test('fees of a transaction that failed are costs of the strategy, and of no trade', () => {
    const [paid, free] = [new TradeTally(USDC), new TradeTally(USDC)]
    for (const tally of [paid, free]) {
      tally.apply(buy(1_000_000_000n, 150_000_000n, 1))
      tally.apply(sell(1_000_000_000n, 160_000_000n, 2))
    }
    paid.pay(lost())
    paid.pay(lost({ node: 'other', sol: parsePrice('200', PAIR) }))
    // 25,000 lamports at what the last trade paid, 160, and at the price that was given.
    expect(paid.summary(9).costs).toMatchObject({
      failed_units: 4_000n + 5_000n,
      base_units: 0n,
      network_units: 9_000n,
    })
    expect(paid.summary(9)).toMatchObject({ trades: 2, closed: 1, wins: 1, won_units: 10_000_000n })
    const [plan, other] = paid.book.positions()
    const price = parsePrice('160', PAIR)
    expect(profitAt(plan!, price)).toMatchObject({ fees_units: 4_000n, net_units: 10_000_000n - 4_000n })
    expect(profitAt(free.book.positions()[0]!, price).net_units).toBe(10_000_000n)
    expect(other).toMatchObject({ node: 'other', trades: 0, fees: { base_units: 1_000n, priority_units: 4_000n } })
  })

  test('and where nobody knows what SOL is worth, they are told in lamports', () => {
    const tally = new TradeTally(USDC)
    tally.pay(lost())
    expect(tally.summary(9).costs).toMatchObject({ failed_units: 0n, unvalued_lamports: 25_000n })
    expect(() => new TradeTally(SOL).pay(lost())).toThrow(/is not/)
  })

  test('trades of another quote token never mix', () => {
    expect(() => new TradeTally(SOL).apply(buy(1n, 1n))).toThrow(/is not/)
  })
})
