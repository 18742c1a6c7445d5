import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, ROOT, sniperforge, start } from './command.ts'
import { journalOnDisk } from './journal-on-disk.ts'
import { walletInKeptChain } from './kept-chain.ts'

const home = newHome()
afterAll(() => home.remove())

const CANDLES = join(ROOT, '../shared/data/sol-usdt-5m-2024.csv')
const STOP = ['order-create', '--type', 'stop-loss', '--token', 'SOL']
/** Reached by the seeded walk after two hours. */
const PROFIT = ['order-create', '--type', 'take-profit', '--token', 'SOL', '--trigger', '198']
/** Slow enough to be stopped in the middle. */
const SLOWLY = ['--speed', '60']

async function made(args: readonly string[]): Promise<RunDocument> {
  const { code, stdout, stderr } = await sniperforge(home.path, [...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as RunDocument
}

/** What a fill paid for a SOL, in USDC. */
function priceOf(run: RunDocument): number {
  const [fill] = run.fills
  const [sol, usdc] = fill!.input.symbol === 'SOL' ? [fill!.input, fill!.output] : [fill!.output, fill!.input]
  return Number(usdc.amount) / 1e6 / (Number(sol.amount) / 1e9)
}

describe('an order on the embedded chain', () => {
  test('a stop-loss fires by a real transaction at the first price at or under its trigger', async () => {
    const dataDir = join(home.path, 'stop')
    const run = await made([...STOP, '--trigger', '189.9', '--size', '50%', '--data-dir', dataDir])
    expect(run.counts).toMatchObject({ orders: 1, sent: 1, filled: 1 })
    // The first price of the seeded walk under it is 189.84: a stop fills at the market, fee and impact apart.
    expect(priceOf(run)).toBeCloseTo(189.72, 1)
    const chain = await walletInKeptChain(dataDir, run.wallet)
    expect(chain.transactions.map(({ signature, succeeded }) => ({ signature, succeeded }))).toEqual([
      { signature: run.fills[0]!.signature, succeeded: true },
    ])
    const shown = await sniperforge(home.path, ['orders', 'show', run.orders[0]!.id, '--data-dir', dataDir])
    const states = shown.stdout.split('\n').flatMap(line => /^\d{4}\S+ \S+ +(\w+)/.exec(line)?.[1] ?? [])
    expect(states).toEqual(['created', 'armed', 'triggered', 'sent', 'filled'])
    expect(shown.stdout).toContain('SOL/USDC was 189.84 USDC')
    const history = await sniperforge(home.path, ['history', '--data-dir', dataDir])
    expect(history.stdout).toMatch(/ 189\.7\d* USDC {2}jupiter /)
    const positions = await sniperforge(home.path, ['positions', '--data-dir', dataDir])
    expect(positions.stdout).toMatch(/^last paid +189\.7\d{0,5}$/m)
    expect(
      Math.max(
        ...positions.stdout
          .split('\n')
          .slice(1)
          .map(line => line.length),
      ),
    ).toBeLessThanOrEqual(80)
  }, 120_000)

  test('the other types fire as they say', async () => {
    const create = (...args: string[]) => made(['order-create', ...args])
    const profit = await create('--type', 'take-profit', '--token', 'SOL', '--trigger', '192', '--size', '1 SOL')
    expect(priceOf(profit)).toBeGreaterThan(191.8)
    expect(profit.fills[0]!.input.amount).toBe('1000000000')
    const trailing = await create('--type', 'trailing-stop', '--token', 'SOL', '--trail', '1%')
    expect(trailing.counts.filled).toBe(1)
    const limit = await create(
      '--type',
      'limit',
      '--token',
      'USDC',
      '--into',
      'SOL',
      '--trigger',
      '189',
      '--size',
      '90 USDC',
    )
    expect(priceOf(limit)).toBeLessThanOrEqual(189.9)
    const market = await create('--type', 'market', '--token', 'SOL', '--size', '100 USDC')
    expect(priceOf(market)).toBeGreaterThan(189.5)
  }, 120_000)

  test('one that waits for nothing is never said to be armed', async () => {
    const told = await sniperforge(home.path, [
      'order-create',
      '--type',
      'market',
      '--token',
      'SOL',
      '--size',
      '100 USDC',
    ])
    expect(told.stdout).not.toContain('armed')
    expect(told.stdout).toContain('is taken, and trades at once')
    expect(told.stdout).toContain('it waits for nothing')
  }, 60_000)

  test('one that is made where others of several types are watched is what it says', async () => {
    const dataDir = join(home.path, 'several types')
    const create = (type: string, trigger: string, ...more: string[]) =>
      made(['order-create', '--type', type, '--token', 'SOL', '--trigger', trigger, '--data-dir', dataDir, ...more])
    await create('stop-loss', '100', '--size', '2 SOL', '--detach')
    await create('take-profit', '500', '--size', '2 SOL', '--detach')
    const watch = start(home.path, ['orders', 'watch', ...SLOWLY, '--data-dir', dataDir])
    await watch.says('[take-profit 2]')
    // A stop would sell at once at such a trigger, and a target would at the other.
    expect(await create('take-profit', '400', '--size', '1 SOL')).toMatchObject({ state: 'armed' })
    expect(await create('stop-loss', '90', '--size', '1 SOL')).toMatchObject({ state: 'armed' })
    watch.kill('SIGINT')
    expect((await watch.ended).stdout).toContain('Interrupted: 4 orders.\n')
    expect(journalOnDisk(dataDir).map(({ state }) => state)).toEqual(['armed', 'armed', 'armed', 'armed'])
    const list = await sniperforge(home.path, ['orders', 'list', '--data-dir', dataDir])
    expect(list.stdout).toMatch(/ take-profit {2}take-profit 3 .* trigger 400,/)
    expect(list.stdout).toMatch(/ stop-loss {4}stop-loss 4 .* trigger 90,/)
  }, 120_000)

  test('Ctrl-C leaves it armed, and `orders watch` goes on with it', async () => {
    const dataDir = join(home.path, 'armed')
    const first = start(home.path, [...PROFIT, ...SLOWLY, '--data-dir', dataDir])
    await first.says('is armed')
    first.kill('SIGINT')
    const { code, stdout } = await first.ended
    expect(code).toBe(130)
    expect(stdout).toContain('still armed: order')
    expect(stdout).toContain(`orders watch --data-dir ${dataDir}`)
    const run = await made(['orders', 'watch', '--data-dir', dataDir])
    expect(run.counts).toMatchObject({ filled: 1 })
    const nothing = await sniperforge(home.path, ['orders', 'watch', '--data-dir', dataDir])
    expect({ code: nothing.code, said: nothing.stdout.includes('No order waits.') }).toEqual({ code: 0, said: true })
  }, 120_000)

  test('another process cancels it, and adds one, while it is watched', async () => {
    const dataDir = join(home.path, 'beside')
    const first = start(home.path, [...STOP, '--trigger', '100', ...SLOWLY, '--data-dir', dataDir])
    await first.says('is armed')
    const add = [
      '--type',
      'take-profit',
      '--token',
      'SOL',
      '--size',
      '1 SOL',
      '--trigger',
      '500',
      '--data-dir',
      dataDir,
    ]
    const added = await sniperforge(home.path, ['order-create', ...add])
    expect({ code: added.code, stderr: added.stderr }).toEqual({ code: 0, stderr: '' })
    expect(added.stdout).toContain('is armed')
    const [stop, profit] = journalOnDisk(dataDir)
    expect([stop!.state, profit!.state]).toEqual(['armed', 'armed'])
    const list = await sniperforge(home.path, ['orders', 'list', '--data-dir', dataDir, '--json'])
    const ids = (JSON.parse(list.stdout) as { orders: { id: string }[] }).orders.map(({ id }) => id)
    const cancelled = await sniperforge(home.path, ['orders', 'cancel', ids[0]!, '--data-dir', dataDir])
    expect({ code: cancelled.code, stderr: cancelled.stderr }).toEqual({ code: 0, stderr: '' })
    // The order that it was started for has ended; the other stays armed.
    await first.ended
    expect(journalOnDisk(dataDir).map(({ state }) => state)).toEqual(['cancelled', 'armed'])
  }, 120_000)

  test('when the process that watches is killed, the one that waits takes over, and it fires once', async () => {
    const dataDir = join(home.path, 'taken-over')
    const first = start(home.path, [...PROFIT, ...SLOWLY, '--data-dir', dataDir])
    await first.says('is armed')
    const second = start(home.path, ['orders', 'watch', '--data-dir', dataDir])
    await second.says(`process ${first.pid} watches ${dataDir}`)
    first.kill('SIGKILL')
    await first.ended
    const { code, stdout } = await second.ended
    expect(code).toBe(0)
    expect(stdout).toContain('took over')
    const [order, ...others] = journalOnDisk(dataDir)
    expect(others).toEqual([])
    expect(order).toMatchObject({ state: 'confirmed' })
    expect(order!.attempts).toHaveLength(1)
  }, 120_000)

  test('panic --flatten cancels it and sells all but the reserve', async () => {
    const dataDir = join(home.path, 'panic')
    const detached = await made([...STOP, '--trigger', '100', '--detach', '--data-dir', dataDir])
    expect(detached.orders.map(({ state }) => state)).toEqual(['armed'])
    const panic = await sniperforge(home.path, ['panic', '--flatten', '--data-dir', dataDir])
    expect({ code: panic.code, stderr: panic.stderr }).toEqual({ code: 0, stderr: '' })
    expect(panic.stdout).toContain('an order was cancelled')
    expect(panic.stdout).toMatch(/sold 99\.98\d* SOL for 18\d+\.\d+ USDC/)
    const before = journalOnDisk(dataDir)
    const refused = await sniperforge(home.path, [...STOP, '--trigger', '100', '--data-dir', dataDir])
    expect(refused).toMatchObject({ code: 75, stdout: '' })
    expect(refused.stderr).toMatch(/^error\[TRADING_STOPPED\] all trading was stopped at .*: no order was made$/m)
    expect(refused.stderr).toContain(`\`sniperforge panic --clear --data-dir ${dataDir}\``)
    expect(journalOnDisk(dataDir)).toEqual(before)
  }, 120_000)
})

test.runIf(existsSync(CANDLES))(
  "on real candles a gap fills at the gap's price, not at the trigger",
  async () => {
    // On 2024-01-03 at 12:00 the market went from 103.47 to 95.68 with nothing in between.
    const run = await made([...STOP, '--trigger', '100', '--size', '10%', '--market', CANDLES])
    expect(run.fills.map(({ time }) => time.slice(0, 16))).toEqual(['2024-01-03T12:03'])
    expect(priceOf(run)).toBeCloseTo(95.637, 2)
  },
  180_000,
)

describe('what can not be meant is refused, and nothing is changed', () => {
  test.each([
    [['--trigger', '200'], 2, 'ORDER_WRONG_SIDE', 'above the market'],
    [['--trigger', '-5'], 78, 'PRICE_INVALID', '"-5" is not a price'],
    [['--trigger', '0'], 78, 'PRICE_INVALID', '0'],
    [['--trigger', 'NaN'], 78, 'PRICE_INVALID', 'NaN'],
    [['--trigger', '140', '--size', '200%'], 78, 'SIZE_INVALID', 'no share'],
    [['--trigger', '140', '--size', '5000 SOL'], 2, 'ORDER_TOO_LARGE', 'the wallet can give'],
    [['--trigger', '140', '--size', '5 BONK'], 78, 'SIZE_INVALID', 'neither'],
    [['--trigger', '140', '--trail', '3%'], 2, 'FLAG_INVALID', '--trail means nothing to a stop-loss order'],
    [[], 2, 'FLAG_INVALID', '--trigger is missing'],
    [['--trigger', '140', '--into', 'FOO'], 78, 'TOKEN_UNKNOWN', 'no token "FOO"'],
    [['--trigger', '140', '--into', 'SOL'], 2, 'FLAG_INVALID', '--into is SOL'],
    [['--trigger', '140', '--pair', 'SOL/BONK'], 2, 'FLAG_INVALID', 'SOL into USDC is counted in SOL/USDC'],
  ])(
    '%j',
    async (more, exitCode, errorCode, text) => {
      const dataDir = join(home.path, `refused ${JSON.stringify(more)}`.replace(/[^a-z0-9]+/gi, '-'))
      const { code, stderr } = await sniperforge(home.path, [...STOP, ...more, '--data-dir', dataDir])
      expect(stderr).toContain(errorCode)
      expect(stderr).toContain(text)
      expect(code).toBe(exitCode)
      if (existsSync(join(dataDir, 'sniperforge.db'))) expect(journalOnDisk(dataDir)).toEqual([])
    },
    30_000,
  )
})
