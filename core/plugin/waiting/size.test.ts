import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isForgeError } from '../../errors/forge-error.ts'
import { MAX_UNITS } from '../../money/amount.ts'
import { valueAt } from '../../money/price.ts'
import type { Token, TokenDirectory } from '../../money/token.ts'
import { inputFor, parseSize, shareOf, sizeText } from './size.ts'

const token = (symbol: string, decimals: number): Token => ({
  cluster: 'test',
  mint: `${symbol}-mint`,
  symbol,
  decimals,
  program: 'spl-token',
})
const SOL = token('SOL', 9)
const USDC = token('USDC', 6)
const BONK = token('BONK', 5)
const all = [SOL, USDC, BONK]
const TOKENS: TokenDirectory = {
  cluster: 'test',
  tokens: all,
  find: symbol => all.find(each => each.symbol === symbol)!,
}
const size = (text: string) => parseSize(text, TOKENS, SOL, USDC)

describe('a size', () => {
  it('is a share of the holding, or an amount of what goes in or comes out', () => {
    expect(size('50%')).toEqual({ kind: 'share', bps: 5_000n })
    expect(size('0.01 %')).toEqual({ kind: 'share', bps: 1n })
    expect(size('1.5 SOL')).toEqual({ kind: 'amount', amount: { token: SOL, units: 1_500_000_000n } })
    expect(size('20 USDC')).toEqual({ kind: 'amount', amount: { token: USDC, units: 20_000_000n } })
    expect([size('100%'), size('12.5%'), size('2 SOL')].map(each => sizeText(each, SOL))).toEqual([
      'all SOL',
      '12.5% of the SOL',
      '2 SOL',
    ])
  })

  it.each([
    ['0%', 'SIZE_INVALID'],
    ['100.01%', 'SIZE_INVALID'],
    ['200%', 'SIZE_INVALID'],
    ['-5%', 'AMOUNT_INVALID'],
    ['NaN%', 'AMOUNT_INVALID'],
    ['0 SOL', 'SIZE_INVALID'],
    ['10 BONK', 'SIZE_INVALID'],
    ['10', 'AMOUNT_INVALID'],
    ['', 'AMOUNT_INVALID'],
    ['99999999999999999999 SOL', 'AMOUNT_INVALID'],
  ])('"%s" is refused', (text, code) => {
    let thrown: unknown
    try {
      size(text)
    } catch (caught) {
      thrown = caught
    }
    expect(isForgeError(thrown) && thrown.code).toBe(code)
  })

  it('of a share is never more than there is, and the whole leaves nothing', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MAX_UNITS), fc.bigInt(1n, 10_000n), (sellable, bps) => {
        const units = shareOf(sellable, bps)
        expect(units >= 0n && units <= sellable).toBe(true)
        expect(shareOf(sellable, 10_000n)).toBe(sellable)
        if (bps < 10_000n) expect(units + shareOf(sellable, 10_000n - bps) <= sellable).toBe(true)
      }),
    )
  })

  it('in the other token is worth no more than was asked for, and as much but for a unit', () => {
    const scaled = fc.bigInt(10n ** 8n, 10n ** 16n)
    fc.assert(
      fc.property(scaled, fc.bigInt(1n, 10n ** 13n), (price, units) => {
        const at = { pair: { base: SOL, quote: USDC }, scaled: price }
        const asked = { token: USDC, units }
        const sold = inputFor(asked, SOL, at)
        expect(sold.token).toBe(SOL)
        const worth = valueAt(at, sold, 'down').units
        // One unit of SOL more would be worth more than was asked for.
        const more = valueAt(at, { token: SOL, units: sold.units + 1n }, 'up').units
        expect(worth <= units && more >= units).toBe(true)
        expect(inputFor({ token: SOL, units }, USDC, at).units).toBe(valueAt(at, { token: SOL, units }, 'down').units)
      }),
    )
  })
})
