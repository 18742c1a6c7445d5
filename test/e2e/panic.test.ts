import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, sniperforge, start } from './command.ts'
import { foreignRpc } from './foreign-rpc.ts'
import { serveLocalnet } from './served-localnet.ts'

const home = newHome()
afterAll(() => home.remove())

const DCA = ['strategy-run', '--type', 'dca', '--config', 'dca.json']

test('panic stops a run of another process, and every later one, until it is cleared', async () => {
  const dataDir = join(home.path, 'stopped')
  const run = start(home.path, [...DCA, '--speed', '7200', '--data-dir', dataDir])
  await run.says('2025-01-01T02:00:00.000Z')
  const panic = await sniperforge(home.path, ['panic', '--data-dir', dataDir, '--json'])
  expect({ code: panic.code, stderr: panic.stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(panic.stdout)).toMatchObject({ document: 'panic', done: true })
  // What was on its way when the answer came is over before the next slot.
  const { stdout } = await run.ended
  expect(stdout).toContain('all trading was stopped at')
  const last = stdout.lastIndexOf('  filled  ')
  expect(stdout.indexOf('all trading was stopped at')).toBeGreaterThan(last)
  expect(stdout.split('  filled  ').length - 1).toBeLessThan(12)

  const more = [...DCA, '--set', 'slots=14', '--data-dir', dataDir, '--json', '--adopt']
  const refused = JSON.parse((await sniperforge(home.path, more)).stdout) as RunDocument
  expect(refused.counts.filled).toBe(0)
  expect(refused.orders.map(({ reason }) => reason?.code)).toContain('TRADING_STOPPED')

  const cleared = await sniperforge(home.path, ['panic', '--clear', '--data-dir', dataDir])
  expect(cleared.stdout).toContain('trading may go on')
  const on = [...DCA, '--set', 'slots=16', '--data-dir', dataDir, '--json', '--adopt']
  expect((JSON.parse((await sniperforge(home.path, on)).stdout) as RunDocument).counts.filled).toBeGreaterThan(0)
}, 120_000)

test('an order that is over can not be cancelled, and one that never was is unknown', async () => {
  const dataDir = join(home.path, 'over')
  const run = JSON.parse(
    (await sniperforge(home.path, [...DCA, '--data-dir', dataDir, '--json'])).stdout,
  ) as RunDocument
  const cancel = (id: string) => sniperforge(home.path, ['orders', 'cancel', id, '--data-dir', dataDir])
  const over = await cancel(run.fills[0]!.orderId)
  expect(over.code).toBe(1)
  expect(over.stdout).toContain('is confirmed already')
  const unknown = await cancel('ffff')
  expect(unknown.code).toBe(2)
  expect(unknown.stdout).toBe('')
  expect(unknown.stderr).toContain('no order ffff')
}, 60_000)

test('what others did to the wallet, and another directory that trades with it, are told at the next start', async () => {
  const server = await serveLocalnet(home.path)
  // A chain whose time is not ours: two processes may use it at once.
  const rpc = await foreignRpc(server.rpcUrl)
  try {
    const [here, there] = [join(home.path, 'here'), join(home.path, 'there')]
    const soon = [...DCA, '--set', 'interval=2s', '--rpc-url', rpc.url]
    const first = await sniperforge(home.path, [...soon, '--set', 'slots=2', '--data-dir', here])
    expect(first.code).toBe(0)
    expect(first.stdout).not.toContain('another data directory')
    // The other one trades with the same wallet, and is killed with its work undone.
    const other = start(home.path, [...soon, '--set', 'slots=1000', '--data-dir', there])
    await other.says('  filled  ')
    const beside = await sniperforge(home.path, [...soon, '--set', 'slots=3', '--adopt', '--data-dir', here])
    expect(beside.stdout).toContain(`another data directory trades with this wallet: ${there}`)
    expect(beside.stdout).toContain(`process ${other.pid} trades there`)
    expect(beside.stdout).toMatch(/transactions? of this wallet since .* came from elsewhere: \w{60,}/)
    expect(beside.stdout).toMatch(/USDC left this wallet since the last run, and not by it/)
    other.kill('SIGKILL')
    await other.ended
  } finally {
    await rpc.close()
    await server.stop()
  }
}, 120_000)
