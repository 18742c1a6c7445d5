import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createRealClock } from '../../core/time/real-clock.ts'
import { newHome, sniperforge, start } from './command.ts'
import { journalOnDisk } from './journal-on-disk.ts'

const real = createRealClock()
const home = newHome()
afterAll(() => home.remove())

/** A sale of 1 SOL at 191, which the seeded walk reaches after three minutes. */
const PIPELINE = `
pipeline: held
summary: A profit that a restart holds back.
nodes:
  prices: {source: pool-price, with: {pair: SOL/USDC}}
  sell:   {strategy: dca, with: {token: USDC, amount: 1 SOL, interval: 7d, slots: 1}}
  wait:   {order: take-profit, from: [sell, prices], with: {trigger: "191", onRestart: hold}}
  swap:   {execution: jupiter, from: wait}
  out:    {sink: console, from: [wait, swap]}
`

test('an order that a restart holds back fires nothing until it is resumed, and then once', async () => {
  mkdirSync(home.path, { recursive: true })
  const file = join(home.path, 'held.yaml')
  writeFileSync(file, PIPELINE)
  const dataDir = join(home.path, 'held')
  const args = ['run', file, '--speed', '60', '--data-dir', dataDir]
  const first = start(home.path, args)
  await first.says('  armed  ')
  first.kill('SIGINT')
  await first.ended
  const list = await sniperforge(home.path, ['orders', 'list', '--data-dir', dataDir, '--json'])
  const [{ id }] = (JSON.parse(list.stdout) as { orders: [{ id: string }] }).orders

  // Where nobody watches it, nobody can let it fire.
  const nobody = await sniperforge(home.path, ['orders', 'resume', id, '--data-dir', dataDir])
  expect({ code: nobody.code, said: nobody.stdout.includes('nobody watches') }).toEqual({ code: 1, said: true })

  const second = start(home.path, args)
  await second.says('held back')
  const story = async (): Promise<string> =>
    (await sniperforge(home.path, ['orders', 'show', id, '--data-dir', dataDir])).stdout
  while (!(await story()).includes('its trigger held while it is held back')) await real.sleep(200)
  expect(journalOnDisk(dataDir).map(({ state }) => state)).toEqual(['armed'])

  const resumed = await sniperforge(home.path, ['orders', 'resume', id.slice(0, 6), '--data-dir', dataDir])
  expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' })
  expect(resumed.stdout).toContain(`order ${id} may fire`)
  const { code, stdout } = await second.ended
  expect(code).toBe(0)
  expect(stdout.match(/ {2}filled {2}1 SOL/g)).toHaveLength(1)
  expect(await story()).toContain('resumed by a person')

  const over = await sniperforge(home.path, ['orders', 'resume', id, '--data-dir', dataDir])
  expect({ code: over.code, said: over.stdout.includes('nothing holds it back') }).toEqual({ code: 1, said: true })
}, 90_000)
