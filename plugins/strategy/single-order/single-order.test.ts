import { describe, expect, test } from 'vitest'
import type { IntentEvent } from '../../../core/index.ts'
import { testContext } from '../../../core/testing/index.ts'
import singleOrder from './index.ts'

async function asked(settings: Record<string, unknown>): Promise<IntentEvent | undefined> {
  const { context } = testContext(singleOrder, { with: { token: 'SOL', into: 'USDC', ...settings } })
  const node = await singleOrder.setup(context as never)
  const intent = (await node.pull?.()) as IntentEvent | undefined
  expect(await node.pull?.()).toBeUndefined()
  return intent
}

describe('a single order', () => {
  test('is one intent in the words of its order node', async () => {
    const intent = await asked({ type: 'trailing-stop', trail: '3%', activate: '150', expires: '7d' })
    expect(intent).toMatchObject({ input: { symbol: 'SOL' }, output: { symbol: 'USDC' }, exact: 'in' })
    expect(intent?.terms).toEqual({ offset: '3%', activation: '150', size: '100%', expires: '7d' })
  })

  test('of a TWAP has its amount, its slippage and its end of its own', async () => {
    const intent = await asked({ type: 'twap', size: '2 SOL', over: '1h', every: '5m', slippageBps: 30, expires: '2h' })
    expect(intent?.amount.units).toBe(2_000_000_000n)
    expect(intent?.terms).toEqual({ duration: '1h', interval: '5m' })
    expect(intent).toMatchObject({ slippageBps: 30, expiresAt: intent!.at + 7_200_000 })
  })

  test('of a bracket has its levels as they were given, and the size of what enters', async () => {
    const bracket = {
      type: 'bracket',
      token: 'USDC',
      into: 'SOL',
      size: '100 USDC',
      entry: '145',
      stop: '5%',
      target: '160',
    }
    expect((await asked(bracket))?.terms).toEqual({ entry: '145', stop: '5%', target: '160', size: '100 USDC' })
    expect((await asked({ type: 'oco', stop: '130', target: '180' }))?.terms).toMatchObject({ size: '100%' })
  })

  test('of a plugin that is not built in takes the words as they are', async () => {
    expect((await asked({ type: 'iceberg', trigger: '5' }))?.terms).toEqual({ trigger: '5' })
  })

  test.each([
    [{ type: 'stop-loss' }, /trigger is missing/],
    [{ type: 'stop-loss', trigger: '1', trail: '3%' }, /trail means nothing/],
    [{ type: 'market' }, /size is missing/],
    [{ type: 'trailing-stop', trail: '-3%' }, /trail is "-3%"/],
    [{ type: 'trailing-stop', trail: '0%' }, /trail is "0%"/],
    [{ type: 'trailing-stop', trail: '100%' }, /trail is "100%"/],
    [{ type: 'trailing-stop', trail: '10000bps' }, /trail is "10000bps"/],
    [{ type: 'trailing-stop', trail: 'banana' }, /trail is "banana"/],
    [{ type: 'stop-loss', trigger: '90', expires: '0s' }, /expires is 0s/],
    [{ type: 'twap', size: '5 SOL', over: '0s', every: '1m' }, /every is 1m, which does not fit into 0s/],
    [{ type: 'twap', size: '5 SOL', over: '1h', every: '2h' }, /every is 2h, which does not fit into 1h/],
    [{ type: 'twap', size: '5 SOL', over: '1h', every: '0s' }, /every is 0s/],
    [{ type: 'twap', size: '5 SOL', over: '1000h', every: '1ms' }, /every gives 3600000000 slices/],
    [{ type: 'oco', stop: '130' }, /target is missing/],
    [{ type: 'oco', stop: '-5', target: '180' }, /stop is "-5"/],
    [{ type: 'oco', stop: '0%', target: '180' }, /stop is "0%"/],
    [{ type: 'bracket', stop: 'NaN', target: '10%', size: '1 SOL' }, /stop is "NaN"/],
    [{ type: 'bracket', stop: '5%', target: '10%' }, /size is missing/],
    [{ type: 'twap', size: '50%', over: '1h', every: '5m' }, /size must be an amount of SOL/],
    [{ type: 'twap', size: '5 USDC', over: '1h', every: '5m' }, /size must be an amount of SOL/],
    [{ type: 'market', size: '1 SOL', into: 'SOL' }, /into is SOL/],
  ])('that can not be meant is refused: %j', async (settings, message) => {
    await expect(asked(settings)).rejects.toThrow(message)
  })

  test('that no node holds, and that the last run did not live to send, is asked for again under its key', async () => {
    const settings = { type: 'market', token: 'USDC', into: 'SOL', size: '5 USDC' }
    const wanted = (await asked(settings))!
    for (const [state, gives] of [
      ['created', wanted.key],
      ['cancelled', undefined],
      ['armed', undefined],
    ] as const) {
      const { context, clock, services } = testContext(singleOrder, { with: settings })
      const { journal } = services
      const arming = { plugin: 'market', version: '1', holder: 'h', terms: {} }
      if (state === 'armed') journal.arm(wanted, arming, 1)
      else {
        const { id } = journal.take(wanted, 1).order
        if (state === 'cancelled') journal.move(id, 'cancelled', { now: 2, cause: 'a test' })
      }
      await clock.run(clock.sleep(60_000))
      const node = await singleOrder.setup(context as never)
      expect(((await node.pull?.()) as IntentEvent | undefined)?.key).toBe(gives)
      expect(await node.pull?.()).toBeUndefined()
    }
  })
})
