import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isForgeError } from '../errors/forge-error.ts'
import { addAmounts, formatAmount, formatUnits, MAX_UNITS, parseAmount, parseUnits } from './amount.ts'
import { LazyPrice } from './lazy-price.ts'
import { formatPrice, parsePrice, priceFromNumber, priceOf, priceToNumber, valueAt } from './price.ts'
import { mulDiv, type Rounding } from './rounding.ts'
import type { Token, TokenDirectory } from './token.ts'

const token = (symbol: string, decimals: number, cluster = 'test'): Token => ({
  cluster,
  mint: `${symbol}-mint`,
  symbol,
  decimals,
  program: 'spl-token',
})
const SOL = token('SOL', 9)
const USDC = token('USDC', 6)
const PAIR = { base: SOL, quote: USDC }
const tokens: TokenDirectory = {
  cluster: 'test',
  tokens: [SOL, USDC],
  find: symbol => (symbol === 'SOL' ? SOL : USDC),
}

const units = fc.bigInt(0n, MAX_UNITS)
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? `${field}` : field))
const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (thrown) {
    return isForgeError(thrown) ? thrown.code : String(thrown)
  }
}

describe('amounts', () => {
  test('what is printed is read back to the unit, whatever the decimals', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 18 }), (value, decimals) => {
        expect(parseUnits(formatUnits(value, decimals), decimals)).toBe(value)
      }),
    )
  })

  test('an amount knows its token', () => {
    expect(parseAmount('1.5 SOL', tokens)).toEqual({ token: SOL, units: 1_500_000_000n })
    expect(formatAmount(parseAmount('0.000001 USDC', tokens))).toBe('0.000001 USDC')
  })

  test.each([
    '',
    '10',
    'USDC',
    '-1 USDC',
    '1e3 USDC',
    'NaN USDC',
    '1,5 USDC',
    '0x10 USDC',
    '1 USDC extra',
    '0.0000001 USDC',
    '99999999999999999999 USDC',
  ])('"%s" is refused', text => expect(codeOf(() => parseAmount(text, tokens))).toBe('AMOUNT_INVALID'))

  test('amounts of different tokens, or of one symbol on two clusters, never mix', () => {
    const elsewhere = token('USDC', 6, 'elsewhere')
    expect(codeOf(() => addAmounts({ token: USDC, units: 1n }, { token: SOL, units: 1n }))).toBe('TOKEN_MISMATCH')
    expect(codeOf(() => addAmounts({ token: USDC, units: 1n }, { token: elsewhere, units: 1n }))).toBe('TOKEN_MISMATCH')
  })
})

describe('division', () => {
  const value = fc.bigInt(0n, 2n ** 128n)
  const divisor = fc.bigInt(1n, 2n ** 64n)

  test('down and up enclose the quotient, and half-even is one of the two, the nearer', () => {
    fc.assert(
      fc.property(value, value, divisor, (a, b, c) => {
        const [down, up, even] = (['down', 'up', 'half-even'] as Rounding[]).map(rounding => mulDiv(a, b, c, rounding))
        expect(down! * c <= a * b && a * b <= up! * c && up! - down! <= 1n).toBe(true)
        const apart = (quotient: bigint): bigint => (quotient * c > a * b ? quotient * c - a * b : a * b - quotient * c)
        expect(apart(even!) <= apart(down!) && apart(even!) <= apart(up!)).toBe(true)
      }),
    )
  })

  test('a tie goes to the even neighbour', () => {
    expect([1n, 3n, 5n].map(odd => mulDiv(odd, 1n, 2n, 'half-even'))).toEqual([0n, 2n, 2n])
  })

  test('exact refuses a remainder, and negative values are refused', () => {
    expect(mulDiv(6n, 2n, 3n, 'exact')).toBe(4n)
    expect(codeOf(() => mulDiv(1n, 1n, 3n, 'exact'))).toBe('ROUNDING_INEXACT')
    expect(() => mulDiv(-1n, 1n, 3n, 'down')).toThrow(RangeError)
  })
})

describe('prices', () => {
  test('the price of an exchange values its base at its quote, within a unit', () => {
    fc.assert(
      fc.property(fc.bigInt(10n ** 6n, 10n ** 15n), fc.bigInt(10n ** 3n, 10n ** 12n), (base, quote) => {
        const price = priceOf(PAIR, { token: SOL, units: base }, { token: USDC, units: quote }, 'down')
        const value = valueAt(price, { token: SOL, units: base }, 'up').units
        expect(value <= quote && quote - value <= 1n + base / 10n ** 15n).toBe(true)
      }),
    )
  })

  test('a price is printed with six digits, however small it is', () => {
    expect(formatPrice(parsePrice('150.25', PAIR))).toBe('150.25 USDC')
    expect(formatPrice(parsePrice('0.000020068918', PAIR))).toBe('0.0000200689 USDC')
    expect(formatPrice(parsePrice('0.000000000001', PAIR))).toBe('0.000000000001 USDC')
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1])('an indicator of %s is no price', value => {
    expect(codeOf(() => priceFromNumber(PAIR, value))).toBe('PRICE_INVALID')
  })

  test('an indicator reaches money through one door, and loses at most its last digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), value => {
        expect(Math.abs(priceToNumber(priceFromNumber(PAIR, value)) - value)).toBeLessThanOrEqual(1e-12 + value * 1e-12)
      }),
    )
  })

  test('a price from market data is the decimal that was written, and keeps its float', () => {
    const written = fc.tuple(fc.integer({ min: 1, max: 18_000_000 }), fc.integer({ min: 0, max: 6 }))
    fc.assert(
      fc.property(written, ([digits, decimals]) => {
        const text = (digits / 10 ** decimals).toFixed(decimals)
        const lazy = new LazyPrice(PAIR, Number(text))
        expect(lazy.scaled).toBe(parsePrice(text, PAIR).scaled)
        expect(priceToNumber(lazy)).toBe(Number(text))
        expect(textOf(lazy)).toBe(textOf(parsePrice(text, PAIR)))
      }),
    )
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1, noNaN: true }), float => {
        expect(new LazyPrice(PAIR, float).scaled).toBe(priceFromNumber(PAIR, float).scaled)
      }),
    )
    expect(codeOf(() => new LazyPrice(PAIR, Number.NaN).scaled)).toBe('PRICE_INVALID')
    expect(codeOf(() => new LazyPrice(PAIR, 0).scaled)).toBe('PRICE_INVALID')
  })
})
