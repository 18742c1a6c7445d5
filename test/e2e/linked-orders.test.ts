import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { newHome, sniperforge, start } from './command.ts'
import { type JournalledOrder, journalOnDisk } from './journal-on-disk.ts'

const home = newHome()
afterAll(() => home.remove())

/** The seeded walk begins at 190 and reaches 193.95 after 23 minutes. */
const OCO = ['order-create', '--type', 'oco', '--token', 'SOL', '--size', '2 SOL', '--stop', '5%', '--target', '193.8']
const BRACKET = ['order-create', '--type', 'bracket', '--token', 'USDC', '--into', 'SOL', '--size', '100 USDC']
/** Slow enough to be stopped in the middle. */
const SLOWLY = ['--speed', '60']

const states = (journal: readonly JournalledOrder[]): string[] => journal.map(({ key, state }) => `${key} ${state}`)

interface ListedOrder {
  readonly id: string
  readonly intent: { readonly key: string }
}

async function listed(dataDir: string): Promise<readonly ListedOrder[]> {
  const { stdout } = await sniperforge(home.path, ['orders', 'list', '--data-dir', dataDir, '--json'])
  return (JSON.parse(stdout) as { orders: ListedOrder[] }).orders
}

const idOf = async (dataDir: string, key: string): Promise<string> =>
  (await listed(dataDir)).find(({ intent }) => intent.key === key)!.id

describe('a stop and a target', () => {
  test('of which the target trades: one transaction, one story', async () => {
    const dataDir = join(home.path, 'oco')
    const made = await sniperforge(home.path, [...OCO, '--data-dir', dataDir, '--json'])
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' })
    const run = JSON.parse(made.stdout) as RunDocument
    expect(run.counts).toMatchObject({ orders: 2, sent: 1, filled: 1, skipped: 1 })
    expect(run.left).toEqual([])
    expect(states(journalOnDisk(dataDir))).toEqual([
      'oco 1 confirmed',
      'oco 1/stop cancelled',
      'oco 1/target confirmed',
    ])
    const shown = await sniperforge(home.path, ['orders', 'show', await idOf(dataDir, 'oco 1'), '--data-dir', dataDir])
    expect(shown.stdout).toContain('its target traded: 2 SOL → 387.')
    const story = shown.stdout
      .split('\n')
      .flatMap(line => /^\d{4}\S+ \S+ {2}(.{6}) {2}(\w+)/.exec(line)?.slice(1) ?? [])
    expect(story.join(' ').replaceAll(/ +/g, ' ').trim()).toBe(
      'created armed stop created stop armed target created target armed target triggered target sent target filled stop cancelled filled',
    )
  }, 60_000)

  test('that is cancelled by the id of one of them is cancelled whole, whether or not somebody watches', async () => {
    const dataDir = join(home.path, 'cancelled')
    const detached = await sniperforge(home.path, [...OCO, '--detach', '--data-dir', dataDir])
    expect(detached.code).toBe(0)
    const cancel = ['orders', 'cancel', await idOf(dataDir, 'oco 1/stop'), '--data-dir', dataDir]
    const alone = await sniperforge(home.path, cancel)
    expect({ code: alone.code, stderr: alone.stderr }).toEqual({ code: 0, stderr: '' })
    expect(states(journalOnDisk(dataDir)).map(text => text.split(' ').at(-1))).toEqual(Array(3).fill('cancelled'))

    const second = start(home.path, [...OCO, ...SLOWLY, '--data-dir', dataDir])
    await second.says('is armed')
    const watched = await sniperforge(home.path, [
      ...['orders', 'cancel', await idOf(dataDir, 'oco 2'), '--data-dir', dataDir],
    ])
    expect({ code: watched.code, stderr: watched.stderr }).toEqual({ code: 0, stderr: '' })
    await second.ended
    expect(journalOnDisk(dataDir).map(({ state }) => state)).toEqual(Array(6).fill('cancelled'))
  }, 60_000)
})

describe('a bracket', () => {
  test('whose process was killed after its entry is guarded by the next one, by what the entry brought', async () => {
    const dataDir = join(home.path, 'bracket')
    const first = start(home.path, [...BRACKET, '--stop', '5%', '--target', '2%', ...SLOWLY, '--data-dir', dataDir])
    await first.says('filled  100 USDC')
    first.kill('SIGKILL')
    await first.ended
    const watch = await sniperforge(home.path, ['orders', 'watch', '--data-dir', dataDir, '--json'])
    expect({ code: watch.code, stderr: watch.stderr }).toEqual({ code: 0, stderr: '' })
    const journal = journalOnDisk(dataDir)
    expect(states(journal)).toEqual([
      'bracket 1 confirmed',
      'bracket 1/entry confirmed',
      'bracket 1/1/stop cancelled',
      'bracket 1/1/target confirmed',
    ])
    expect(journal[3]!.input).toBe(journal[1]!.output)
    const { stdout } = await sniperforge(home.path, ['orders', 'list', '--data-dir', dataDir])
    expect(stdout).toContain('entered with 100 USDC → 0.52')
    const nothing = await sniperforge(home.path, ['orders', 'watch', '--data-dir', dataDir])
    expect(nothing.stdout).toContain('No order waits.')
  }, 60_000)

  test('is cancelled by panic with all that was made of it', async () => {
    const dataDir = join(home.path, 'panic')
    const levels = ['--entry', '150', '--stop', '5%', '--target', '2%']
    await sniperforge(home.path, [...BRACKET, ...levels, '--detach', '--data-dir', dataDir])
    const panic = await sniperforge(home.path, ['panic', '--data-dir', dataDir])
    expect(panic.stdout).toContain('an order was cancelled')
    expect(states(journalOnDisk(dataDir))).toEqual(['bracket 1 cancelled', 'bracket 1/entry cancelled'])
  }, 60_000)
})

test('an order in slices is filled when its slices are', async () => {
  const dataDir = join(home.path, 'twap')
  const twap = ['--type', 'twap', '--token', 'SOL', '--size', '3 SOL', '--over', '30m', '--every', '10m']
  const made = await sniperforge(home.path, ['order-create', ...twap, '--data-dir', dataDir, '--json'])
  expect((JSON.parse(made.stdout) as RunDocument).counts).toMatchObject({ orders: 3, sent: 3, filled: 3 })
  expect(states(journalOnDisk(dataDir))).toEqual([
    'twap 1 confirmed',
    ...[1, 2, 3].map(number => `twap 1/${number} confirmed`),
  ])
  const { stdout } = await sniperforge(home.path, ['orders', 'list', '--data-dir', dataDir])
  expect(stdout).toMatch(/twap 1 +filled +traded in slices: 3 SOL for 5\d\d\./)
}, 60_000)

describe('what can not be meant is refused, and nothing is changed', () => {
  const oco = (...levels: string[]) => ['order-create', '--type', 'oco', '--token', 'SOL', ...levels]
  const bracket = (...levels: string[]) => [...BRACKET, ...levels]
  test.each([
    [
      oco('--stop', '200', '--target', '210'),
      2,
      'ORDER_WRONG_SIDE',
      'an oco with its stop at 200 USDC is above the market',
    ],
    [oco('--stop', 'NaN', '--target', '200'), 2, 'FLAG_INVALID', '--stop is "NaN"'],
    [oco('--stop', '140', '--target', '200', '--size', '9000000000 SOL'), 2, 'ORDER_TOO_LARGE', 'the wallet can give'],
    [bracket('--stop', '5%', '--target', '150'), 2, 'ORDER_WRONG_SIDE', 'its target at 150 USDC is below the market'],
    [bracket('--entry', '0', '--stop', '5%', '--target', '10%'), 78, 'PRICE_INVALID', '0'],
    [bracket('--target', '10%'), 2, 'FLAG_INVALID', '--stop is missing'],
  ])(
    '%j',
    async (args, exitCode, errorCode, text) => {
      const dataDir = join(home.path, `refused ${JSON.stringify(args.slice(2))}`.replace(/[^a-z0-9]+/gi, '-'))
      const { code, stderr } = await sniperforge(home.path, [...args, '--data-dir', dataDir])
      expect(stderr).toContain(errorCode)
      expect(stderr).toContain(text)
      expect(code).toBe(exitCode)
      if (existsSync(join(dataDir, 'sniperforge.db'))) expect(journalOnDisk(dataDir)).toEqual([])
    },
    30_000,
  )
})
