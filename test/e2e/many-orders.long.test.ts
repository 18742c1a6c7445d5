import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openRequests } from '../../core/store/store.ts'
import { createRealClock } from '../../core/time/real-clock.ts'
import { newHome, start } from './command.ts'
import { journalOnDisk, walletOf } from './journal-on-disk.ts'
import { walletInKeptChain } from './kept-chain.ts'
import { orderWish } from './order-wishes.ts'

const real = createRealClock()
const home = newHome()
afterAll(() => home.remove())

const ORDERS = 100
const KINDS = 7

/** Mixed orders that the seeded walk, from 190 up to 198.8 and down again, fires one after the other. */
function paramsOf(number: number): Record<string, unknown> {
  const step = Math.floor(number / KINDS)
  switch (number % KINDS) {
    case 0:
      return { type: 'take-profit', token: 'SOL', size: '0.1 SOL', trigger: (192 + step * 0.3).toFixed(2) }
    case 1:
      return { type: 'limit', token: 'SOL', size: '5 USDC', trigger: (192.1 + step * 0.3).toFixed(2) }
    case 2:
      return { type: 'trailing-stop', token: 'SOL', size: '0.05 SOL', trail: `${(0.5 + step * 0.05).toFixed(2)}%` }
    case 3:
      // Sold dollars: a stop that buys as the price rises.
      return { type: 'stop-loss', token: 'USDC', into: 'SOL', size: '3 USDC', trigger: (192.2 + step * 0.3).toFixed(2) }
    case 4:
      return { type: 'oco', token: 'SOL', size: '0.03 SOL', stop: '20%', target: (192.2 + step * 0.3).toFixed(2) }
    case 5:
      // The walk goes back to below 190 before long.
      return { type: 'bracket', token: 'USDC', into: 'SOL', size: '4 USDC', stop: '1%', target: '1%' }
    default:
      return { type: 'market', token: 'SOL', size: '0.02 SOL' }
  }
}

test('a hundred orders of mixed kinds over two processes, one of them killed: each fires exactly once', async () => {
  const dataDir = join(home.path, 'many')
  const keeper = ['order-create', '--type', 'take-profit', '--token', 'SOL', '--size', '0.1 SOL', '--trigger', '198.7']
  const first = start(home.path, [...keeper, '--speed', '60', '--data-dir', dataDir])
  await first.says('is armed')
  const counter = openRequests(dataDir)
  const requests: number[] = []
  for (let number = 1; number < ORDERS; number++) {
    requests.push(counter.ask('create', await orderWish(paramsOf(number)), real.now()))
  }
  while (requests.some(number => !counter.answerTo(number))) await real.sleep(100)
  expect(requests.map(number => counter.answerTo(number)!).filter(({ done }) => !done)).toEqual([])
  counter.close()
  const asked = (): number => journalOnDisk(dataDir).filter(({ key }) => !key.includes('/')).length
  expect(asked()).toBe(ORDERS)

  const second = start(home.path, ['orders', 'watch', '--data-dir', dataDir])
  await second.says(`process ${first.pid} watches`)
  const filled = (): number => journalOnDisk(dataDir).filter(({ state }) => state === 'confirmed').length
  while (filled() < 30) await real.sleep(50)
  first.kill('SIGKILL')
  expect((await first.ended).signal).toBe('SIGKILL')
  const { code, stdout, stderr } = await second.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('took over')

  const journal = journalOnDisk(dataDir)
  // Of a stop and a target one is cancelled; all that was asked for has traded.
  const others = journal.filter(({ state }) => state !== 'confirmed')
  expect(others.filter(({ key, state }) => state !== 'cancelled' || !/\/(stop|target)$/.test(key))).toEqual([])
  expect(new Set(journal.map(({ fullKey }) => fullKey)).size).toBe(journal.length)
  for (const { key } of journal.filter(each => /^oco \d+$/.test(each.key))) {
    expect(journal.filter(each => each.key.startsWith(`${key}/`) && each.filledBy)).toHaveLength(1)
  }
  for (const { key } of journal.filter(each => /^bracket \d+$/.test(each.key))) {
    const [entry, ...exits] = journal.filter(each => each.key.startsWith(`${key}/`) && each.filledBy)
    expect(exits.map(({ input }) => input)).toEqual([entry!.output])
  }
  const chain = await walletInKeptChain(dataDir, walletOf(journal[0]!))
  const landed = chain.transactions.filter(({ succeeded }) => succeeded).map(({ signature }) => signature)
  expect(landed.toSorted()).toEqual(journal.flatMap(({ filledBy }) => filledBy ?? []).toSorted())
}, 600_000)
