import { interval, map, NEVER, Observable, range, take } from 'rxjs'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import type { ForgeEvent, PriceEvent } from '../../events/event.ts'
import { priceFromNumber, priceToNumber } from '../../money/price.ts'
import { type AnyPlugin, definePlugin, type PluginInstance } from '../../plugin/contract.ts'
import { testTokens } from '../mocks/test-tokens.ts'
import { checkPlugin } from './check-plugin.ts'

/** A well-behaved signal: the moving average of prices. */
const average = definePlugin({
  kind: 'signal',
  name: 'average',
  api: 1,
  summary: 'The moving average of prices.',
  config: Type.Object({ period: Type.Integer({ minimum: 1, default: 5, description: 'How many prices.' }) }),
  takes: ['price'],
  gives: ['signal'],
  examples: [{ title: 'Of five', with: { period: 5 } }],
  setup: ({ config }) => {
    const window: number[] = []
    return {
      process: event => {
        if (event.kind !== 'price') return undefined
        window.push(priceToNumber(event.price))
        if (window.length > config.period) window.shift()
        const value = window.reduce((sum, price) => sum + price, 0) / window.length
        return { kind: 'signal', at: event.at, pair: event.price.pair, name: 'average', direction: 'none', value }
      },
    }
  },
})

const tokens = testTokens()
const price = (at: number, value: number): PriceEvent => ({
  kind: 'price',
  at,
  origin: 'test',
  price: priceFromNumber({ base: tokens.find('SOL'), quote: tokens.find('USDC') }, value),
})

const with_ = (setup: AnyPlugin['setup'], more: Partial<AnyPlugin> = {}): AnyPlugin => ({ ...average, ...more, setup })
const source = (setup: AnyPlugin['setup']): AnyPlugin =>
  with_(setup, { kind: 'source', takes: [], gives: ['price', 'signal'] })
const failed = async (definition: AnyPlugin): Promise<Record<string, string>> =>
  Object.fromEntries((await checkPlugin(definition)).filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]))

describe('the conformance kit', () => {
  it('passes a plugin that keeps the contract', async () => {
    const results = await checkPlugin(average)
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect(results).toHaveLength(10)
  })

  it('passes a source on the clock it is handed', async () => {
    const ticking = source(({ clock, random }) => ({
      events: interval(60_000, clock.scheduler).pipe(map(() => price(clock.now(), 100 + random.int(10)))),
    }))
    expect(await failed(ticking)).toEqual({})
  })

  it('finds a definition without examples or descriptions', async () => {
    const bare = { ...average, examples: [], config: Type.Object({ period: Type.Integer({ default: 1 }) }) }
    expect(await failed(bare)).toEqual({
      'its definition is complete': 'it has no example\nthe field "period" has no description',
    })
  })

  it('finds examples that do not fit the schema', async () => {
    const wrong = { ...average, examples: [average.examples[0]!, { title: 'Of none', with: { period: 0, perod: 1 } }] }
    const detail = (await failed(wrong))['its examples fit its schema']
    expect(detail).toContain('Of none: with.period must be >= 1')
    expect(detail).toContain('perod')
  })

  it('finds a plugin that writes to its config', async () => {
    const writer = with_(({ config }) => {
      ;(config as { period: number }).period = 7
      return { process: () => undefined }
    })
    expect((await failed(writer))['it leaves its config as it was']).toContain('read only')
  })

  it.each([
    ['Date.now', () => Date.now()],
    ['new Date()', () => new Date().toISOString()],
    ['Math.random', () => Math.random()],
    ['performance.now', () => performance.now()],
    ['setTimeout', () => clearTimeout(setTimeout(() => undefined, 1))],
    ['crypto.randomUUID', () => crypto.randomUUID()],
    ['fetch', () => fetch('http://127.0.0.1:9/').catch(() => undefined)],
  ])('finds a plugin that uses %s, and where', async (name, use) => {
    const ambient = with_(() => ({
      process: async () => {
        await Promise.resolve()
        await use()
      },
    }))
    const detail = (await failed(ambient))['it takes no time, randomness or network from globals'] ?? ''
    expect(detail).toMatch(new RegExp(`^${name.replace(/[().]/g, '\\$&')} at .*check-plugin\\.test\\.ts:\\d+:\\d+$`))
  })

  it('finds an RxJS operator on the default scheduler', async () => {
    const wall = source(() => ({
      events: interval(1).pipe(
        take(1),
        map(() => price(0, 1)),
      ),
    }))
    expect(Object.keys(await failed(wall))).toContain('it takes no time, randomness or network from globals')
  })

  it('finds what differs on replay', async () => {
    let runs = 0
    const differing = with_(() => {
      const value = ++runs
      return {
        process: event => ({
          kind: 'signal',
          at: event.at,
          pair: price(0, 1).price.pair,
          name: 'run',
          direction: 'none',
          value,
        }),
      }
    })
    expect((await failed(differing))['it gives the same for the same seed']).toMatch(/first: .*"value":\d+.*\nagain: /)
  })

  it('finds a timer that outlives the run, and events after the end', async () => {
    const leaking = source(({ clock }) => ({
      events: new Observable<ForgeEvent>(() => {
        const again = (): void => void clock.at(clock.now() + 600_000, again)
        again()
      }),
    }))
    const failures = await failed(leaking)
    expect(failures['it stops when it is cancelled']).toContain('it left a timer')
    expect(failures['it drains']).toContain('it left a timer')
  })

  it('finds what never ends', async () => {
    const endless = with_(() => ({ process: () => undefined, events: NEVER }))
    expect((await failed(endless))['it ends when its input ends']).toContain('still at work a day after')
  })

  it('finds a flood that can not be slowed', async () => {
    const flood = source(() => ({
      events: range(0, 5_000).pipe(
        map(
          (value): ForgeEvent => ({
            kind: 'signal',
            at: 0,
            pair: price(0, 1).price.pair,
            name: 'n',
            direction: 'none',
            value,
          }),
        ),
      ),
    }))
    expect((await failed(flood))['it keeps little in hand when those behind it are slow']).toContain(
      'no room for another signal',
    )
  })

  it('finds undeclared services and kinds', async () => {
    const nosy = with_(({ services }) => ({ process: () => void services.http('http://x.test') }))
    expect((await failed(nosy))['it runs without a failure']).toContain('uses the service "http" without declaring it')
    const sly = with_(() => ({ process: (event: ForgeEvent) => event }) satisfies PluginInstance)
    expect((await failed(sly))['it runs without a failure']).toContain('does not declare')
  })
})
