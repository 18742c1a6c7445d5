import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { Token, TokenDirectory } from '../../money/token.ts'
import { parseCondition, readCondition } from './condition.ts'
import type { Verdict } from './evaluate.ts'
import { conditionSentence } from './explain.ts'
import { type Direction, termText } from './term.ts'

const token = (symbol: string): Token => ({
  cluster: 'test',
  mint: `${symbol}-mint`,
  symbol,
  decimals: 6,
  program: 'spl-token',
})
const TOKENS: TokenDirectory = {
  cluster: 'test',
  tokens: ['SOL', 'USDC', 'USDT', 'BONK'].map(token),
  find: written => {
    const found = TOKENS.tokens.find(({ symbol, mint }) => mint === written || symbol === written.toUpperCase())
    if (found) return found
    throw new ForgeError('TOKEN_UNKNOWN', { message: `test has no token "${written}"`, remedy: 'Known: SOL, USDC.' })
  },
}

/** Answers by what is written, as in `price(SOL/USDC)`. */
const world = (answers: Readonly<Record<string, number | Direction>>) => ({
  answer: (term: Parameters<typeof termText>[0]) => answers[termText(term)],
})
const evaluate = (text: string, answers: Readonly<Record<string, number | Direction>>): Verdict =>
  parseCondition(text, TOKENS).evaluate(world(answers))

describe('a condition', () => {
  const dip = 'price(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3%'

  it.each<[Record<string, number>, Verdict]>([
    [{ 'price(SOL/USDC)': 139.99, 'change(SOL/USDC, 1h)': -0.031 }, 'holds'],
    [{ 'price(SOL/USDC)': 139.99, 'change(SOL/USDC, 1h)': -0.03 }, 'fails'],
    [{ 'price(SOL/USDC)': 139.99 }, 'unknown'],
    [{ 'price(SOL/USDC)': 140 }, 'fails'],
    [{ 'price(SOL/USDC)': 139.99, 'change(SOL/USDC, 1h)': Number.NaN }, 'unknown'],
    [{}, 'unknown'],
  ])('of a price and its change, given %o, %s', (answers, verdict) => {
    expect(evaluate(dip, answers)).toBe(verdict)
  })

  it.each<[string, Verdict]>([
    ['time() > 2026-01-01T00:00Z', 'holds'],
    ['time() > 2026-01-01T00:00+01:00 && time() < 2026-02-01', 'holds'],
    ['time() - 2026-01-01 >= 14d12h', 'holds'],
    ['hour() >= 9 && hour() < 17', 'holds'],
    ['!(hour() >= 9) || signal(rsi) < 30', 'fails'],
    ['direction(ema-cross) == buy', 'holds'],
    ['direction("ema-cross", sol/usdc) != none', 'unknown'],
    ['balance(SOL) * price(SOL/USDC) > 1_500', 'holds'],
    ['balance(USDC) / price(SOL/USDC) > balance(SOL)', 'fails'],
    ['price(SOL/USDC) < high(SOL/USDC, 24h) * 95%', 'holds'],
    ['price(SOL/USDC) < high(SOL/USDC, 24h) - 5', 'holds'],
    ['price(SOL/USDC) > signal(rsi) * 2 + -1 * 10', 'holds'],
    ['price(SOL/USDC) / price(SOL/USDT) - 1 > 0.001', 'unknown'],
    ['1 - 2 - 3 < signal(rsi) && 8 / 2 / 2 == signal(two)', 'holds'],
    ['signal(rsi) / signal(zero) > 1 || hour() == 12', 'holds'],
    ['signal(rsi) / signal(zero) > 1', 'unknown'],
    ['!(signal(zero) / signal(zero) > 1)', 'unknown'],
    ['-change(SOL/USDC, 1h30m) > 50% * 2%', 'holds'],
  ])('%s %s', (text, verdict) => {
    const answers = {
      'time()': Date.UTC(2026, 0, 15, 12),
      'hour()': 12,
      'signal(rsi)': 40,
      'signal(two)': 2,
      'signal(zero)': 0,
      'direction(ema-cross)': 'buy' as const,
      'balance(SOL)': 11,
      'balance(USDC)': 140,
      'price(SOL/USDC)': 140,
      'high(SOL/USDC, 1d)': 150,
      'change(SOL/USDC, 1h30m)': -0.02,
    }
    expect(evaluate(text, answers)).toBe(verdict)
  })

  it('says what it needs to be known', () => {
    const { needs } = parseCondition(
      'price(SOL/USDC) / low(BONK/USDC, 2h) < price(SOL/USDC) / price(BONK/USDC) || signal(rsi) > 1 && balance(SOL) > 0 || hour() == 1',
      TOKENS,
    )
    expect(needs).toMatchObject({
      pairs: [{ base: { symbol: 'SOL' } }, { base: { symbol: 'BONK' } }],
      windows: [{ pair: { base: { symbol: 'BONK' } }, window_ms: 7_200_000 }],
      signals: [{ name: 'rsi' }],
      tokens: [{ symbol: 'SOL' }],
      usesTime: true,
    })
    expect(parseCondition(dip, TOKENS).needs).toMatchObject({ usesTime: false, signals: [], tokens: [] })
  })

  it('explains why it did not fire', () => {
    const explanation = parseCondition(dip, TOKENS).explain({
      ...world({ 'price(SOL/USDC)': 141.25 }),
      whyUnknown: () => 'prices go back 12m of 1h',
    })
    expect(explanation).toEqual({
      verdict: 'fails',
      comparisons: [
        { text: 'price(SOL/USDC) < 140', verdict: 'fails', left: '141.25 USDC', right: '140 USDC' },
        { text: 'change(SOL/USDC, 1h) < -3%', verdict: 'unknown', right: '-3%' },
      ],
      terms: [
        { text: 'price(SOL/USDC)', value: '141.25 USDC' },
        { text: 'change(SOL/USDC, 1h)', why: 'prices go back 12m of 1h' },
      ],
    })
    expect(conditionSentence(explanation)).toBe(
      'price(SOL/USDC) < 140 does not hold: 141.25 USDC against 140 USDC. ' +
        'change(SOL/USDC, 1h) < -3% is not known: ? against -3%. change(SOL/USDC, 1h): prices go back 12m of 1h.',
    )
  })
})

/** The caret line of each mistake under the text, and its sentences. */
function mistakes(text: string): string {
  const read = readCondition(text, TOKENS)
  if ('condition' in read) return 'none'
  return read.problems
    .map(({ at, length, message, remedy }) => `${' '.repeat(at)}${'^'.repeat(length)} ${message} | ${remedy}`)
    .join('\n')
}

describe('a condition that means nothing', () => {
  it.each([
    ['prise(SOL/USDC) < 140', '^^^^^ there is no function "prise" | Did you mean "price"?'],
    ['price(SLO/USDC) < 140', '      ^^^ test has no token "SLO" | Known: SOL, USDC.'],
    ['price(SOL/SOL) < 140', '      ^^^^^^^ "SOL/SOL" is the same token twice | Write a pair, as in price(SOL/USDC).'],
    ['price(SOL) < 140', '      ^^^ "SOL" is not a pair | Write a pair, as in price(SOL/USDC).'],
    [
      'change(SOL/USDC) < 1%',
      '^^^^^^^^^^^^^^^^ change() takes pair and window, not 1 values | As in change(SOL/USDC, 1h).',
    ],
    [
      'change(SOL/USDC, 5) < 1%',
      '                 ^ "5" is not a duration | Write it as in "30s", "5m", "1h" or "7d".',
    ],
    [
      'change(SOL/USDC, 90d) < 1%',
      '                 ^^^ a window of 90d is out of range | Give one above zero, of 31d at most.',
    ],
    [
      'price(SOL/USDC) < 3%',
      '^^^^^^^^^^^^^^^^^^^^ a price in USDC per SOL is compared to a percent | For how far it has moved, write change(SOL/USDC, 1h).',
    ],
    [
      'change(SOL/USDC, 1h) < -3',
      '^^^^^^^^^^^^^^^^^^^^^^^^^ a percent is compared to a plain number | Did you mean -3%?',
    ],
    ['time() - time() > 3', '^^^^^^^^^^^^^^^^^^^ a duration is compared to a plain number | Give it a unit, as in 3m.'],
    [
      'price(SOL/USDC) < price(SOL/USDT)',
      '^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a price in USDC per SOL is compared to a price in USDT per SOL | Divide one by the other: price(SOL/USDC) / price(SOL/USDT) < 1.',
    ],
    [
      'price(SOL/USDC) + 1h < 3',
      '^^^^^^^^^^^^^^^^^^^^ a price in USDC per SOL can not be added to a duration | Calculate with what has fitting units.',
    ],
    ['hour() > 1 / (2 - 2)', '             ^^^^^^^ this divides by zero | Divide by something else.'],
    [
      'price(SOL/USDC)',
      '^^^^^^^^^^^^^^^ a price in USDC per SOL is neither true nor false | Compare it, as in price(SOL/USDC) < …',
    ],
    ['1 < 2', '^^^^^ this never changes | Compare something that does, as in price(SOL/USDC) < 140.'],
    [
      '9 < hour() < 17',
      '           ^ comparisons do not follow each other | Join two with &&, as in 130 < x && x < 140.',
    ],
    ['hour() = 9', '       ^ "=" means nothing here | Did you mean "=="?'],
    ['hour() > 9 and hour() < 17', '           ^^^ "and" stands where an operator was expected | Did you mean "&&"?'],
    ['(hour() > 9', '^ "(" is not closed | Add ")".'],
    ['hour( > 9', '^^^^ "hour(" is not closed | Add ")".'],
    ['hour() > ', '         ^ the condition ends where a value was expected | Complete it.'],
    ['hour() > 9x', '          ^ "x" is no unit | Units are % and ms, s, m, h, d, w.'],
    [
      'time() > 2026-02-30',
      '         ^^^^^^^^^^ there is no time "2026-02-30" | Write a time as 2026-01-31T09:30Z, or a day as 2026-01-31: it begins at midnight UTC.',
    ],
    [
      'time() > 2026-01-01T09:30',
      '         ^^^^^^^^^^^^^^^^ "2026-01-01T09:30" does not say in which time zone | Add Z for UTC: 2026-01-01T09:30Z.',
    ],
    ['direction(x) > buy', '^^^^^^^^^^^^^^^^^^ ">" makes no sense between directions | Write == or !=.'],
    ['direction(x) == bye', '                ^^^ "bye" means nothing here | Did you mean "buy"?'],
    ['!hour() > 3 && price > 3', '               ^^^^^ "price" is a function | Write price(…).'],
    ['', '^ the condition is empty | Write one, as in price(SOL/USDC) < 140.'],
    [
      'hour() > 1; process.exit()',
      '          ^ ";" means nothing here | A condition reads like price(SOL/USDC) < 140 && hour() >= 9.',
    ],
  ])('%s', (text, expected) => {
    expect(mistakes(text)).toBe(expected)
  })

  it('is told of all its mistakes at once, each with its caret, as one error', () => {
    const thrown = (() => {
      try {
        return parseCondition('prise(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3', TOKENS)
      } catch (error) {
        return error
      }
    })()
    expect(isForgeError(thrown, 'CONDITION_INVALID') && thrown).toMatchObject({
      exitCode: 78,
      remedy: 'Did you mean "price"? Did you mean -3%?',
      message: [
        'there is no function "prise"',
        '    prise(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3',
        '    ^^^^^',
        'a percent is compared to a plain number',
        '    prise(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3',
        '                             ^^^^^^^^^^^^^^^^^^^^^^^^^',
      ].join('\n'),
    })
  })

  it('is refused when it is absurdly long or deep', () => {
    expect(mistakes(`hour() > ${'1+'.repeat(600)}1`)).toMatch(/a condition of 1210 characters is too long/)
    expect(mistakes(`${'('.repeat(40)}hour() > 1${')'.repeat(40)}`)).toMatch(/more than 32 levels deep/)
    expect(mistakes(`${'!'.repeat(400)}hour() > 1`)).toMatch(/more than 32 levels deep/)
    expect(mistakes(`${'hour() > 1||'.repeat(80)}hour() > 1`)).toBe('none')
  })
})

describe('whatever is written', () => {
  const pieces = fc.constantFrom(
    ...[
      'price',
      'change',
      'signal',
      'hour',
      'time',
      '(',
      ')',
      ',',
      'SOL/USDC',
      '1h',
      '140',
      '-3%',
      '&&',
      '||',
      '!',
      '<',
    ],
    ...[
      '>=',
      '==',
      '+',
      '-',
      '*',
      '/',
      '0',
      '"',
      ' ',
      '2026-01-01',
      'T09:30Z',
      'buy',
      'hour()',
      'signal(rsi)',
      '%',
      '.',
    ],
  )
  const values = fc.oneof(fc.double(), fc.constantFrom(undefined, 'buy' as const, Number.NaN, 0))

  it('never throws anything but that it is invalid, its places lie within the text, and it never holds on nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(pieces, { maxLength: 24 }).map(all => all.join('')),
    )
    const valid = fc
      .array(
        fc.constantFrom(
          'hour() > 3',
          'signal(rsi) < price(SOL/USDC)',
          'change(SOL/USDC, 1h) >= -3%',
          '!(time() < 2026-01-01)',
        ),
        {
          minLength: 1,
          maxLength: 6,
        },
      )
      .chain(all => fc.constantFrom('&&', '||').map(operator => all.join(operator)))
    let holds = 0
    fc.assert(
      fc.property(
        fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: valid }),
        values,
        (written, value) => {
          const read = readCondition(written, TOKENS)
          if ('condition' in read) {
            const known = { answer: () => value }
            const verdict = read.condition.evaluate(known)
            expect(read.condition.explain(known).verdict).toBe(verdict)
            expect(read.condition.evaluate({ answer: () => undefined })).toBe('unknown')
            expect(read.condition.evaluate({ answer: () => Number.NaN })).toBe('unknown')
            if (verdict === 'holds') holds += 1
            return
          }
          expect(read.problems.length).toBeGreaterThan(0)
          for (const { at, length } of read.problems) {
            expect(at).toBeGreaterThanOrEqual(0)
            expect(at).toBeLessThanOrEqual(written.length)
            expect(length).toBeGreaterThanOrEqual(1)
          }
          expect(() => parseCondition(written, TOKENS)).toThrow(expect.objectContaining({ code: 'CONDITION_INVALID' }))
        },
      ),
      { numRuns: 10_000 },
    )
    expect(holds).toBeGreaterThan(0)
  })
})
