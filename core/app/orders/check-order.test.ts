import { describe, expect, test } from 'vitest'
import { parseAmount } from '../../money/amount.ts'
import { formatPrice, parsePrice } from '../../money/price.ts'
import { parseSize } from '../../plugin/waiting/size.ts'
import { testTokens } from '../../testing/index.ts'
import { checkOrder, type ProposedOrder } from './check-order.ts'
import { resolveLevels, trailLevel } from './order-levels.ts'
import { previewOrder } from './preview-order.ts'

const TOKENS = testTokens()
const [SOL, USDC] = [TOKENS.find('SOL'), TOKENS.find('USDC')]
const price = parsePrice('190', { base: SOL, quote: USDC })

/** An order that sells SOL at 190, or buys it with dollars. */
function proposed(type: string, levels: Record<string, string>, sells = true, size = '100%'): ProposedOrder {
  const [input, output] = sells ? [SOL, USDC] : [USDC, SOL]
  return {
    type,
    levels: resolveLevels({ type, levels, price, sells }),
    size: parseSize(size, TOKENS, input, output),
    sellable: parseAmount(sells ? '10 SOL' : '1000 USDC', TOKENS),
    price,
  }
}

const levelsOf = (order: ProposedOrder): Record<string, string> =>
  Object.fromEntries(order.levels.map(level => [level.name, formatPrice(level.price)]))

describe('a distance', () => {
  test('of an OCO is counted from the market, on the side where it makes sense', () => {
    expect(levelsOf(proposed('oco', { stop: '5%', target: '10%' }))).toEqual({ stop: '180.5 USDC', target: '209 USDC' })
    expect(levelsOf(proposed('oco', { stop: '5%', target: '10%' }, false))).toEqual({
      stop: '199.5 USDC',
      target: '171 USDC',
    })
  })

  test('of a bracket is counted from what it pays: the market, or its entry where that is better than the market', () => {
    const bracket = (levels: Record<string, string>) => levelsOf(proposed('bracket', levels, false))
    expect(bracket({ stop: '5%', target: '10%' })).toEqual({ stop: '180.5 USDC', target: '209 USDC' })
    expect(bracket({ entry: '100', stop: '5%', target: '10%' })).toMatchObject({ stop: '95 USDC', target: '110 USDC' })
    expect(bracket({ entry: '300', stop: '5%', target: '10%' })).toMatchObject({ stop: '180.5 USDC' })
  })
})

test.each([
  ['stop-loss', { trigger: '200' }, true, 'a stop-loss with its trigger at 200 USDC is above the market'],
  ['oco', { stop: '200', target: '210' }, true, 'an oco with its stop at 200 USDC is above the market'],
  ['oco', { stop: '140', target: '150' }, true, 'its target at 150 USDC is below the market, which is at 190 USDC'],
  ['oco', { stop: '140', target: '190' }, true, 'its target at 190 USDC is at the market'],
  [
    'oco',
    { stop: '100%', target: '200' },
    true,
    'with a stop of 100% it would trade at 0 USDC: no price is ever that low',
  ],
  ['bracket', { stop: '200', target: '10%' }, false, 'a bracket with its stop at 200 USDC is above the market'],
  ['bracket', { stop: '150%', target: '10%' }, false, 'it would trade at -95 USDC'],
  [
    'bracket',
    { entry: '150', stop: '160', target: '10%' },
    false,
    'its stop at 160 USDC is above its entry, which is at 150 USDC',
  ],
  ['bracket', { stop: '180', target: '10%' }, true, 'its stop at 180 USDC is below the market'],
])('%s %j on the wrong side is refused: %s', (type, levels, sells, message) => {
  expect(() => checkOrder(proposed(type, levels as Record<string, string>, sells))).toThrow(
    expect.objectContaining({ code: 'ORDER_WRONG_SIDE', message: expect.stringContaining(message) }),
  )
})

test('more than the wallet has is refused, a share never is', () => {
  const levels = { stop: '5%', target: '10%' }
  expect(() => checkOrder(proposed('oco', levels, true, '11 SOL'))).toThrow(
    expect.objectContaining({ code: 'ORDER_TOO_LARGE' }),
  )
  checkOrder(proposed('oco', levels, true, '100%'))
})

test('a bracket says what it loses and wins before it is made', () => {
  const order = proposed('bracket', { entry: '100', stop: '5%', target: '120' }, false, '500 USDC')
  const none = { slippageBps: undefined, expiresAt: undefined, isEndless: false, terms: {} }
  const lines = previewOrder(order, { ...none, worstBps: 100 })
  expect(lines).toEqual([
    'bracket: USDC into SOL',
    '  price   190 USDC',
    '  entry   100 USDC, 47.37% below the price',
    '  stop    95 USDC, 5.00% below its entry',
    '  target  120 USDC, 20.00% above its entry',
    '  gives   500 USDC: 500 USDC as things are now',
    '  loses   about 25 USDC when its stop trades, costs apart',
    '  wins    about 100 USDC when its target trades, costs apart',
    '  worst   never below 94.05 USDC; when the market is worse, it waits again',
    '  until   it trades, or is cancelled',
  ])
})

test.each([
  ['250', undefined, 'with a trail of 250 it would trade at -60 USDC'],
  ['190', undefined, 'it would trade at 0 USDC'],
  ['220', '210', 'it would trade at -10 USDC'],
])('a trail of %s from %s is refused: no price is ever that low', (offset, activation, message) => {
  const levels = [trailLevel(offset, price, activation, true)]
  expect(() => checkOrder({ ...proposed('trailing-stop', {}), levels })).toThrow(message)
})

test.each([
  ['3%', undefined, true, '184.3 USDC'],
  ['50bps', undefined, true, '189.05 USDC'],
  ['5', undefined, true, '185 USDC'],
  ['220', '230', true, '10 USDC'],
  ['3%', undefined, false, '195.7 USDC'],
  ['250', undefined, false, '440 USDC'],
])('a trail of %s from %s begins where it says', (offset, activation, sells, at) => {
  const level = trailLevel(offset, price, activation, sells)
  expect(formatPrice(level.price)).toBe(at)
  expect(() => checkOrder({ ...proposed('trailing-stop', {}, sells), levels: [level] })).not.toThrow()
})

test('a preview tells what a trailing stop, a condition and slices wait for, and fits into 80 columns', () => {
  const none = { worstBps: undefined, slippageBps: undefined }
  const until = { expiresAt: Date.parse('2024-03-31T00:00:00Z'), isEndless: true }
  const trailing = { ...proposed('trailing-stop', {}, true), levels: [trailLevel('3%', price, undefined, true)] }
  expect(previewOrder(trailing, { ...none, ...until, terms: { offset: '3%' } })).toEqual([
    'trailing-stop: SOL into USDC',
    '  price  190 USDC',
    '  trail  3% below the highest price from now on: at 184.3 USDC now',
    '  gives  all SOL: 10 SOL as things are now',
    '  worst  no bound: it trades at what the market is then, across a gap at the',
    "         gap's price, within the execution's slippage of its quote",
    '  until  2024-03-31 00:00:00Z, for this market never ends (see --expires)',
  ])
  const forever = { ...none, expiresAt: undefined, isEndless: false }
  const condition = 'price(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3% && change(SOL/USDC, 24h) < -5%'
  const conditional = previewOrder(proposed('conditional', {}, true), { ...forever, terms: { when: condition } })
  expect(conditional.slice(2, 4)).toEqual([
    '  when   price(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3% && change(SOL/USDC,',
    '         24h) < -5%',
  ])
  const twap = previewOrder(proposed('twap', {}, false, '500 USDC'), {
    ...forever,
    terms: { duration: '1h', interval: '5m' },
  })
  expect(twap[2]).toBe('  slices  one each 5m, over 1h')
  for (const line of [...conditional, ...twap]) expect(line.length).toBeLessThanOrEqual(80)
})
