import { describe, expect, it } from 'vitest'
import type { CandleEvent, ForgeEvent, SignalEvent } from '../../../core/index.ts'
import { runPlugin, TEST_START_MS, testContext, testTokens } from '../../../core/testing/index.ts'
import indicators from './index.ts'
import { INDICATOR_KINDS } from './kinds.ts'
import { INDICATOR_PLUGINS } from './single.ts'

const tokens = testTokens()
const pair = { base: tokens.find('SOL'), quote: tokens.find('USDC') }
const MINUTE = 60_000

/** Bars at these closes, one a minute. */
function bars(closes: readonly number[], more: Partial<CandleEvent> = {}): CandleEvent[] {
  return closes.map((close, index) => {
    const open = closes[index - 1] ?? close
    return {
      kind: 'candle',
      at: TEST_START_MS + (index + 1) * MINUTE,
      pair,
      interval_ms: MINUTE,
      open,
      high: Math.max(open, close) * 1.001,
      low: Math.min(open, close) * 0.999,
      close,
      volume: 10,
      ...more,
    }
  })
}

const upAndDown = [...Array.from({ length: 60 }, (_, i) => 100 + i), ...Array.from({ length: 60 }, (_, i) => 160 - i)]

async function given(
  plugin: (typeof INDICATOR_PLUGINS)[number],
  settings: Record<string, unknown>,
  events: CandleEvent[],
) {
  const run = await runPlugin(plugin, { with: settings, events, services: { tokens } })
  expect(run.result.errors).toEqual([])
  return run.given
}
const signals = (events: readonly ForgeEvent[]): SignalEvent[] =>
  events.filter((event): event is SignalEvent => event.kind === 'signal')
const plugin = (name: string) => INDICATOR_PLUGINS.find(each => each.name === name)!

describe.each(INDICATOR_KINDS.map(kind => [kind.kind, kind] as const))('%s', (name, kind) => {
  const example = kind.examples[0]!.with

  it('tells with every bar from its first value on, and not before', async () => {
    const settings = { ...example, ...(name === 'vwap' && { session: '30m' }) }
    const events = bars(upAndDown)
    const needs = kind.build(testContext(plugin(name), { with: settings }).context.config, '').needs
    const told = signals(await given(plugin(name), settings, events))
    const from = name === 'vwap' ? 31 : needs
    expect(told.map(({ at }) => at)).toEqual(events.slice(from - 1).map(({ at }) => at))
    expect(told.every(signal => signal.name === name && Number.isFinite(signal.value))).toBe(true)
  })

  it('says the same within a list, under the name it is given there', async () => {
    const alone = signals(await given(plugin(name), example, bars(upAndDown)))
    const listed = signals(
      await given(
        indicators,
        {
          signals: [
            { kind: 'rsi', name: 'other' },
            { kind: name, ...example, name: 'mine' },
          ],
        },
        bars(upAndDown),
      ),
    )
    expect(listed.filter(signal => signal.name === 'mine')).toEqual(alone.map(signal => ({ ...signal, name: 'mine' })))
  })
})

describe('what signals say', () => {
  const last = async (name: string, settings: Record<string, unknown>, closes: readonly number[]) =>
    signals(await given(plugin(name), settings, bars(closes))).at(-1)?.direction
  const up = upAndDown.slice(0, 60)
  const down = up.toReversed()

  it.each([
    ['ema-cross', {}],
    ['sma-cross', {}],
    ['roc', { threshold: 1 }],
    ['macd', {}],
    ['supertrend', {}],
    ['vwap', { period: 20 }],
    ['rsi', { follow: true }],
  ])('%s buys what rises and sells what falls', async (name, settings) => {
    const rise = Array.from({ length: 60 }, (_, i) => i + i ** 2 / 10)
    expect(
      await last(
        name,
        settings,
        rise.map(by => 1_000 + by),
      ),
    ).toBe('buy')
    expect(
      await last(
        name,
        settings,
        rise.map(by => 1_000 - by),
      ),
    ).toBe('sell')
  })

  it.each([
    ['rsi', {}],
    ['bollinger', { width: 1 }],
  ])('%s sells what rose too far and buys what fell too far, unless it follows', async (name, settings) => {
    expect(await last(name, settings, up)).toBe('sell')
    expect(await last(name, settings, down)).toBe('buy')
    expect(await last(name, { ...settings, follow: true }, up)).toBe('buy')
  })

  it('a change within the threshold, a range and a volatility say neither', async () => {
    expect(await last('roc', { threshold: 50 }, up)).toBe('none')
    expect(await last('atr', {}, up)).toBe('none')
    expect(await last('volatility', { period: 20 }, up)).toBe('none')
    expect(await last('volatility', { period: 20, calm: 10_000 }, up)).toBe('buy')
    expect(await last('volatility', { period: 20, calm: 0.001 }, up)).toBe('sell')
  })

  it('volatility is told in percent a year', async () => {
    const closes = Array.from({ length: 51 }, (_, i) => (i % 2 === 0 ? 100 : 101))
    const [signal] = signals(await given(plugin('volatility'), { period: 50 }, bars(closes)))
    const perBar = Math.log(1.01) * Math.sqrt(50 / 49)
    expect(signal!.value).toBeCloseTo(perBar * Math.sqrt(365 * 24 * 60) * 100, 6)
  })
})

describe('bars that can not be read on', () => {
  it('of another length begin everything anew', async () => {
    const short = bars(upAndDown.slice(0, 40))
    const long = bars(upAndDown.slice(0, 30), { interval_ms: 2 * MINUTE }).map(bar => ({
      ...bar,
      at: bar.at + 3_600_000,
    }))
    const told = signals(await given(plugin('sma-cross'), { fast: 2, slow: 10 }, [...short, ...long]))
    expect(told).toHaveLength(31 + 21)
  })

  it('without volume are said to have none, once, by what needs it', async () => {
    const events = bars(upAndDown, { volume: 0 })
    const told = await given(indicators, { signals: [{ kind: 'vwap', period: 5 }, { kind: 'atr' }] }, events)
    expect(told.filter(event => event.kind === 'notice')).toMatchObject([
      { level: 'warning', title: 'SOL/USDC: bars without volume' },
    ])
    expect(signals(told).every(({ name }) => name === 'atr')).toBe(true)
    expect((await given(plugin('atr'), {}, events)).some(event => event.kind === 'notice')).toBe(false)
  })
})

describe('settings that contradict each other are refused with their field', () => {
  it.each([
    [{ signals: [{ kind: 'atr' }, { kind: 'ema-cross', fast: 30, slow: 20 }] }, 'signals[1].fast'],
    [{ signals: [{ kind: 'macd', fast: 26, slow: 26 }] }, 'signals[0].fast'],
    [{ signals: [{ kind: 'rsi', lower: 60, upper: 40 }] }, 'signals[0].lower'],
    [{ signals: [{ kind: 'vwap', session: '0s' }] }, 'signals[0].session'],
    [{ signals: [{ kind: 'atr' }, { kind: 'atr' }] }, 'signals[1].name'],
    [{ signals: [{ kind: 'atr', name: 'rsi' }, { kind: 'rsi' }] }, 'signals[1].name'],
  ])('%j', (settings, field) => {
    const { context } = testContext(indicators, { with: settings })
    expect(() => indicators.setup(context as never)).toThrow(
      expect.objectContaining({ code: 'PLUGIN_CONFIG_INVALID', context: { field } }),
    )
  })
})

describe('after a restart', () => {
  const settings = { fast: 12, slow: 30 }
  const all = bars(upAndDown)

  /** What is said of bars by a process that ends, and by the one after it, which has missed so many. */
  async function restarted(missed: number, later: Record<string, unknown> = settings): Promise<SignalEvent[]> {
    const cross = plugin('ema-cross')
    const first = await runPlugin(cross, { with: settings, events: all.slice(0, 50), services: { tokens } })
    const then = all.slice(50 + missed)
    const second = await runPlugin(cross, { with: later, events: then, services: { tokens }, states: first.states })
    return signals(second.given)
  }

  it('it says what it would have said without one', async () => {
    const uncut = signals(await given(plugin('ema-cross'), settings, all))
    expect(await restarted(0)).toEqual(uncut.slice(-70))
  })

  it('it goes on at once when few bars were missed, and begins anew when many were', async () => {
    expect((await restarted(3))[0]!.at).toBe(all[53]!.at)
    expect((await restarted(4))[0]!.at).toBe(all[54 + 29]!.at)
  })

  it('with other settings it begins anew', async () => {
    expect((await restarted(0, { fast: 12, slow: 31 }))[0]!.at).toBe(all[50 + 30]!.at)
  })
})
