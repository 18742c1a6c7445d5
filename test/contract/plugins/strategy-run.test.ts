import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../../../core/app/builtin-plugins.ts'
import type { BoundPipeline } from '../../../core/config/bound-pipeline.ts'
import { diskFiles } from '../../../core/config/files.ts'
import { loadPipeline } from '../../../core/config/load.ts'
import { parsePrice } from '../../../core/money/price.ts'
import { builtIn, createRegistry } from '../../../core/registry/create-registry.ts'
import { startPipeline } from '../../../core/runtime/run.ts'
import { MemoryStates } from '../../../core/testing/mocks/memory-state.ts'
import { mockServices } from '../../../core/testing/mocks/mock-services.ts'
import { recordingLog } from '../../../core/testing/mocks/recording-log.ts'
import { testTokens } from '../../../core/testing/mocks/test-tokens.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { createVirtualClock } from '../../../core/time/virtual-clock.ts'

const ROOT = join(import.meta.dirname, '../../..')
const HOUR = 3_600_000
const START_MS = Date.parse('2024-01-01T00:00:00Z')
const tokens = testTokens()
const pair = { base: tokens.find('SOL'), quote: tokens.find('USDC') }

async function strategyRun(...sets: string[]): Promise<BoundPipeline> {
  const { pipeline, diagnostics } = await loadPipeline({
    file: join(ROOT, 'pipelines/strategy-run.yaml'),
    files: diskFiles,
    registry: createRegistry(builtIn(BUILT_IN_PLUGINS)).registry,
    params: { type: 'dca', config: 'dca.json' },
    sets,
    env: {},
    secret: async () => undefined,
    tokens,
    settingsRoots: [join(ROOT, 'configs/strategies')],
  })
  expect(diagnostics).toEqual([])
  if (!pipeline) throw new Error('no pipeline')
  return pipeline
}

/** Runs the shipped pipeline as it is, with a trader that fills at 150. */
async function trade(pipeline: BoundPipeline, stopAfter_ms?: number) {
  const clock = createVirtualClock({ start_ms: START_MS })
  const services = mockServices({
    clock,
    tokens,
    tradeDelay_ms: 1_500,
    tradeProgress: true,
    priceOf: () => parsePrice('150', pair),
  })
  const states = new MemoryStates()
  const run = await startPipeline({
    pipeline,
    clock,
    random: seededRandom('strategy-run'),
    mode: 'test',
    log: recordingLog(),
    servicesFor: node => services.for(node.id),
    stateFor: id => states.for(id),
    drainTimeout_ms: 60_000,
  })
  if (stopAfter_ms !== undefined) clock.at(START_MS + stopAfter_ms, () => void run.drain('enough'))
  return { result: await clock.run(run.done), services, clock }
}

describe('the pipeline strategy-run with the settings that are shipped', () => {
  it('buys SOL for 10 USDC twelve times, hourly, records and tells it, and ends', async () => {
    const { result, services, clock } = await trade(await strategyRun())
    expect(result.ended).toBe('completed')
    expect(services.trader.orders.map(({ intent }) => intent.key)).toEqual(
      Array.from({ length: 12 }, (_, slot) => new Date(START_MS + slot * HOUR).toISOString()),
    )
    expect(services.trader.orders.every(({ fill }) => fill?.input.units === 10_000_000n)).toBe(true)
    expect(services.history.filter(({ state }) => state === 'filled')).toHaveLength(12)
    expect(services.output.filter(line => line.includes('filled  10 USDC → 0.066666666 SOL'))).toHaveLength(12)
    expect(clock.now()).toBe(START_MS + 11 * HOUR + 1_500)
  })

  it('takes single settings from the command line', async () => {
    const { services } = await trade(await strategyRun('amount=25 USDC', 'budget=60 USDC', 'interval=1d'))
    expect(services.trader.orders.map(({ intent }) => intent.amount.units)).toEqual([
      25_000_000n,
      25_000_000n,
      10_000_000n,
    ])
  })

  it('ends in the middle of its calendar when it is told to, with nothing left open', async () => {
    const { result, services, clock } = await trade(await strategyRun(), 2.5 * HOUR)
    expect(result.ended).toBe('drained')
    expect(services.trader.orders).toHaveLength(3)
    expect(clock.now()).toBe(START_MS + 2.5 * HOUR)
  })
})
