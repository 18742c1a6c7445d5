import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NaiveBook } from '../../../test/bench/triggers/naive-book.ts'
import type { PriceEvent } from '../../events/event.ts'
import type { Price } from '../../money/price.ts'
import type { Pair, Token } from '../../money/token.ts'
import type { ArmedOrder, Confirmation, Trigger } from './trigger.ts'
import { TriggerBook } from './trigger-book.ts'
import { whyNotFired } from './trigger-status.ts'

const token = (symbol: string): Token => ({
  cluster: 'test',
  mint: symbol,
  symbol,
  decimals: 6,
  program: 'spl-token',
})
const PAIR: Pair = { base: token('SOL'), quote: token('USDC') }
const ONE = 10n ** 12n
const scaled = (value: number): bigint => BigInt(Math.round(value * 1e6)) * 10n ** 6n
const priceAt = (value: number): Price => ({ pair: PAIR, scaled: scaled(value) })

function seen(value: number, at: number, more: Partial<PriceEvent> = {}): PriceEvent {
  return { kind: 'price', at, price: priceAt(value), origin: 'pool', ...more }
}

function order(id: string, trigger: Trigger, more: Partial<ArmedOrder> = {}): ArmedOrder {
  return { id, sequence: Number(id.replace(/\D/g, '')), trigger, source: 'last', confirm: 'none', ...more }
}

const stop = (price: number): Trigger => ({ kind: 'at-or-below', price: scaled(price) })
const target = (price: number): Trigger => ({ kind: 'at-or-above', price: scaled(price) })
const trail = (price: number): Trigger => ({ kind: 'trailing', side: 'sell', offset: { price: scaled(price) } })

function bookOf(...orders: readonly ArmedOrder[]): TriggerBook {
  const book = new TriggerBook(PAIR)
  for (const one of orders) book.add(one)
  return book
}

const run = (book: TriggerBook, events: readonly PriceEvent[]): string[] =>
  events.flatMap(event => book.onPrice(event, event.at).map(({ id, at }) => `${id}@${at}`))

describe('fixed triggers', () => {
  it('fire at the first price at the trigger or beyond it, once', () => {
    const book = bookOf(order('s1', stop(140)), order('t2', target(160)), order('s3', stop(139.5)))
    expect(run(book, [seen(141, 1), seen(140, 2), seen(139, 3), seen(160, 4), seen(130, 5)])).toEqual([
      's1@2',
      's3@3',
      't2@4',
    ])
    expect(book.size).toBe(0)
  })

  it('tell the price of the gap beside the trigger it jumped over', () => {
    const [firing] = bookOf(order('s1', stop(140))).onPrice(seen(131.5, 7), 7)
    expect(firing).toEqual({ id: 's1', sequence: 1, trigger: 140n * ONE, price: scaled(131.5), at: 7, origin: 'pool' })
  })

  it('see a spike that was conflated away, at its own price and time', () => {
    const [firing] = bookOf(order('s1', stop(140))).onPrice(seen(150, 9, { low: { price: priceAt(139), at: 4 } }), 9)
    expect(firing).toMatchObject({ price: 139n * ONE, at: 4 })
  })

  it('stop what is held before it is sold at its target, when one price has been at both and nobody knows the order', () => {
    const both = { low: { price: priceAt(139), at: 4 }, high: { price: priceAt(161), at: 4 } }
    const book = bookOf(order('t1', target(160)), order('s2', stop(140)))
    expect(book.onPrice(seen(150, 9, both), 9).map(({ price }) => price)).toEqual([161n * ONE, 139n * ONE])
    const marks = bookOf(order('s1', trail(10)))
    // Had the high come first, the mark would be 161.
    marks.onPrice(seen(150, 1), 1)
    expect(marks.onPrice(seen(150, 9, both), 9)).toMatchObject([{ mark: 150n * ONE, price: 139n * ONE }])
  })
})

describe('trailing stops', () => {
  it('follow the best price, never give ground, and fire at the distance', () => {
    const book = bookOf(order('r1', trail(5)))
    expect(run(book, [seen(100, 1), seen(104, 2), seen(100, 3), seen(110, 4), seen(105.000001, 5)])).toEqual([])
    expect(book.status('r1')).toMatchObject({ mark: 110n * ONE, trigger: 105n * ONE, waitsFor: 'trigger' })
    expect(book.onPrice(seen(105, 6), 6)).toMatchObject([{ mark: 110n * ONE, trigger: 105n * ONE }])
  })

  it('never use a high that came after the low', () => {
    const low = { price: priceAt(98), at: 2 }
    const high = { price: priceAt(104), at: 3 }
    const book = bookOf(order('r1', trail(5)))
    expect(run(book, [seen(100, 1), seen(103, 4, { low, high })])).toEqual([])
    const other = bookOf(order('r1', trail(5)))
    expect(run(other, [seen(100, 1), seen(103, 4, { low: { ...low, at: 3 }, high: { ...high, at: 2 } })])).toEqual([
      'r1@3',
    ])
  })

  it('wait for their activation price, and follow from there', () => {
    const book = bookOf(
      order('r1', { kind: 'trailing', side: 'sell', offset: { percent: 10 }, activation: scaled(120) }),
    )
    expect(run(book, [seen(110, 1), seen(90, 2), seen(119, 3)])).toEqual([])
    expect(book.status('r1')).toMatchObject({ waitsFor: 'activation' })
    expect(run(book, [seen(120, 4), seen(109, 5), seen(108, 6)])).toEqual(['r1@6'])
  })

  it('that buy follow the lowest price', () => {
    const book = bookOf(order('b1', { kind: 'trailing', side: 'buy', offset: { bps: 500 } }))
    expect(run(book, [seen(100, 1), seen(80, 2), seen(83.9, 3), seen(84, 4)])).toEqual(['b1@4'])
  })

  it.each([
    ['zero', { price: 0n }],
    ['zero bps', { bps: 0 }],
    ['zero percent', { percent: 0 }],
    ['minus one percent', { percent: -1 }],
    ['not a number', { percent: Number.NaN }],
    ['a whole fall', { bps: 10_000 }],
    ['nothing after rounding', { percent: 1e-9 }],
  ])('refuse a distance of %s', (_name, offset) => {
    expect(() => bookOf(order('r1', { kind: 'trailing', side: 'sell', offset }))).toThrow(
      expect.objectContaining({ code: 'TRIGGER_INVALID' }),
    )
  })
})

describe('confirmation', () => {
  it('by several prices: one outlier fires nothing, nor does it pull a stop up', () => {
    const confirm = { prices: 2 }
    const book = bookOf(order('s1', stop(140), { confirm }), order('r2', trail(5), { confirm }))
    expect(run(book, [seen(150, 1), seen(150, 2), seen(1, 3), seen(150, 4), seen(900, 5), seen(150, 6)])).toEqual([])
    expect(book.status('r2')).toMatchObject({ mark: 150n * ONE })
    expect(run(book, [seen(139, 7), seen(138, 8)])).toEqual(['s1@8', 'r2@8'])
  })

  it('in progress is told', () => {
    const book = bookOf(order('s1', stop(140), { confirm: { prices: 3 } }))
    run(book, [seen(150, 1), seen(139, 2), seen(138, 3)])
    const status = book.status('s1')!
    expect(status).toMatchObject({ waitsFor: 'confirmation', confirmed: { have: 2, need: 3, of: 'prices' } })
    expect(whyNotFired(status, PAIR)).toBe(
      'The price is 138 USDC, beyond the trigger of 140 USDC. 2 of 3 prices confirm it.',
    )
  })

  it('by two sources: one of them repeating itself is one, and an old word counts no more', () => {
    const book = bookOf(order('s1', stop(140), { confirm: { sources: 2, within_ms: 10 } }))
    const [a, b] = [{ origin: 'a' }, { origin: 'b' }]
    expect(run(book, [seen(139, 1, a), seen(138, 2, a), seen(141, 3, b), seen(139, 20, b)])).toEqual([])
    expect(book.status('s1')).toMatchObject({ confirmed: { have: 1, need: 2, of: 'sources' } })
    expect(run(book, [seen(139, 25, a)])).toEqual(['s1@25'])
  })

  it.each([{ prices: 0 }, { prices: 1.5 }, { prices: 33 }, { sources: 1, within_ms: 5 }, { sources: 2, within_ms: 0 }])(
    'is refused when it can not be meant: %o',
    confirm => {
      expect(() => bookOf(order('s1', stop(1), { confirm }))).toThrow(
        expect.objectContaining({ code: 'TRIGGER_INVALID' }),
      )
    },
  )
})

describe('the book', () => {
  it('refuses prices that are too old, fires on none of them and says so', () => {
    const book = new TriggerBook(PAIR, { maxAge_ms: 1_000 })
    book.add(order('s1', stop(140)))
    expect(book.onPrice(seen(130, 0), 1_001)).toEqual([])
    expect(whyNotFired(book.status('s1')!, PAIR)).toBe(
      'No price of its source has been seen yet. One price was refused for age, the last 1s1ms old.',
    )
    expect(book.onPrice(seen(130, 500), 1_500)).toHaveLength(1)
  })

  it('looks at the side an order is traded on', () => {
    const sides = { bid: priceAt(139), ask: priceAt(141) }
    const book = bookOf(
      order('s1', stop(139.5), { source: 'last' }),
      order('s2', stop(139.5), { source: 'bid' }),
      order('s3', target(140.5), { source: 'ask' }),
      order('s4', target(140), { source: 'mid' }),
    )
    expect(run(book, [seen(140, 1)])).toEqual(['s4@1'])
    expect(run(book, [seen(140, 2, sides)])).toEqual(['s2@2', 's3@2'])
  })

  it('refuses prices of another pair', () => {
    const other = { pair: { base: PAIR.base, quote: token('USDT') }, scaled: ONE }
    expect(() => bookOf().onPrice({ kind: 'price', at: 1, price: other, origin: 'pool' }, 1)).toThrow(
      expect.objectContaining({ code: 'TOKEN_MISMATCH' }),
    )
  })

  it('keeps what must outlive a restart small: falling prices share no mark, one high melts them into one', () => {
    const book = bookOf()
    for (let index = 1; index <= 1_000; index++) {
      book.add(order(`r${index}`, trail(2_000)))
      book.onPrice(seen(1_100 - index, index), index)
    }
    expect(book.marks()['last/none/falling']?.marks).toHaveLength(1_000)
    book.onPrice(seen(1_099, 2_000), 2_000)
    expect(book.marks()['last/none/falling']?.marks).toEqual([[1, 1_099n * ONE]])
  })
})

describe('against a loop over all orders', () => {
  const values = fc.integer({ min: 90, max: 110 })
  const confirm = fc.constantFrom<Confirmation>(
    'none',
    'none',
    { prices: 2 },
    { prices: 3 },
    { sources: 2, within_ms: 3 },
  )
  const trailing = fc.record(
    {
      kind: fc.constant('trailing' as const),
      side: fc.constantFrom('sell' as const, 'buy' as const),
      offset: fc.oneof(
        fc.integer({ min: 1, max: 12 }).map(price => ({ price: scaled(price) })),
        fc.integer({ min: 1, max: 1_200 }).map(bps => ({ bps })),
        fc.integer({ min: 1, max: 12 }).map(percent => ({ percent })),
      ),
      activation: values.map(scaled),
    },
    { requiredKeys: ['kind', 'side', 'offset'] },
  )
  const trigger: fc.Arbitrary<Trigger> = fc.oneof(values.map(stop), values.map(target), trailing)
  const armed = fc.record({
    trigger,
    source: fc.constantFrom('last' as const, 'last' as const, 'mid' as const, 'bid' as const, 'ask' as const),
    confirm,
  })
  const extreme = fc.option(fc.record({ price: values, ago: fc.integer({ min: 0, max: 3 }) }), { nil: undefined })
  const price = fc.record({
    value: values,
    origin: fc.constantFrom('a', 'b', 'c'),
    open: extreme,
    low: extreme,
    high: extreme,
    spread: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
  })
  const step = fc.oneof(
    { weight: 5, arbitrary: price.map(of => ({ do: 'price' as const, of })) },
    { weight: 4, arbitrary: armed.map(of => ({ do: 'arm' as const, of })) },
    { weight: 1, arbitrary: fc.nat().map(of => ({ do: 'cancel' as const, of })) },
    { weight: 1, arbitrary: fc.constant({ do: 'restart' as const, of: undefined }) },
  )

  function eventOf(of: typeof price extends fc.Arbitrary<infer T> ? T : never, at: number): PriceEvent {
    const point = (one: { price: number; ago: number } | undefined) =>
      one && { price: priceAt(one.price), at: at - one.ago }
    const [open, low, high] = [point(of.open), point(of.low), point(of.high)]
    return seen(of.value, at, {
      origin: of.origin,
      ...(open && { open }),
      ...(low && { low }),
      ...(high && { high }),
      ...(of.spread === undefined ? {} : { bid: priceAt(of.value - of.spread), ask: priceAt(of.value + 1) }),
    })
  }

  // Half the runs have one kind of lane and trailing orders alone, so that many share a mark.
  const crowded = fc.oneof(
    { weight: 4, arbitrary: price.map(of => ({ do: 'price' as const, of })) },
    {
      weight: 4,
      arbitrary: trailing.map(trigger => ({
        do: 'arm' as const,
        of: { trigger, source: 'last' as const, confirm: 'none' as const },
      })),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'restart' as const, of: undefined }) },
  )
  const walks = fc.oneof(fc.array(step, { maxLength: 120 }), fc.array(crowded, { maxLength: 120 }))

  it('the same orders fire, in the same order, at the same prices, with the same marks: restarts and cancellations too', () => {
    fc.assert(
      fc.property(walks, steps => {
        let book = new TriggerBook(PAIR)
        const naive = new NaiveBook()
        const open = new Map<string, ArmedOrder>()
        steps.forEach((one, index) => {
          if (one.do === 'arm') {
            const next = { id: `o${index}`, sequence: index, ...one.of } as ArmedOrder
            open.set(next.id, next)
            book.add(next)
            naive.add(next)
          } else if (one.do === 'cancel') {
            const id = [...open.keys()][one.of % Math.max(1, open.size)] ?? 'none'
            expect(book.remove(id)).toBe(naive.remove(id))
            open.delete(id)
          } else if (one.do === 'restart') {
            const marks = book.marks()
            book = new TriggerBook(PAIR)
            book.restore([...open.values()], marks)
            naive.restart()
          } else {
            const event = eventOf(one.of, index)
            const fired = book.onPrice(event, index)
            expect(fired).toEqual(naive.onPrice(event))
            for (const { id } of fired) open.delete(id)
          }
          expect(book.size).toBe(open.size)
          for (const id of open.keys()) expect(book.status(id)?.mark).toBe(naive.mark(id))
        })
      }),
      { numRuns: 400 },
    )
  })
})
