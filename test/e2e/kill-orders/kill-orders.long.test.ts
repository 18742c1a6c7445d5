import { beforeAll, describe, expect, test } from 'vitest'
import { type KilledRound, killOrders } from './kill-orders.ts'
import { verdict } from './verdict.ts'
import { KINDS } from './wishes.ts'

/** A minute or two of them; `KILLS=200 npm run test:long -- kill-orders` takes a quarter of an hour. */
const KILLS = Number(process.env['KILLS'] ?? 16)

describe(`orders of all kinds, killed ${KILLS} times while the chain runs on`, () => {
  let rounds: readonly KilledRound[]
  beforeAll(async () => {
    rounds = await killOrders({ kills: KILLS, seed: 'orders', say: text => process.stdout.write(`${text}\n`) })
  }, 7_200_000)

  test('nothing is lost, nothing is there twice, and the ledgers are equal', () => {
    expect(rounds.map(verdict)).toEqual(rounds.map(() => []))
  })

  test('it was killed at writes and in between, and much was traded in spite of it', () => {
    const kills = rounds.flatMap(round => round.kills)
    expect(kills).toHaveLength(KILLS)
    for (const moment of ['time', 'write'] as const) {
      expect(kills.filter(each => each === moment).length).toBeGreaterThan(KILLS / 6)
    }
    const traded = rounds.flatMap(({ journal }) =>
      journal.filter(({ state, isWhole }) => state === 'confirmed' && !isWhole),
    )
    expect(traded.length).toBeGreaterThan(KILLS)
    for (const kind of KINDS) expect(traded.some(({ key }) => key.startsWith(kind))).toBe(true)
  })
})
