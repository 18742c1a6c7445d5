import { expect, it } from 'vitest'
import type { PriceEvent } from '../../events/event.ts'
import type { Token } from '../../money/token.ts'
import { parseCondition } from '../../orders/conditions/condition.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { ConditionWatch } from './condition-watch.ts'
import { KeptWindows } from './kept-windows.ts'

const token = (symbol: string): Token => ({ cluster: 'test', mint: symbol, symbol, decimals: 6, program: 'spl-token' })
const [SOL, USDC] = [token('SOL'), token('USDC')]
const TOKENS = { cluster: 'test', tokens: [SOL, USDC], find: (name: string) => (name === 'SOL' ? SOL : USDC) }
const HOUR = 3_600_000
const MINUTE = 60_000

it('writes a window while a condition that asks for it waits, and not after the last of them has ended', async () => {
  const clock = createVirtualClock({ start_ms: 0 })
  const written: string[] = []
  const state = { get: () => undefined, set: (key: string) => void written.push(key), flush: () => undefined }
  const windows = new KeptWindows({ state, clock, quietAfter_ms: 10 * MINUTE, save: () => undefined })
  const watch = new ConditionWatch({
    clock,
    maxAge_ms: HOUR,
    balanceOf: async () => 0n,
    windows,
    holds: () => undefined,
  })
  const add = (id: string, text: string): void => watch.add(id, parseCondition(text, TOKENS))
  add('a', 'change(SOL/USDC, 1h) < -50%')
  add('b', 'change(SOL/USDC, 1h) > 50%')
  add('c', 'change(SOL/USDC, 2h) > 50%')
  add('c', 'change(SOL/USDC, 2h) > 60%')
  /** What an hour of prices writes. */
  const heard = async (): Promise<number[]> => {
    written.length = 0
    for (let minute = 0; minute < 60; minute++) {
      await clock.run(clock.sleep(MINUTE))
      const price = { pair: { base: SOL, quote: USDC }, scaled: 10n ** 12n }
      const event: PriceEvent = { kind: 'price', at: clock.now(), price, origin: 'test' }
      expect(watch.onPrice(event)).toEqual([])
    }
    return [HOUR, 2 * HOUR].map(window_ms => written.filter(key => key.endsWith(` ${window_ms}`)).length)
  }
  expect(await heard()).toEqual([60, 60])
  watch.remove('a')
  expect(await heard()).toEqual([60, 60])
  watch.remove('c')
  expect(await heard()).toEqual([60, 0])
  watch.remove('b')
  watch.remove('b')
  expect(await heard()).toEqual([0, 0])
  add('d', 'change(SOL/USDC, 1h) > 50%')
  expect(await heard()).toEqual([60, 0])
})
