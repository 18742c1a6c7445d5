import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Token } from '../money/token.ts'
import type { OrderRecord } from './journal.ts'
import { armedOrder, movedOrder } from './order-rules.ts'
import { assertMove, FINAL_STATES, ORDER_MOVES, type OrderState } from './state-machine.ts'

const STATES = Object.keys(ORDER_MOVES) as OrderState[]
const MOVE = { now: 2, cause: 'a test' }
const SCOPE = { genesisHash: 'g', wallet: 'w', deploymentId: 'd' }
const SOL: Token = { cluster: 'test', mint: 'sol', symbol: 'SOL', decimals: 9, program: 'spl-token' }
const USDC: Token = { ...SOL, mint: 'usdc', symbol: 'USDC', decimals: 6 }

function waiting(isWhole: boolean): OrderRecord {
  const amount = { token: SOL, units: 1n }
  const intent = { kind: 'intent', at: 1, key: 'a', node: 'n', input: SOL, output: USDC, amount } as const
  const arming = { plugin: 'p', version: '1', holder: 'h', terms: {}, ...(isWhole && { isWhole }) } as const
  return armedOrder(SCOPE, { ...intent, exact: 'in', reason: 'a test' }, arming, 1)
}

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

  it('never confirms what was not submitted, on any walk, unless others are made of it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), fc.boolean(), (choices, isWhole) => {
        let order = waiting(isWhole)
        const walked: OrderState[] = [order.state]
        for (const choice of choices) {
          const moves: readonly OrderState[] = ORDER_MOVES[order.state]
          if (moves.length === 0) break
          const to = moves[choice % moves.length] ?? order.state
          if (order.state === 'armed' && to === 'confirmed' && !isWhole) {
            expect(() => movedOrder(order, to, MOVE)).toThrow(expect.objectContaining({ code: 'ORDER_MOVE_ILLEGAL' }))
            break
          }
          order = movedOrder(order, to, MOVE)
          walked.push(order.state)
        }
        if (walked.includes('confirmed') && !walked.includes('submitting')) expect(isWhole).toBe(true)
      }),
    )
  })
})
