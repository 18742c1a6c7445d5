import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertMove, FINAL_STATES, ORDER_MOVES, type OrderState } from './state-machine.ts'

const STATES = Object.keys(ORDER_MOVES) as OrderState[]

describe('the order machine', () => {
  it('ends in four states, from which nothing leads on', () => {
    expect([...FINAL_STATES].sort()).toEqual(['cancelled', 'confirmed', 'expired', 'failed'])
    for (const from of FINAL_STATES) {
      for (const to of STATES)
        expect(() => assertMove(from, to)).toThrow(expect.objectContaining({ code: 'ORDER_MOVE_ILLEGAL' }))
    }
  })

  it('reaches an end from every state', () => {
    const reach = (from: OrderState, seen = new Set<OrderState>()): Set<OrderState> => {
      for (const to of ORDER_MOVES[from]) if (!seen.has(to)) reach(to, seen.add(to))
      return seen
    }
    for (const state of STATES) {
      if (!FINAL_STATES.includes(state)) expect([...reach(state)].some(to => FINAL_STATES.includes(to))).toBe(true)
    }
  })

  it('never confirms what was not submitted, on any walk', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), choices => {
        let state: OrderState = 'created'
        const walked: OrderState[] = [state]
        for (const choice of choices) {
          const moves: readonly OrderState[] = ORDER_MOVES[state]
          if (moves.length === 0) break
          state = moves[choice % moves.length] ?? state
          walked.push(state)
        }
        if (walked.includes('confirmed')) expect(walked).toContain('submitting')
      }),
    )
  })
})
