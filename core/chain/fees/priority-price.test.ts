import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { choosePrice, PriorityPrices } from './priority-price.ts'

const policy = (percentile: number, max_microLamports = 1_000_000n) => ({ percentile, max_microLamports })

describe('the price from recent fees', () => {
  it('is a price that somebody paid, or the cap, whatever the fees', () => {
    const fees = fc.array(fc.bigInt({ min: 0n, max: 2_000_000n }), { maxLength: 150 })
    fc.assert(
      fc.property(fees, fc.integer({ min: 1, max: 99 }), (list, percentile) => {
        const { price_microLamports: price } = choosePrice(list, policy(percentile))
        expect(price === 0n ? !list.some(fee => fee > 0n) : price === 1_000_000n || list.includes(price)).toBe(true)
        expect(price).toBeLessThanOrEqual(1_000_000n)
      }),
    )
  })

  it('is the nearest rank among the blocks in which something was paid', () => {
    const fees = [0n, 0n, 30n, 10n, 0n, 20n, 40n]
    expect([1, 25, 26, 50, 75, 99].map(each => choosePrice(fees, policy(each)).price_microLamports)).toEqual([
      10n,
      10n,
      20n,
      20n,
      30n,
      40n,
    ])
  })

  it('says how it came about', () => {
    expect(choosePrice([0n, 5n], policy(50)).reason).toMatch(/p50 .* 1 of the last 2 blocks is 5$/)
    expect(choosePrice([5_000n], policy(50, 3n))).toEqual({
      price_microLamports: 3n,
      reason: expect.stringMatching(/is 5000, capped at 3$/),
    })
    expect(choosePrice([0n, 0n], policy(75)).reason).toBe('nobody paid for these accounts in the last 2 blocks')
  })

  it('is asked once for trades of the same moment, and again after a failure', async () => {
    let asked = 0
    const recentPrioritizationFees = async (addresses: readonly string[]) => {
      if (++asked === 1) throw new Error('not now')
      expect(addresses).toEqual(['A', 'B'])
      return [7n]
    }
    const prices = new PriorityPrices({ recentPrioritizationFees }, createVirtualClock({ start_ms: 0 }))
    await expect(prices.of(1n, policy(50), ['A', 'B'])).rejects.toThrow('not now')
    const both = await Promise.all([prices.of(1n, policy(50), ['B', 'A', 'B']), prices.of(1n, policy(50), ['A', 'B'])])
    expect(both.map(({ price_microLamports }) => price_microLamports)).toEqual([7n, 7n])
    expect(asked).toBe(2)
  })

  it('is as set where no policy is given, without asking', async () => {
    const recentPrioritizationFees = () => Promise.reject(new Error('asked'))
    const prices = new PriorityPrices({ recentPrioritizationFees }, createVirtualClock({ start_ms: 0 }))
    expect(await prices.of(12n, undefined, ['A'])).toEqual({ price_microLamports: 12n, reason: 'as set' })
  })
})
