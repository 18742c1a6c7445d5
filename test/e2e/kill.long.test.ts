import { beforeAll, describe, expect, test } from 'vitest'
import { type KillReport, killDca } from './kill-dca.ts'
import { lamportsChange, sum, tokenChange } from './run-figures.ts'

const KILLS = 100
const HOUR_MS = 3_600_000

describe(`${KILLS} times killed at random moments and started again`, () => {
  let report: KillReport
  beforeAll(async () => {
    report = await killDca({ kills: KILLS, seed: 'kill', say: text => process.stdout.write(`${text}\n`) })
  }, 900_000)

  test('the moments were spread over start-up, trading and writing', () => {
    const kinds = report.runs.flatMap(run => run.kills)
    expect(kinds).toHaveLength(KILLS)
    for (const kind of ['starting', 'trading', 'writing'] as const) {
      expect(kinds.filter(each => each === kind).length).toBeGreaterThan(KILLS / 5)
    }
  })

  test('the journal has the twelve orders of the calendar, each filled once', () => {
    const calendar = report.undisturbed.document.fills.map(fill => fill.key)
    for (const { journal } of report.runs) {
      expect(journal.map(order => order.key)).toEqual(calendar)
      expect(journal.map(order => Date.parse(order.key))).toEqual(
        calendar.map((_, slot) => Date.parse(calendar[0]!) + slot * HOUR_MS),
      )
      expect(new Set(journal.map(order => order.fullKey)).size).toBe(12)
      expect(journal.every(order => order.state === 'confirmed')).toBe(true)
    }
  })

  test('the chain has exactly twelve purchases, which are those of the journal', () => {
    for (const { journal, chain } of report.runs) {
      expect(chain.transactions.every(({ succeeded }) => succeeded)).toBe(true)
      expect(chain.transactions.map(({ signature }) => signature).sort()).toEqual(
        journal.map(({ filledBy }) => filledBy).sort(),
      )
      expect(chain.transactions).toHaveLength(12)
      // Signed anew after an expiry, an order has several attempts: one of them landed.
      for (const { attempts } of journal) {
        expect(chain.transactions.filter(({ signature }) => attempts.includes(signature))).toHaveLength(1)
      }
    }
  })

  test('the balances are twelve purchases less than at genesis, to the unit', () => {
    const { document } = report.undisturbed
    const usdc = document.fills[0]!.input.mint
    const before = document.portfolio.before
    for (const { chain, last } of report.runs) {
      expect(chain.transactions.map(({ tokens }) => tokens.get(usdc))).toEqual(Array(12).fill(-10_000_000n))
      const held = BigInt(before.tokens.find(token => token.mint === usdc)!.amount)
      expect(chain.tokens.get(usdc)).toBe(held - 120_000_000n)
      const bought = sum(chain.transactions.map(({ lamports }) => lamports))
      expect(chain.lamports).toBe(BigInt(before.sol_lamports) + bought)
      expect(last.portfolio.after.sol_lamports).toBe(String(chain.lamports))
    }
    expect([tokenChange(document, 'USDC'), lamportsChange(document) > 0n]).toEqual([-120_000_000n, true])
  })
})
