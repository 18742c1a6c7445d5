import { afterEach } from 'vitest'
import { type TradingWorld, tradingWorld, type WorldOptions } from './trading-world.ts'

/** Makes the worlds of a file's tests, each closed with the test it was made for. */
export function closedAfterEach(defaults: WorldOptions = {}): (options?: WorldOptions) => Promise<TradingWorld> {
  const worlds: TradingWorld[] = []
  afterEach(async () => {
    await Promise.all(worlds.splice(0).map(made => made.close()))
  })
  return async (options = {}) => {
    const made = await tradingWorld({ ...defaults, ...options })
    worlds.push(made)
    return made
  }
}
