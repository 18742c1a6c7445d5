import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type IntentEvent, isForgeError, type PluginInstance, type Report } from '../../../core/index.ts'
import { type TestContext, testContext } from '../../../core/testing/index.ts'
import single from './index.ts'

const MINUTE = 60_000

/** Another run of the plugin over the state that the one before it left. */
async function start(
  settings: Record<string, unknown>,
  before?: TestContext,
): Promise<TestContext & { node: PluginInstance }> {
  const made = testContext(single, { with: settings, ...(before && { clock: before.clock }) })
  const context = before ? { ...made.context, state: before.states.for('it') } : made.context
  const node = await single.setup(context as never)
  return { ...made, states: before?.states ?? made.states, node }
}

async function next({ clock, node }: TestContext & { node: PluginInstance }): Promise<IntentEvent | undefined> {
  return (await clock.run(Promise.resolve(node.pull?.()))) as IntentEvent | undefined
}

function ended(intent: IntentEvent, state: 'filled' | 'interrupted'): Report {
  const { at, key, node, input, output } = intent
  const base = { kind: 'report', at, orderId: key, key, node, input, output } as const
  return state === 'filled'
    ? ({ ...base, state } as Report)
    : { ...base, state: 'failed', reason: { code: 'ORDER_INTERRUPTED', message: '' } }
}

test('the parts add up to the whole, are spread over the time, and never come together', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (slices, micros, jitter) => {
        fc.pre(micros >= slices)
        const run = await start({ spend: `${micros / 1e6} USDC`, into: 'SOL', slices, over: '60m', jitter })
        const intents: IntentEvent[] = []
        for (let intent = await next(run); intent; intent = await next(run)) intents.push(intent)
        expect(intents).toHaveLength(slices)
        expect(intents.reduce((sum, intent) => sum + intent.amount.units, 0n)).toBe(BigInt(micros))
        expect(new Set(intents.map(intent => intent.key)).size).toBe(slices)
        const times = intents.map(intent => intent.at)
        for (const [index, at] of times.entries()) {
          if (index > 0)
            expect(at - times[index - 1]!).toBeGreaterThanOrEqual(Math.floor(((60 * MINUTE) / slices) * 0.499))
        }
        expect(times.at(-1)! - times[0]!).toBeLessThanOrEqual(60 * MINUTE)
      },
    ),
    { numRuns: 40 },
  )
})

test('a run that was killed is taken up with the same keys and times; what is late is spread, not sent together', async () => {
  const settings = { spend: '10 USDC', into: 'SOL', slices: 5, over: '50m', jitter: 0.5 }
  const whole: IntentEvent[] = []
  const undisturbed = await start(settings)
  for (let intent = await next(undisturbed); intent; intent = await next(undisturbed)) whole.push(intent)

  const first = await start(settings)
  const seen = [await next(first), await next(first)]
  await first.clock.run(first.clock.sleep(40 * MINUTE))
  const again = await start(settings, first)
  const after: IntentEvent[] = []
  for (let intent = await next(again); intent; intent = await next(again)) after.push(intent)
  expect(seen.map(intent => intent?.key)).toEqual(whole.slice(0, 2).map(intent => intent.key))
  expect(after.map(({ key, amount }) => ({ key, amount }))).toEqual(whole.map(({ key, amount }) => ({ key, amount })))
  for (const [index, { at }] of after.entries()) {
    if (index > 0) expect(at - after[index - 1]!.at).toBeGreaterThanOrEqual(5 * MINUTE)
  }
})

test('what has ended is another trade when it is asked for again; what was interrupted is the same one', async () => {
  const settings = { spend: '10 USDC', into: 'SOL' }
  const first = await start(settings)
  const intent = (await next(first))!
  first.node.onReport?.(ended(intent, 'interrupted'))
  await first.clock.run(first.clock.sleep(MINUTE))
  const second = await start(settings, first)
  const resumed = (await next(second))!
  expect(resumed.key).toBe(intent.key)
  second.node.onReport?.(ended(resumed, 'filled'))
  await second.clock.run(second.clock.sleep(MINUTE))
  expect((await next(await start(settings, second)))!.key).not.toBe(intent.key)
})

test.each([
  ['over', { slices: 3 }],
  ['slices', { spend: '0.000002 USDC', slices: 3, over: '1m' }],
  ['every', { slices: 3, over: '1m', every: '10s' }],
  ['into', { into: 'USDC' }],
])('settings that contradict each other are refused by name: %s', async (field, more) => {
  const thrown: unknown = await start({ spend: '10 USDC', into: 'SOL', ...more }).catch((error: unknown) => error)
  expect(isForgeError(thrown, 'PLUGIN_CONFIG_INVALID') && thrown.context['field']).toBe(field)
})
