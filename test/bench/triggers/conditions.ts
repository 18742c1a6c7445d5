import type { PriceEvent } from '../../../core/events/event.ts'
import type { TokenDirectory } from '../../../core/money/token.ts'
import { type Condition, parseCondition } from '../../../core/orders/conditions/condition.ts'
import { ConditionData } from '../../../core/orders/conditions/condition-data.ts'
import { ConditionWatch } from '../../../core/plugin/waiting/condition-watch.ts'
import { KeptWindows } from '../../../core/plugin/waiting/kept-windows.ts'
import { MemoryNodeState } from '../../../core/store/memory-journal.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'

const PRICES = 1_000
const WARM_UP = 100
/** Time between two prices: the windows below are covered after a while. */
const EVERY_MS = 60_000

/** Nothing of it holds on the walk: what is measured is the question, not the answer. */
const texts = (number: number): readonly string[] => {
  const level = (100 - number / 1_000).toFixed(3)
  return [
    `price(SOL/USDC) < ${level}`,
    `price(SOL/USDC) < ${level} && change(SOL/USDC, 1h) < -3%`,
    `change(SOL/USDC, 1h) < -${30 + (number % 60)}% || low(SOL/USDC, 6h) < ${level}`,
    `price(SOL/USDC) > low(SOL/USDC, 6h) * ${(1.5 + number / 1e6).toFixed(6)}`,
  ]
}

/** Orders that wait for a condition, four kinds of it, each with a level of its own. */
export function conditionsOf(orders: number, tokens: TokenDirectory): readonly Condition[] {
  return Array.from({ length: orders }, (_, number) => parseCondition(texts(number)[number % 4]!, tokens))
}

/** Nanoseconds a price: all conditions of a node held against it. */
export function watchCost_ns(conditions: readonly Condition[], events: readonly PriceEvent[]): number {
  const clock = createVirtualClock({ start_ms: 0 })
  const now = { ...clock, now: () => now_ms } as typeof clock
  const watch = new ConditionWatch({
    clock: now,
    maxAge_ms: Number.POSITIVE_INFINITY,
    balanceOf: async () => 0n,
    windows: new KeptWindows({
      state: new MemoryNodeState(),
      clock: now,
      quietAfter_ms: Number.POSITIVE_INFINITY,
      save: () => undefined,
    }),
    holds: () => undefined,
  })
  let now_ms = 0
  conditions.forEach((condition, number) => void watch.add(`o${number}`, condition))
  const give = (event: PriceEvent, index: number): void => {
    now_ms = index * EVERY_MS
    const held = watch.onPrice({ ...event, at: now_ms })
    if (held.length > 0) throw new Error(`${held.length} conditions hold`)
  }
  events.slice(0, WARM_UP).forEach(give)
  const from_ns = process.hrtime.bigint()
  events.slice(WARM_UP, WARM_UP + PRICES).forEach((event, index) => void give(event, WARM_UP + index))
  const took_ns = Number(process.hrtime.bigint() - from_ns)
  watch.stop()
  return took_ns / Math.min(PRICES, events.length - WARM_UP)
}

/** The same by asking every condition anew: nothing that two ask is answered once. */
export function loopCost_ns(conditions: readonly Condition[], events: readonly PriceEvent[]): number {
  const data = new ConditionData()
  for (const { needs } of conditions) data.watch(needs)
  const give = (event: PriceEvent, index: number): void => {
    const at = index * EVERY_MS
    data.onPrice({ ...event, at })
    for (const condition of conditions) if (condition.evaluate(data.at(at)) === 'holds') throw new Error('one holds')
  }
  events.slice(0, WARM_UP).forEach(give)
  const some = events.slice(WARM_UP, WARM_UP + Math.max(5, Math.min(PRICES, 200_000 / conditions.length)))
  const from_ns = process.hrtime.bigint()
  some.forEach((event, index) => void give(event, WARM_UP + index))
  return Number(process.hrtime.bigint() - from_ns) / some.length
}
