import { afterEach, describe, expect, it } from 'vitest'
import type { PriceEvent } from '../../../core/events/event.ts'
import { toJson } from '../../../core/events/serialize.ts'
import { priceToNumber } from '../../../core/money/price.ts'
import jupiterPrice from '../../../plugins/source/jupiter-price/index.ts'
import { noticesOf, openPriceWorld, type PriceWorld, pricesOf } from './price-world.ts'

const HOUR_MS = 3_600_000
const worlds: PriceWorld[] = []

async function open(options: Partial<Parameters<typeof openPriceWorld>[0]> = {}): Promise<PriceWorld> {
  const world = await openPriceWorld({
    plugin: jupiterPrice,
    with: { pair: 'SOL/USDC', size: '1 SOL', every: '30s' },
    ...options,
  })
  worlds.push(world)
  return world
}

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.end()
})

const isQuote = (input: unknown): boolean => String(input instanceof Request ? input.url : input).includes('/quote')

describe('jupiter-price on the embedded market', () => {
  it('asks both ways: the fee of the best pool lies between bid and ask, and the market in their middle', async () => {
    const world = await open()
    await world.pass(1_000)
    const [{ price, bid, ask, slot, origin }] = pricesOf(world) as [PriceEvent]
    const market = Number(world.chain.market.price().nanoUsdc) / 1e9
    const spread_bps = (priceToNumber(ask!) / priceToNumber(bid!) - 1) * 10_000
    expect(spread_bps).toBeGreaterThan(8)
    expect(spread_bps).toBeLessThan(8.5)
    expect(Math.abs(priceToNumber(price) / market - 1) * 10_000).toBeLessThan(0.2)
    expect(price.scaled).toBe((bid!.scaled + ask!.scaled) / 2n)
    expect(slot).toBeGreaterThan(0)
    expect(origin).toBe('jupiter')
  })

  it('takes a size in the quote token as well', async () => {
    const [inBase, inQuote] = [await open(), await open({ with: { pair: 'SOL/USDC', size: '190 USDC' } })]
    await inBase.pass(1_000)
    await inQuote.pass(1_000)
    const [a, b] = [pricesOf(inBase)[0]!, pricesOf(inQuote)[0]!]
    expect(Math.abs(priceToNumber(a.price) / priceToNumber(b.price) - 1) * 10_000).toBeLessThan(0.1)
    expect(b.bid!.scaled).toBeLessThan(b.ask!.scaled)
  })

  it('gives the same twice, byte for byte', async () => {
    const [first, second] = [await open(), await open()]
    await first.pass(2 * HOUR_MS)
    await second.pass(2 * HOUR_MS)
    expect(pricesOf(first).length).toBeGreaterThan(40)
    expect(second.given.map(event => toJson(event))).toEqual(first.given.map(event => toJson(event)))
  })

  it('says that it is limited by 429, asks less and less often as told, and resumes', async () => {
    let isLimited = false
    const refused: number[] = []
    const world = await open({
      tamper: (http, clock) => async (input, init) => {
        if (!isLimited || !isQuote(input)) return http(input, init)
        refused.push(clock.now())
        return new Response('slow down', { status: 429, headers: refused.length === 1 ? { 'retry-after': '100' } : {} })
      },
    })
    await world.pass(HOUR_MS)
    isLimited = true
    const before = pricesOf(world).length
    await world.pass(10 * 60_000)
    expect(noticesOf(world)).toEqual(['SOL/USDC: no prices: rate limited'])
    expect(pricesOf(world)).toHaveLength(before)
    expect(refused.slice(1, 4).map((at, index) => at - refused[index]!)).toEqual([100_000, 120_000, 240_000])
    isLimited = false
    await world.pass(10 * 60_000)
    expect(noticesOf(world).at(-1)).toBe('SOL/USDC: prices resume')
    expect(pricesOf(world).length).toBeGreaterThan(before)
    expect(world.run.health()['prices']).toMatchObject({ ok: true })
  })

  it('takes no price from a quote that is too many slots behind the chain', async () => {
    let behind = 0
    const world = await open({
      tamper: http => async (input, init) => {
        const answer = await http(input, init)
        if (!isQuote(input)) return answer
        const text = await answer.text()
        return new Response(text.replace(/"contextSlot":(\d+)/, (_, slot) => `"contextSlot":${Number(slot) - behind}`))
      },
    })
    await world.pass(HOUR_MS)
    const before = pricesOf(world).length
    behind = 200
    await world.pass(HOUR_MS)
    expect(noticesOf(world)).toEqual(['SOL/USDC: no prices: stale'])
    expect(pricesOf(world)).toHaveLength(before)
  })

  it('gives no price when a size sells for more than it costs, nor when both are far apart', async () => {
    const factorOf = { crossed: 11n, wide: 9n }
    for (const [what, factor] of Object.entries(factorOf)) {
      const world = await open({
        tamper: http => async (input, init) => {
          const answer = await http(input, init)
          if (!isQuote(input)) return answer
          const quote = JSON.parse(await answer.text()) as Record<string, string>
          for (const field of ['outAmount', 'otherAmountThreshold'])
            quote[field] = String((BigInt(quote[field]!) * factor) / 10n)
          return Response.json(quote)
        },
      })
      await world.pass(HOUR_MS)
      expect(pricesOf(world)).toEqual([])
      expect(noticesOf(world)).toEqual([`SOL/USDC: no prices: ${what === 'wide' ? 'wide spread' : what}`])
    }
  })

  it('says so when nothing trades that size', async () => {
    const world = await open({
      tamper: http => async (input, init) =>
        isQuote(input)
          ? Response.json({ error: 'no way', errorCode: 'COULD_NOT_FIND_ANY_ROUTE' }, { status: 400 })
          : http(input, init),
    })
    await world.pass(HOUR_MS)
    expect(noticesOf(world)).toEqual(['SOL/USDC: no prices: no route'])
  })

  it('refuses a size in neither token of the pair', async () => {
    await expect(openPriceWorld({ plugin: jupiterPrice, with: { pair: 'SOL/USDC', size: '5 BONK' } })).rejects.toThrow(
      '5 BONK is no trade of SOL/USDC',
    )
  })
})
