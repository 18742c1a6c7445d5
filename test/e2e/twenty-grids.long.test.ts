import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunDocument } from '../../core/app/run/run-document.ts'
import { seededRandom } from '../../core/time/random.ts'
import { createRealClock } from '../../core/time/real-clock.ts'
import { newHome, sniperforge, start } from './command.ts'
import { type JournalledOrder, journalOnDisk } from './journal-on-disk.ts'

const GRIDS = 20
const LEVELS = 100
const BUDGET = 400_000_000n
const KILLS = 6
/** Candles of five minutes: down through every level in one, up through every level in another, and so again. */
const PRICES = [190, 190, 104, 104, 191, 191, 104, 104, 191, 191, 191]

function pipeline(): string {
  const names = Array.from({ length: GRIDS }, (_, index) => `grid-${index + 1}`)
  const settings = `{pair: SOL/USDC, budget: 400 USDC, lower: "104.5", upper: "190.5", levels: ${LEVELS}, startWith: buys, feeBps: 4, maxOpenOrders: ${LEVELS}, duration: 50m}`
  return `pipeline: twenty
summary: Twenty grids at once, each with a budget of its own and a hundred orders on the way.
nodes:
  prices: {source: pool-price, with: {pair: SOL/USDC}}
${names.map(name => `  ${name}: {strategy: grid, from: prices, with: ${settings}}`).join('\n')}
${names.map(name => `  swap-${name}: {execution: localnet, from: ${name}, with: {concurrency: ${LEVELS}}}`).join('\n')}
`
}

function candles(): string {
  const rows = PRICES.slice(1).map((close, index) => {
    const open = PRICES[index]!
    return `${1_704_067_200 + index * 300},${open},${Math.max(open, close)},${Math.min(open, close)},${close},1`
  })
  return `time,open,high,low,close,volume\n${rows.join('\n')}\n`
}

const home = newHome()
afterAll(() => home.remove())
const real = createRealClock()

describe(`${GRIDS} grids of ${LEVELS} levels, killed ${KILLS} times in the middle of it`, () => {
  const dataDir = join(home.path, 'data')
  let journal: readonly JournalledOrder[]
  let last: RunDocument
  beforeAll(async () => {
    const [file, market] = [join(home.path, 'twenty.yaml'), join(home.path, 'market.csv')]
    writeFileSync(file, pipeline())
    writeFileSync(market, candles())
    const args = ['run', file, '--market', market, '--data-dir', dataDir]
    const random = seededRandom('twenty grids')
    for (let kills = 0; kills < KILLS; kills++) {
      const run = start(home.path, [...args, '--quiet'])
      await real.sleep(1_500 + random.next() * 6_000)
      run.kill('SIGKILL')
      const { code, signal, stdout, stderr } = await run.ended
      expect({ kills, stdout, stderr, isKilledOrDone: signal === 'SIGKILL' || code === 0 }).toMatchObject({
        isKilledOrDone: true,
      })
    }
    const { code, stdout, stderr } = await sniperforge(home.path, [...args, '--json'])
    // An error of a command with --json is in its document.
    expect({ code, stderr, failure: code === 0 ? '' : stdout }).toEqual({ code: 0, stderr: '', failure: '' })
    last = JSON.parse(stdout) as RunDocument
    journal = journalOnDisk(dataDir)
  }, 900_000)

  test('every grid had a hundred orders on the way at once', () => {
    expect(new Set(journal.map(({ node }) => node)).size).toBe(GRIDS)
    for (const orders of byNode(journal)) {
      expect(orders.filter(({ key }) => key.endsWith('-c1-buy')).length).toBeGreaterThanOrEqual(LEVELS - 1)
    }
  })

  test('no level bought twice without a sale between, or sold twice', () => {
    for (const orders of byNode(journal)) {
      const holding = new Set<string>()
      for (const { key } of orders.filter(({ state }) => state === 'confirmed')) {
        const [, level, side] = /^(g\d+-l\d+)-c\d+-(buy|sell)/.exec(key)!
        expect([key, holding.has(level!)]).toEqual([key, side === 'sell'])
        if (side === 'buy') holding.add(level!)
        else holding.delete(level!)
      }
    }
  })

  test('each kept to its budget, and every completed cycle earned', () => {
    for (const orders of byNode(journal)) {
      let outlay = 0n
      let most = 0n
      const costs = new Map<string, bigint>()
      for (const { key, input, output } of orders) {
        const isPurchase = key.includes('buy')
        outlay += isPurchase ? input : -output
        if (outlay > most) most = outlay
        const cycle = key.replace(/-(buy|sell).*$/, '')
        if (isPurchase) costs.set(cycle, (costs.get(cycle) ?? 0n) + input)
        else if (output > 0n) expect(output).toBeGreaterThan(costs.get(cycle) ?? 0n)
      }
      expect(most).toBeLessThanOrEqual(BUDGET)
      expect(most).toBeGreaterThan(BUDGET / 2n)
    }
  })

  test("the wallet's change over all starts is what the journal says, to the unit", () => {
    const net = journal.reduce((sum, { key, input, output }) => sum + (key.includes('buy') ? -input : output), 0n)
    const held = BigInt(last.portfolio.after.tokens.find(({ symbol }) => symbol === 'USDC')!.amount)
    expect(held - 10_000_000_000n).toBe(net)
    expect(last.left).toEqual([])
  })
})

function byNode(orders: readonly JournalledOrder[]): JournalledOrder[][] {
  return [...Map.groupBy(orders, ({ node }) => node).values()]
}
