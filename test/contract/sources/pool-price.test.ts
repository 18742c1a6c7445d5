import { afterEach, describe, expect, it } from 'vitest'
import type { PubSubEndpoint } from '../../../core/chain/pubsub/line.ts'
import { ForgeError } from '../../../core/errors/forge-error.ts'
import { toJson } from '../../../core/events/serialize.ts'
import { derivedKey } from '../../../core/localnet/derived-key.ts'
import { marketPools } from '../../../core/localnet/market/pools.ts'
import { priceToNumber } from '../../../core/money/price.ts'
import type { Http, Services, VenueService } from '../../../core/plugin/services.ts'
import type { PoolCurve, PoolVenue } from '../../../core/plugin/venue.ts'
import poolPrice from '../../../plugins/source/pool-price/index.ts'
import { noticesOf, openPriceWorld, type PriceWorld, pricesOf } from './price-world.ts'

const HOUR_MS = 3_600_000
const worlds: PriceWorld[] = []

async function open(options: Partial<Parameters<typeof openPriceWorld>[0]> = {}): Promise<PriceWorld> {
  const world = await openPriceWorld({ plugin: poolPrice, with: { pair: 'SOL/USDC' }, ...options })
  worlds.push(world)
  return world
}

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.end()
})

describe('pool-price on the embedded market', () => {
  it("follows the candles' path, one slot behind, to a tenth of a basis point", async () => {
    const world = await open()
    const path: { time_ms: number; price: number }[] = []
    for (let minute = 0; minute < 60; minute++) {
      const { nanoUsdc, since_ms } = world.chain.market.price()
      if (path.at(-1)?.time_ms !== since_ms) path.push({ time_ms: since_ms, price: Number(nanoUsdc) / 1e9 })
      await world.pass(60_000)
    }
    const prices = pricesOf(world)
    expect(prices.length).toBeGreaterThan(10)
    for (const { at, price, slot } of prices) {
      const due = path.filter(({ time_ms }) => time_ms <= at).at(-1)!
      expect(Math.abs(priceToNumber(price) / due.price - 1) * 10_000).toBeLessThan(0.11)
      expect(slot).toBeLessThan(world.chain.ledger.slot())
    }
    expect(noticesOf(world)).toEqual([])
    expect(world.run.health()['prices']).toMatchObject({ ok: true })
    expect(world.printed.some(line => line.includes('SOL/USDC'))).toBe(true)
  })

  it('reads once what changed at once, and tells it once', async () => {
    let reads = 0
    const counted = (http: Http): Http => {
      return (input, init) => {
        if (String(init?.body).includes('getMultipleAccounts')) reads++
        return http(input, init)
      }
    }
    const world = await open({ tamper: counted })
    await world.pass(6 * HOUR_MS)
    const prices = pricesOf(world)
    expect(prices.length).toBeGreaterThan(100)
    expect(new Set(prices.map(({ at }) => at)).size).toBe(prices.length)
    // Beside them, those that a subscription begins with.
    expect(reads).toBeLessThan(prices.length + 5)
  })

  it('gives the same twice, byte for byte', async () => {
    const [first, second] = [await open(), await open()]
    await first.pass(6 * HOUR_MS)
    await second.pass(6 * HOUR_MS)
    expect(first.given.length).toBeGreaterThan(100)
    expect(second.given.map(event => toJson(event))).toEqual(first.given.map(event => toJson(event)))
  })

  it('takes the price of the pool that was named, and says when there is no such pool', async () => {
    const deepest = await open()
    await deepest.pass(1_000)
    const named = await open({ with: { pair: 'SOL/USDC', pool: SHALLOW } })
    await named.pass(1_000)
    expect(pricesOf(deepest)[0]?.origin).toBe(`localnet/${DEEP}`)
    expect(pricesOf(named)[0]?.origin).toBe(`localnet/${SHALLOW}`)
    const absent = await open({ with: { pair: 'SOL/USDC', pool: NOWHERE } })
    await absent.pass(HOUR_MS)
    expect(pricesOf(absent)).toEqual([])
    expect(noticesOf(absent)).toEqual(['SOL/USDC: no prices: no pool'])
    expect(absent.run.health()['prices']).toMatchObject({ ok: false })
  })

  it('gives no price while pools are crossed, says so once, and resumes when they agree again', async () => {
    let tilt_bps = 0n
    const world = await open({ services: services => ({ venues: tilted(services, () => tilt_bps) }) })
    await world.pass(HOUR_MS)
    const before = pricesOf(world).length
    // The pools of 4 and 25 bps may be 79 bps apart, with the 50 allowed: more is crossed.
    tilt_bps = 60n
    await world.pass(HOUR_MS)
    expect(pricesOf(world).length).toBeGreaterThan(before)
    tilt_bps = 90n
    await world.pass(HOUR_MS)
    const shut = pricesOf(world).length
    await world.pass(HOUR_MS)
    expect(pricesOf(world).length).toBe(shut)
    expect(noticesOf(world)).toEqual(['SOL/USDC: no prices: crossed'])
    expect(world.run.health()['prices']).toMatchObject({ ok: false, detail: expect.stringContaining('bps apart') })
    tilt_bps = 0n
    await world.pass(HOUR_MS)
    expect(noticesOf(world)).toEqual(['SOL/USDC: no prices: crossed', 'SOL/USDC: prices resume'])
    expect(pricesOf(world).length).toBeGreaterThan(shut)
    expect(world.run.health()['prices']).toMatchObject({ ok: true })
  })

  it('reads the pools every so often while the line is down, and misses nothing when it is back', async () => {
    const line = new BreakableLine()
    const world = await open({ endpoint: endpoint => line.of(endpoint) })
    await world.pass(HOUR_MS)
    line.cut()
    const before = pricesOf(world).length
    await world.pass(HOUR_MS)
    expect(line.opened).toBeGreaterThan(1)
    const whole = await open()
    await whole.pass(2 * HOUR_MS)
    // A candle's open stands for 0.4 s after the close before: reads every 5 s miss it.
    expect(pricesOf(world).length - before).toBeGreaterThan(30)
    expect(levels(whole)).toEqual(expect.arrayContaining([...levels(world)]))
    expect(levels(world).at(-1)).toBe(levels(whole).at(-1))
    line.mend()
    await Promise.all([world.pass(60_000), whole.pass(60_000)])
    const [polled, notified] = [pricesOf(world).length, pricesOf(whole).length]
    await world.pass(HOUR_MS)
    await whole.pass(HOUR_MS)
    expect(levels(world).slice(polled)).toEqual(levels(whole).slice(notified))
    expect(noticesOf(world)).toEqual([])
    expect(world.log.filter(({ level }) => level !== 'debug').map(({ message }) => message)).toEqual([
      'account changes are not notified now: accounts are read every so often instead',
      'account changes are notified again',
    ])
  })

  it('calls a price stale when nothing confirms it, gives none, and resumes with the chain', async () => {
    const line = new BreakableLine()
    let isDown = false
    const world = await open({
      endpoint: endpoint => line.of(endpoint),
      tamper: http => async (input, init) => (isDown ? new Response('gone', { status: 503 }) : http(input, init)),
    })
    await world.pass(HOUR_MS)
    isDown = true
    line.cut()
    const before = pricesOf(world).length
    await world.pass(20_000)
    expect(noticesOf(world)).toEqual([])
    await world.pass(HOUR_MS)
    expect(pricesOf(world).length).toBe(before)
    expect(noticesOf(world)).toEqual(['SOL/USDC: no prices: stale'])
    expect(world.run.health()['prices']).toMatchObject({ ok: false, detail: expect.stringContaining('stale') })
    isDown = false
    line.mend()
    await world.pass(10 * 60_000)
    expect(noticesOf(world)).toEqual(['SOL/USDC: no prices: stale', 'SOL/USDC: prices resume'])
    expect(pricesOf(world).length).toBeGreaterThan(before)
  })

  it('stands by the price of a market that does not move, as long as the line stands', async () => {
    const world = await open({ services: services => ({ venues: tilted(services, () => 0n, FROZEN) }) })
    await world.pass(6 * HOUR_MS)
    expect(pricesOf(world)).toHaveLength(1)
    expect(noticesOf(world)).toEqual([])
  })

  it('distrusts an endpoint that shows the same slot again and again', async () => {
    const line = new BreakableLine()
    let frozen: string | undefined
    const world = await open({
      endpoint: endpoint => line.of(endpoint),
      tamper: http => async (input, init) => {
        const body = String(init?.body)
        if (!body.includes('getMultipleAccounts')) return http(input, init)
        const answer = await (await http(input, init)).text()
        return new Response(answer.replace(/"slot":\d+/, part => (frozen === undefined ? part : `"slot":${frozen}`)))
      },
    })
    await world.pass(HOUR_MS)
    frozen = String(pricesOf(world).at(-1)?.slot)
    line.cut()
    await world.pass(HOUR_MS)
    expect(noticesOf(world)).toEqual(['SOL/USDC: no prices: stale'])
  })
})

const levels = (world: PriceWorld): readonly bigint[] => pricesOf(world).map(({ price }) => price.scaled)

const [DEEP, , SHALLOW] = marketPools()
  .filter(({ name }) => name.startsWith('SOL/USDC'))
  .map(({ address }) => String(address)) as [string, string, string]
const NOWHERE = derivedKey('no pool').address
const FROZEN = true

/** The venues with the second pool's price moved so far up, or with a state that was read once. */
function tilted(services: Services, tilt_bps: () => bigint, frozen = false): VenueService {
  let first: readonly PoolCurve[] | undefined
  return {
    open: async (name, config) => {
      const venue = (await services.venues!.open(name, config)) as PoolVenue
      if (name !== 'localnet') return venue
      return {
        ...venue,
        pools: async (...asked) => {
          const pools = frozen && first ? first : await venue.pools(...asked)
          first = pools
          return pools.map(pool => changed(pool, pool.feeBps === 25 ? tilt_bps() : 0n, frozen))
        },
      } satisfies PoolVenue
    },
  }
}

function changed(pool: PoolCurve, bps: bigint, frozen: boolean): PoolCurve {
  const { input, output } = pool.mid
  return new Proxy(pool, {
    get: (target, field) => {
      if (field === 'mid') return { input: input * 10_000n, output: output * (10_000n + bps) }
      // The pool's own account never changes.
      if (field === 'watch' && frozen) return undefined
      const value: unknown = Reflect.get(target, field)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A line that can be cut: whoever is on it loses it, and no new one opens until it is mended. */
class BreakableLine {
  opened = 0
  #isCut = false
  #lose: () => void = () => undefined

  of(endpoint: PubSubEndpoint): PubSubEndpoint {
    return {
      ...endpoint,
      open: async (events, signal) => {
        this.opened++
        if (this.#isCut) throw new ForgeError('RPC_UNAVAILABLE', { message: 'the line is cut' })
        const line = await endpoint.open(events, signal)
        this.#lose = line.close
        return line
      },
    }
  }

  cut(): void {
    this.#isCut = true
    this.#lose()
  }

  mend(): void {
    this.#isCut = false
  }
}
