import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { candleSlice, type PathPoint } from './candle-slice.ts'
import { newHome, ROOT, sniperforge } from './command.ts'
import { journalOnDisk, walletOf } from './journal-on-disk.ts'
import { walletInKeptChain } from './kept-chain.ts'

/** Real five-minute candles; they lie beside the repository and are no part of it. */
const SOURCE = join(ROOT, '../shared/data/sol-usdt-5m-2024.csv')
const isHere = existsSync(SOURCE)
const title = isHere
  ? 'orders of every kind along a day and a half of real candles'
  : `skipped: there is no ../shared/data/sol-usdt-5m-2024.csv`

/** The market maker leaves a pool alone that is nearer than this to its price, and a pool rounds. */
const NEAR = 2e-5
/** The pool follows the market by a slot or two, and what happens is told to the second. */
const SETTLED_MS = 3_000

describe.skipIf(!isHere)(title, () => {
  const home = newHome()
  afterAll(() => home.remove())
  const market = join(home.path, 'slice.csv')
  // From 109.3 up to 109.6, down through a gap from 103.5 to 95.7, and up again to 103.
  const path = isHere ? candleSlice('2024-01-03T07:00', '2024-01-04T12:00', { source: SOURCE, target: market }) : []

  /** Makes an order and sees it through: what was printed, and what the chain has of it. */
  async function run(name: string, args: readonly string[]) {
    const dataDir = join(home.path, name)
    const where = ['--market', market, '--data-dir', dataDir]
    const { code, stdout, stderr } = await sniperforge(home.path, ['order-create', ...args, '--verbose', ...where])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const journal = journalOnDisk(dataDir)
    const address = walletOf(journal[0]!)
    const chain = await walletInKeptChain(dataDir, address, address, market)
    const landed = chain.transactions.filter(({ succeeded }) => succeeded).map(({ signature }) => signature)
    // Every fill is a real transaction, and there is no other.
    expect(landed.toSorted()).toEqual(journal.flatMap(({ filledBy }) => filledBy ?? []).toSorted())
    return { lines: stdout.split('\n'), journal }
  }

  /** The price that fired, and when, of each order that fired. */
  const fired = (lines: readonly string[]): (PathPoint & { readonly key: string })[] =>
    lines.flatMap(line => {
      const match = /^(\S+) (\S+) {2}triggered .*SOL\/USDC was ([\d.]+) USDC .*\[(.*)\]$/.exec(line)
      return match ? [{ at: Date.parse(`${match[1]}T${match[2]}`), price: Number(match[3]), key: match[4]! }] : []
    })

  const expectAt = (found: PathPoint | undefined, wanted: PathPoint | undefined): void => {
    expect(found?.price).toBeCloseTo(wanted!.price, 2)
    expect(Math.abs(found!.price / wanted!.price - 1)).toBeLessThan(NEAR)
    expect(Math.abs(found!.at - wanted!.at)).toBeLessThan(SETTLED_MS)
  }

  test('a stop-loss fires at the first price at or under its trigger, across the gap at the gap’s price', async () => {
    const { lines } = await run('stop', [
      '--type',
      'stop-loss',
      '--token',
      'SOL',
      '--trigger',
      '100',
      '--size',
      '10 SOL',
    ])
    const [only, ...others] = fired(lines)
    expect(others).toEqual([])
    expectAt(
      only,
      path.find(({ price }) => price <= 100),
    )
    expect(only!.price).toBeLessThan(96)
  }, 120_000)

  test('a take-profit fires at the first price at or over its trigger', async () => {
    const { lines } = await run('profit', [
      ...['--type', 'take-profit', '--token', 'SOL', '--trigger', '109.58', '--size', '10 SOL'],
    ])
    expectAt(
      fired(lines)[0],
      path.find(({ price }) => price >= 109.58),
    )
  }, 120_000)

  test('a trailing stop prints the path of its trigger, which is that of a reference over the prices', async () => {
    const { lines } = await run('trail', [
      '--type',
      'trailing-stop',
      '--token',
      'SOL',
      '--trail',
      '2%',
      '--size',
      '10 SOL',
    ])
    const printed = lines.flatMap(line => {
      const match = /^(\S+) (\S+) {2}SOL\/USDC ([\d.]+) {2}stop ([\d.]+) \(-[\d.]+%\) {2}best ([\d.]+)$/.exec(line)
      return match
        ? [{ at: Date.parse(`${match[1]}T${match[2]}`), price: match[3]!, stop: match[4]!, best: match[5]! }]
        : []
    })
    // To the last of seven digits, over the prices that were printed.
    let best = 0
    for (const row of printed) {
      best = Math.max(best, Number(row.price))
      expect(Number(row.best)).toBe(best)
      expect(Math.abs(Number(row.stop) - best * 0.98)).toBeLessThan(2e-4)
      expect(Number(row.price)).toBeGreaterThan(Number(row.stop))
    }
    // And over the candles themselves, from the first price after it was armed on, as near as a pool comes to a price.
    const reference = trail(path.slice(1), 0.02)
    const moves = printed.filter(({ best: now }, index) => now !== printed[index - 1]?.best)
    expect(moves.length).toBeGreaterThanOrEqual(3)
    for (const move of moves) {
      const wanted = reference.bests.findLast(({ at }) => at <= move.at + 1_000)!
      expect(Math.abs(Number(move.best) / wanted.price - 1)).toBeLessThan(NEAR)
    }
    expectAt(fired(lines)[0], reference.fires)
  }, 120_000)

  test('a conditional order trades at the first price at which all of it holds', async () => {
    const condition = 'price(SOL/USDC) < 105 && change(SOL/USDC, 30m) < -3%'
    const { lines, journal } = await run('conditional', [
      ...['--type', 'conditional', '--token', 'SOL', '--size', '10 SOL', '--condition', condition],
    ])
    const triggered = lines.find(line => line.includes('  triggered  '))!
    const at = Date.parse(triggered.slice(0, 20).replace(' ', 'T'))
    const wanted = path.find(point => {
      const before = path.findLast(earlier => earlier.at < point.at - 1_800_000 - SETTLED_MS)
      return before !== undefined && point.price < 105 && point.price / before.price - 1 < -0.03
    })!
    expect(Math.abs(at - wanted.at)).toBeLessThan(SETTLED_MS)
    expect(journal.map(({ state }) => state)).toEqual(['confirmed'])
  }, 120_000)

  test('of an OCO the one that is reached first trades, and the other never does', async () => {
    const { lines, journal } = await run('oco', [
      ...['--type', 'oco', '--token', 'SOL', '--size', '10 SOL', '--stop', '104.123', '--target', '110'],
    ])
    const [only, ...others] = fired(lines)
    expect(others).toEqual([])
    expect(only!.key).toBe('oco 1/stop')
    expectAt(
      only,
      path.find(({ price }) => price <= 104.123 || price >= 110),
    )
    expect(journal.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'oco 1 confirmed',
      'oco 1/stop confirmed',
      'oco 1/target cancelled',
    ])
  }, 120_000)

  test('a bracket enters at its price, and leaves at its target with what it bought', async () => {
    const { lines, journal } = await run('bracket', [
      ...['--type', 'bracket', '--token', 'USDC', '--into', 'SOL', '--size', '500 USDC'],
      ...['--entry', '100', '--stop', '70', '--target', '103'],
    ])
    const [entry, exit, ...others] = fired(lines)
    expect(others).toEqual([])
    const entered = path.find(({ price }) => price <= 100)!
    expectAt(entry, entered)
    expectAt(
      exit,
      path.find(({ at, price }) => at > entered.at && price >= 103),
    )
    expect(journal.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'bracket 1 confirmed',
      'bracket 1/entry confirmed',
      'bracket 1/1/stop cancelled',
      'bracket 1/1/target confirmed',
    ])
    expect(journal[3]!.input).toBe(journal[1]!.output)
  }, 120_000)

  test('a TWAP trades all of it in as many transactions as slices', async () => {
    const { journal } = await run('twap', [
      ...['--type', 'twap', '--token', 'SOL', '--size', '6 SOL', '--over', '1h', '--every', '10m'],
    ])
    const slices = journal.filter(({ key }) => key.includes('/'))
    expect(slices.map(({ state, input }) => ({ state, input }))).toEqual(
      Array.from({ length: 6 }, () => ({ state: 'confirmed', input: 1_000_000_000n })),
    )
  }, 120_000)
})

/** A trailing stop over prices: each best one, and where it fires. */
function trail(
  path: readonly PathPoint[],
  offset: number,
): { readonly bests: readonly PathPoint[]; readonly fires: PathPoint } {
  const bests: PathPoint[] = []
  for (const point of path) {
    const best = bests.at(-1)
    if (best && point.price <= best.price * (1 - offset)) return { bests, fires: point }
    if (!best || point.price > best.price) bests.push(point)
  }
  throw new Error('it does not fire')
}
