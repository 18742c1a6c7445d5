import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import { memoryFiles } from '../../../core/config/files.ts'
import { lintPipeline } from '../../../core/config/lint.ts'
import { builtIn, createRegistry } from '../../../core/registry/create-registry.ts'
import { runPlugin, TEST_START_MS } from '../../../core/testing/index.ts'
import { startPlugin } from '../../../core/testing/run-plugin.ts'
import { market, plugin, price, wants } from './order-trial.ts'

const settings = { maxDrawdown: 10, capital: '1000 USDC', onStop: 'flatten' }

it('what a stop sells is sold once, wherever the process is killed', async () => {
  const events = [price('100', 0), wants('a', '500 USDC', {}, 1), price('60', 10)]
  for (const killedAfter_s of [10, 12, 15]) {
    const first = await startPlugin(plugin('risk-limits'), {
      with: settings,
      events,
      services: market(events, { tradeDelay_ms: 4_000 }),
    })
    await first.clock.advanceTo(TEST_START_MS + killedAfter_s * 1_000)
    const { journal } = first.services
    const states = journal.orders().map(({ state }) => state)
    expect(states).toEqual(['confirmed', killedAfter_s < 14 ? 'created' : 'confirmed'])
    const later = [price('60', 20), wants('b', '1 SOL', {}, 21)]
    const second = await runPlugin(plugin('risk-limits'), {
      with: settings,
      events: later,
      services: market(later, { journal }),
      states: first.states,
      start_ms: TEST_START_MS + 20_000,
    })
    const sales = journal.orders().filter(({ intent }) => intent.input.symbol === 'SOL')
    expect(sales.map(({ state, fill }) => [state, fill?.input.units])).toEqual([['confirmed', 5_000_000_000n]])
    expect(second.given).toContainEqual(expect.objectContaining({ kind: 'report', key: 'b', state: 'skipped' }))
  }
})

it('what a stop has not sold when the process is killed is kept, when the stop is over at the next start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'risk-'))
  const killSwitch = join(folder, 'STOP')
  try {
    const events = [price('100', 0), wants('a', '500 USDC', {}, 1), price('99', 10)]
    const first = await startPlugin(plugin('risk-limits'), {
      with: { killSwitch, onStop: 'flatten' },
      events,
      services: market(events, { tradeDelay_ms: 4_000 }),
    })
    const { journal } = first.services
    await first.clock.advanceTo(TEST_START_MS + 8_000)
    writeFileSync(killSwitch, '')
    await first.clock.advanceTo(TEST_START_MS + 12_000)
    expect(journal.orders().map(({ state }) => state)).toEqual(['confirmed', 'created'])
    rmSync(killSwitch)
    const later = [price('98', 20), wants('b', '1 SOL', {}, 21)]
    const second = await runPlugin(plugin('risk-limits'), {
      with: { killSwitch, onStop: 'flatten' },
      events: later,
      services: market(later, { journal }),
      states: first.states,
      start_ms: TEST_START_MS + 20_000,
    })
    expect(journal.orders().map(({ intent, state }) => [intent.input.symbol, state])).toEqual([
      ['USDC', 'confirmed'],
      ['SOL', 'cancelled'],
      ['SOL', 'confirmed'],
    ])
    expect(journal.orders()[1]?.reason?.message).toContain('the stop is over')
    expect(second.given).toContainEqual(
      expect.objectContaining({ kind: 'notice', title: expect.stringContaining('goes on') }),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it.each(['bracket', 'twap', 'oco', 'stop-loss', 'market'])(
  '%s behind it, of whose orders it would lose count, is refused',
  async order => {
    const text = `
pipeline: guarded
nodes:
  prices: {source: pool-price, with: {pair: SOL/USDC}}
  buy: {strategy: single, with: {spend: 100 USDC, into: SOL}}
  risk: {order: risk-limits, from: [buy, prices], with: {maxDailySpend: 100 USDC}}
  made: {order: ${order}, from: [risk, prices]}
  swap: {execution: best-route, from: made}
`
    const { diagnostics } = await lintPipeline({
      file: 'guarded.yaml',
      files: memoryFiles({ 'guarded.yaml': text }),
      registry: createRegistry(builtIn(BUILT_IN_PLUGINS)).registry,
      settingsRoots: [],
    })
    const found = diagnostics.find(({ code }) => code === 'CONFIG_ORDER_BEHIND')
    expect(found).toMatchObject({ line: 7, severity: 'error', message: expect.stringContaining('"risk" (order risk-') })
    expect(found?.hint).toContain('"risk" takes from "made", and the execution from "risk"')
  },
)
