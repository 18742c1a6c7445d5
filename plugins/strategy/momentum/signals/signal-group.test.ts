import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SignalEvent } from '../../../../core/index.ts'
import { SignalGroup } from './signal-group.ts'

type Direction = SignalEvent['direction']
const direction = fc.constantFrom<Direction>('buy', 'sell', 'none')

/** After each bar, whether it holds (`H`), turns (`T`, which holds too), or neither (`-`). */
function told(group: SignalGroup, bars: readonly (readonly Direction[])[]): string {
  return bars
    .map(bar => {
      group.begin()
      for (const each of bar) group.take(each)
      return group.turns && group.holds ? 'T' : group.holds ? 'H' : '-'
    })
    .join('')
}

const [B, S, N] = ['buy', 'sell', 'none'] as const

describe('one signal', () => {
  const group = (confirm: number) => new SignalGroup({ signals: ['a'], when: 'all', confirm }, 'buy')

  it('turns only after it was otherwise, and holds while it stays', () => {
    expect(told(group(1), [[B], [B], [S], [B], [B], [N], [B]])).toBe('HH-TH-T')
  })

  it('has to say so for as many bars in a row as are asked for', () => {
    expect(told(group(3), [[S], [B], [B], [B], [B], [S], [B], [B], [N], [B], [B], [B]])).toBe('---TH------T')
  })

  it('that has nothing to say of a bar breaks the row, and what comes after it is no turn', () => {
    expect(told(group(2), [[S], [B], [], [B], [B], [B], [S], [B], [B]])).toBe('----HH--T')
  })
})

describe('several signals', () => {
  const group = (when: 'all' | 'any', side: 'buy' | 'sell' = 'buy') =>
    new SignalGroup({ signals: ['a', 'b'], when, confirm: 1 }, side)

  it('all: must all say so, and nothing is said before each has told', () => {
    expect(told(group('all'), [[B], [B, N], [B, B], [B, B], [S], [B, B]])).toBe('--TH-T')
  })

  it('any: the first that says so is enough, and it is otherwise only when none does', () => {
    expect(told(group('any', 'sell'), [[S], [B, B], [B], [S], [N, B], [N, S]])).toBe('H--H-T')
  })

  it('say the same in whatever order they come', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('all' as const, 'any' as const),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.array(direction, { minLength: 3, maxLength: 3 }), { maxLength: 20 }),
        (when, confirm, bars) => {
          const make = () => new SignalGroup({ signals: ['a', 'b', 'c'], when, confirm }, 'buy')
          expect(told(make(), bars)).toBe(
            told(
              make(),
              bars.map(bar => bar.toReversed()),
            ),
          )
        },
      ),
    )
  })
})

it('without signals it is never so', () => {
  const none = new SignalGroup({ signals: [], when: 'any', confirm: 1 }, 'sell')
  none.begin()
  expect([none.holds, none.turns]).toEqual([false, false])
})
