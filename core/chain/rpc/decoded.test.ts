import { describe, expect, it } from 'vitest'
import { createRpc } from './rpc.ts'
import { answerError, statusError } from './rpc-errors.ts'

/** An endpoint that answers everything with this. */
const telling = (result: unknown) => createRpc({ url: 'http://rpc.example/', call: async () => result as never })

describe('an endpoint that answers with anything', () => {
  const asks = [
    ['balance', () => telling({ value: 'much' }).balance('a', 'confirmed')],
    ['accounts', () => telling({ context: { slot: 1 }, value: 'none' }).accounts(['a'], 'confirmed')],
    ['accounts, fewer than asked', () => telling({ context: { slot: 1 }, value: [] }).accounts(['a'], 'confirmed')],
    ['an account without data', () => telling({ context: { slot: 1 }, value: [{}] }).accounts(['a'], 'confirmed')],
    ['statuses', () => telling({ value: null }).signatureStatuses(['s'], { searchHistory: true })],
    [
      'statuses, fewer than asked',
      () => telling({ context: { slot: 1 }, value: [] }).signatureStatuses(['s'], { searchHistory: true }),
    ],
    ['a height', () => telling(null).heightAt('finalized')],
    ['a blockhash', () => telling(7).latestBlockhash('confirmed')],
    ['a simulation', () => telling([]).simulate(new Uint8Array(), [], 'confirmed')],
    ['rent', () => telling({ much: true }).rentExemption(165)],
  ] as const

  it.each(asks)('has failed, and is no defect of ours: %s', async (_what, ask) => {
    await expect(ask()).rejects.toMatchObject({ code: 'RPC_ANSWER_INVALID' })
  })

  it('does not move the cursor of the terminal that its words are told on, nor fill it', () => {
    const words = `\u001b[2J\u001b]0;title\u0007gone\r\n${'y'.repeat(5_000)}`
    for (const { message } of [
      answerError('http://rpc.example/', 'getSlot', { message: words }),
      statusError('http://rpc.example/', 'getSlot', 200, words),
    ]) {
      expect(message).not.toMatch(/\p{Cc}/u)
      expect(message).toContain('gone yyy')
      expect(message.length).toBeLessThan(600)
    }
  })
})
