import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, sniperforge, start } from './command.ts'

const home = newHome()
afterAll(() => home.remove())

const DCA = ['strategy-run', '--type', 'dca', '--config', 'dca.json']
/** An hour of the chain in half a second: slow enough to be stopped in the middle. */
const SLOWLY = ['--speed', '7200']

test('a run that is stopped by a signal ends in order, and a second start on its data makes the rest', async () => {
  const dataDir = join(home.path, 'stopped')
  const run = start(home.path, [...DCA, ...SLOWLY, '--data-dir', dataDir])
  await run.says('2025-01-01T02:00:00.000Z')
  run.kill('SIGINT')
  const { code, stdout, stderr } = await run.ended
  expect(code).toBe(130)
  expect(stderr).toContain('SIGINT: finishing what is in hand')
  const done = Number(/Interrupted: \d+ orders, (\d+) filled\./.exec(stdout)?.[1])
  expect(done).toBeGreaterThanOrEqual(3)
  expect(done).toBeLessThan(12)

  const rest = JSON.parse(
    (await sniperforge(home.path, [...DCA, '--data-dir', dataDir, '--json'])).stdout,
  ) as RunDocument
  expect(rest.counts.filled).toBe(12 - done)
  const keys = await sniperforge(home.path, ['history', '--data-dir', dataDir, '--format', 'csv'])
  const filled = keys.stdout.split(/\r?\n/).filter(line => line.includes(',filled,'))
  expect(new Set(filled.map(line => line.split(',')[5])).size).toBe(12)
  expect(filled).toHaveLength(12)

  const nothing = JSON.parse(
    (await sniperforge(home.path, [...DCA, '--data-dir', dataDir, '--json'])).stdout,
  ) as RunDocument
  expect(nothing.counts.orders).toBe(0)
}, 60_000)

test('of two processes on one data directory one trades, and the other says why not', async () => {
  const dataDir = join(home.path, 'shared')
  const first = start(home.path, [...DCA, ...SLOWLY, '--data-dir', dataDir])
  await first.says('2025-01-01T01:00:00.000Z')
  const second = await sniperforge(home.path, [...DCA, '--data-dir', dataDir])
  expect(second.code).toBe(1)
  expect(second.stderr).toContain('error[STORE_LEASED]')
  expect(second.stderr).toContain(String(first.pid))
  first.kill('SIGTERM')
  expect((await first.ended).code).toBe(130)
}, 60_000)

test('settings that change while a run is open are refused until told what to do', async () => {
  const dataDir = join(home.path, 'changed')
  const run = start(home.path, [...DCA, ...SLOWLY, '--data-dir', dataDir])
  await run.says('2025-01-01T01:00:00.000Z')
  run.kill('SIGINT')
  await run.ended
  const changed = [...DCA, '--set', 'amount=20 USDC', '--data-dir', dataDir]
  const refused = await sniperforge(home.path, changed)
  expect(refused.code).toBe(78)
  expect(refused.stderr).toContain('STORE_DEPLOYMENT_CHANGED')
  expect(refused.stderr).toContain('--adopt')
  const adopted = JSON.parse((await sniperforge(home.path, [...changed, '--adopt', '--json'])).stdout) as RunDocument
  expect(adopted.fills.length).toBeLessThan(12)
  expect(new Set(adopted.fills.map(fill => fill.input.amount))).toEqual(new Set(['20000000']))
}, 60_000)
