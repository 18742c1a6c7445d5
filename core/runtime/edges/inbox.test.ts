import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EdgePolicy } from '../../config/bound-pipeline.ts'
import type { CandleEvent, ForgeEvent } from '../../events/event.ts'
import type { Token } from '../../money/token.ts'
import { conflate } from './conflate.ts'
import { Inbox, overflowOf } from './inbox.ts'

const token = (symbol: string): Token => ({ cluster: 'test', mint: symbol, symbol, decimals: 6, program: 'spl-token' })
const USDC = token('USDC')
const price = (base: string, value: number, at: number): ForgeEvent => ({
  kind: 'price',
  at,
  origin: 'test',
  price: { pair: { base: token(base), quote: USDC }, scaled: BigInt(value) },
})
const number = (value: number): ForgeEvent => ({ kind: 'test/number', at: value, value })
const takeAll = (inbox: Inbox): ForgeEvent[] => {
  const events: ForgeEvent[] = []
  for (let first = inbox.first; first; first = inbox.first) {
    inbox.take(first)
    events.push(first.event)
  }
  return events
}

describe('an inbox', () => {
  it('is full from its buffer on, and has room again when half of it is gone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.boolean(), { maxLength: 200 }), (buffer, steps) => {
        const inbox = new Inbox('execution', { buffer, whenFull: 'block' }, 1_000)
        let full = false
        steps.forEach((put, index) => {
          if (put) {
            inbox.offer(number(index))
            if (inbox.length >= buffer) full = true
          } else if (inbox.first) {
            const freed = inbox.take(inbox.first)
            expect(freed).toBe(full && inbox.length <= Math.floor(buffer / 2))
            if (freed) full = false
          }
          expect(inbox.full).toBe(full)
        })
      }),
    )
  })

  it('is a first in, first out queue of what blocks, whatever is put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), steps => {
        const inbox = new Inbox('order', undefined, 1_000)
        const model: number[] = []
        steps.forEach((put, index) => {
          if (put) {
            inbox.offer(number(index))
            model.push(index)
          } else if (inbox.first) {
            expect(inbox.first.event.at).toBe(model.shift())
            inbox.take(inbox.first)
          }
          expect(inbox.length).toBe(model.length)
        })
      }),
    )
  })

  it('conflates each pair by itself once it is crowded, in the order of the newest', () => {
    const inbox = new Inbox('strategy', { buffer: 2, whenFull: 'conflate' }, 10)
    const offers = [price('A', 10, 1), price('B', 5, 2), price('A', 30, 3), price('C', 7, 4), price('A', 20, 5)].map(
      event => inbox.offer(event),
    )
    expect(offers).toEqual(['waits', 'waits', 'conflated', 'waits', 'conflated'])
    const [b, c, a] = takeAll(inbox)
    expect([b, c]).toEqual([price('B', 5, 2), price('C', 7, 4)])
    expect(a).toMatchObject({
      at: 5,
      price: { scaled: 20n },
      open: { at: 1, price: { scaled: 10n } },
      low: { at: 1, price: { scaled: 10n } },
      high: { at: 3, price: { scaled: 30n } },
    })
  })

  it('refuses what comes beyond buffer and backlog', () => {
    const inbox = new Inbox('sink', undefined, 10)
    const offers = Array.from({ length: 80 }, (_, index) => inbox.offer(number(index)))
    expect(offers.filter(offer => offer === 'waits')).toHaveLength(74)
    expect(offers.at(-1)).toBe('overrun')
    expect(inbox.full).toBe(false)
  })

  it('never drops intents or reports, whatever its policy', () => {
    for (const whenFull of ['block', 'drop-oldest', 'conflate'] satisfies EdgePolicy['whenFull'][]) {
      for (const kind of ['intent', 'report']) expect(overflowOf(kind, 'order', { buffer: 1, whenFull })).toBe('block')
    }
    const inbox = new Inbox('order', { buffer: 1, whenFull: 'drop-oldest' }, 10)
    const intent = { kind: 'intent', at: 0 } as ForgeEvent
    for (const event of [intent, number(1), number(2)]) inbox.offer(event)
    expect(takeAll(inbox)).toEqual([intent, number(2)])
  })
})

describe('conflating', () => {
  it('joins candles to a longer one, and says so in its interval', () => {
    const candle = (at: number, open: number, high: number, low: number, close: number): CandleEvent => ({
      kind: 'candle',
      at,
      pair: { base: token('A'), quote: USDC },
      interval_ms: 60_000,
      open,
      high,
      low,
      close,
      volume: 1,
    })
    expect(conflate(candle(1, 5, 9, 4, 6), candle(2, 6, 7, 3, 7))).toEqual({
      ...candle(2, 5, 9, 3, 7),
      interval_ms: 120_000,
      volume: 2,
    })
  })
})
